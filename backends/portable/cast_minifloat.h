// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// float32 to and from floats of 4 and 8 bits.
#include "backends/kernel_support.h"
#include "ir/minifloat.h"

namespace tinyc {
namespace portable_cast_minifloat {

inline std::optional<std::string> why_not(const ir::Op& op) {
  const ir::Element from = op.operand_type(0).element, to = op.result_type().element;
  if (ir::is_minifloat(from) && to == ir::Element::f32) return std::nullopt;
  if (ir::is_minifloat(to) && from == ir::Element::f32) return std::nullopt;
  return "needs float32 on one side and a float of 4 or 8 bits on the other";
}

inline Needs needs(const ir::Op& op, const Variant&) { return row_by_row(op, WriteFront::never); }

inline Built build(const ir::Op& op, const Variant&) {
  const bool encodes = op.operand_type(0).element == ir::Element::f32;
  const ir::Minifloat& format = ir::minifloat(encodes ? op.result_type().element : op.operand_type(0).element);
  const bool saturates = op.flag("saturate");
  const std::string& rounding = op.text("power_rounding");
  Built built;
  built.geometry = {{"row_elements", row_elements(op.result_type())},
                    {"encodes", encodes},
                    {"fraction_bits", format.fraction_bits},
                    {"bias", format.bias},
                    {"sign", format.has_sign ? 1 << (format.exponent_bits + format.fraction_bits) : 0},
                    {"largest", format.largest},
                    {"nan", format.nan},
                    {"infinity", format.overflow == format.nan ? -1 : format.overflow},
                    {"beyond", saturates ? format.largest : format.overflow},
                    {"one_zero", format.one_zero},
                    {"saturates", saturates},
                    {"rounding", rounding == "up"     ? 1
                                 : rounding == "down" ? -1
                                                      : 0}};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return static_cast<double>(op.result_type().elements()) * (t.load + t.store + 20 * t.alu + 3 * t.float_add);
}

}  // namespace portable_cast_minifloat

inline const KernelDef portable_cast_minifloat_kernel = {
    .name = "cast_minifloat",
    .isa = Isa::portable,
    .ops = {"cast"},
    .types = "f32 <-> f8, f4",
    .summary = "float32 to and from floats of 4 and 8 bits",
    .entry = "cast_minifloat",
    .geometry_type = "CastMinifloat",
    .constant_rows = true,
    .why_not = portable_cast_minifloat::why_not,
    .needs = portable_cast_minifloat::needs,
    .build = portable_cast_minifloat::build,
    .cycles = portable_cast_minifloat::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include <math.h>

#include "backends/portable/shared/half.h"
#include "runtime-stubs/tinyc_kernel.h"

// Patterns of one byte: sign (its bit; 0 in powers of two, which have no fraction and no zero either), exponent,
// fraction. infinity: its pattern, or -1. beyond: what too large numbers become. one_zero: the pattern of -0 is NaN.
struct CastMinifloat {
  int32_t row_elements, encodes, fraction_bits, bias, sign, largest, nan, infinity, beyond, one_zero;
  int32_t saturates, rounding;
};

TINYC_KERNEL float cast_minifloat_power(int32_t exponent) {
  return float_from_bits(static_cast<uint32_t>(exponent + 127) << 23);
}

TINYC_KERNEL float cast_minifloat_decode(const CastMinifloat& g, int32_t bits) {
  if (g.sign == 0) return bits == g.nan ? NAN : bits == 0 ? 5.8774717541114375e-39f : cast_minifloat_power(bits - 127);
  const int32_t magnitude = bits & (g.sign - 1);
  const int32_t exponent = magnitude >> g.fraction_bits;
  const int32_t fraction = magnitude & ((1 << g.fraction_bits) - 1);
  float value = 0.0f;
  if (g.one_zero != 0 ? bits == g.sign : magnitude > g.largest) {
    value = magnitude == g.infinity ? INFINITY : NAN;
  } else if (exponent == 0) {
    value = static_cast<float>(fraction) * cast_minifloat_power(1 - g.bias - g.fraction_bits);
  } else {
    value = static_cast<float>(fraction + (1 << g.fraction_bits)) *
            cast_minifloat_power(exponent - g.bias - g.fraction_bits);
  }
  return (bits & g.sign) != 0 ? -value : value;
}

// The exponent alone; up, down or to the nearest power.
TINYC_KERNEL int32_t cast_minifloat_exponent(const CastMinifloat& g, uint32_t bits) {
  const int32_t exponent = static_cast<int32_t>(bits >> 23 & 0xFFu);
  const uint32_t fraction = bits & 0x7FFFFFu;
  if (exponent == 0xFF) return g.nan;
  const bool nearest = fraction > 0x400000u || (fraction == 0x400000u && exponent > 0);
  const bool up = g.rounding > 0 ? fraction != 0 : g.rounding == 0 && nearest;
  return exponent + (up && !(g.saturates != 0 && exponent == 0xFE) ? 1 : 0);
}

TINYC_KERNEL int32_t cast_minifloat_encode(const CastMinifloat& g, float value) {
  const uint32_t bits = bits_of_float(value);
  if (g.sign == 0) return cast_minifloat_exponent(g, bits);
  if (value != value) return g.nan;
  const int32_t sign = bits >> 31 != 0 ? g.sign : 0;
  const float magnitude = float_from_bits(bits & 0x7FFFFFFFu);
  int32_t code = g.largest + 1;
  if (magnitude < INFINITY) {
    const int32_t given = static_cast<int32_t>(bits >> 23 & 0xFFu) - 127;
    const int32_t exponent = given < 1 - g.bias ? 1 - g.bias : given;
    // Units of the last place; adding 1.5 * 2^23 rounds them, ties to even.
    const float raised = magnitude * cast_minifloat_power(g.fraction_bits - exponent) + 12582912.0f;
    code = (exponent + g.bias - 1) * (1 << g.fraction_bits) + static_cast<int32_t>(raised - 12582912.0f);
  }
  if (code == 0 && g.one_zero != 0) return 0;
  if (code <= g.largest) return code | sign;
  return g.one_zero != 0 && g.beyond == g.nan ? g.beyond : g.beyond | sign;
}

TINYC_KERNEL void cast_minifloat(const CastMinifloat& g, const Rows& in, const Rows& out, int32_t y0, int32_t y1) {
  for (int32_t y = y0; y < y1; ++y) {
    for (int32_t i = 0; i < g.row_elements; ++i) {
      if (g.encodes != 0) {
        row_at(out, y)[i] = static_cast<uint8_t>(cast_minifloat_encode(g, row_of<const float>(in, y)[i]));
      } else {
        row_of<float>(out, y)[i] = cast_minifloat_decode(g, row_at(in, y)[i]);
      }
    }
  }
}
