// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// Elements to another element type.
#include "backends/kernel_support.h"

namespace tinyc {
namespace portable_cast {

inline int kind_of(ir::Element element) {
  switch (element) {
    case ir::Element::b1:
      return 2;
    case ir::Element::f32:
      return 3;
    case ir::Element::f16:
      return 4;
    case ir::Element::bf16:
      return 5;
    case ir::Element::f64:
      return 6;
    default:
      return ir::is_signed(element) ? 1 : 0;
  }
}

inline std::optional<std::string> why_not(const ir::Op& op) {
  const ir::Element from = op.operand_type(0).element;
  const ir::Element to = op.result_type().element;
  for (const auto& [one, other] : {std::pair{from, to}, std::pair{to, from}}) {
    if (one == ir::Element::f64 && other != ir::Element::f32) return "needs f32 at the other end of f64";
  }
  if (ir::is_minifloat(from) || ir::is_minifloat(to)) return "needs floats of at least 16 bits";
  if (ir::element_bits(to) < 8) return "needs a result of at least 8 bits";
  return std::nullopt;
}

inline Needs needs(const ir::Op& op, const Variant&) { return row_by_row(op, WriteFront::never); }

inline Built build(const ir::Op& op, const Variant&) {
  const ir::Element from = op.operand_type(0).element;
  const ir::Element to = op.result_type().element;
  const bool limited = ir::is_integer(to);
  Built built;
  built.geometry = {
      {"row_elements", row_elements(op.result_type())},
      {"from", kind_of(from)},
      {"from_bytes", ir::element_bytes(from)},
      {"to", kind_of(to)},
      {"to_bytes", ir::element_bytes(to)},
      {"low", limited ? static_cast<float>(ir::lowest(to)) : 0.0F},
      {"beyond", limited ? static_cast<float>(ir::highest(to)) + (ir::element_bits(to) < 24 ? 1.0F : 0.0F) : 0.0F}};
  built.constants = {
      packed("highest", "what larger numbers become", std::vector<int64_t>{limited ? ir::highest(to) : 0})};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return static_cast<double>(op.result_type().elements()) * (t.load + t.store + 6 * t.alu + t.float_add);
}

}  // namespace portable_cast

inline const KernelDef portable_cast_kernel = {
    .name = "cast",
    .isa = Isa::portable,
    .ops = {"cast"},
    .types = "any -> any",
    .summary = "change of element type",
    .entry = "cast",
    .geometry_type = "Cast",
    .constant_rows = true,
    .mean_code_bytes = 20,
    .why_not = portable_cast::why_not,
    .needs = portable_cast::needs,
    .build = portable_cast::build,
    .cycles = portable_cast::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/half.h"
#include "backends/portable/shared/integers.h"
#include "runtime-stubs/tinyc_kernel.h"

// Kinds: 0 unsigned integer, 1 signed integer, 2 b1, 3 f32, 4 f16, 5 bf16, 6 f64. Floats become integers towards zero and
// saturate: up to low, and from `beyond` on.
struct Cast {
  int32_t row_elements, from, from_bytes, to, to_bytes;
  float low, beyond;
};

TINYC_KERNEL float cast_load_real(const uint8_t* from, int32_t kind) {
  if (kind == 3) return load_as<float>(from);
  if (kind == 6) return static_cast<float>(load_as<double>(from));
  const uint16_t bits = load_as<uint16_t>(from);
  return kind == 4 ? float_from_f16(bits) : float_from_bf16(bits);
}

TINYC_KERNEL void cast_store_real(uint8_t* to, int32_t kind, float value) {
  if (kind == 3) {
    store_as(to, value);
  } else if (kind == 6) {
    store_as(to, static_cast<double>(value));
  } else {
    store_as(to, kind == 4 ? f16_from_float(value) : bf16_from_float(value));
  }
}

TINYC_KERNEL int64_t cast_truncate(const Cast& g, float value, int64_t highest) {
  if (value != value) return 0;
  if (value >= g.beyond) return highest;
  return static_cast<int64_t>(value < g.low ? g.low : value);
}

TINYC_KERNEL void cast_real(const Cast& g, float value, uint8_t* to, int64_t highest) {
  if (g.to >= 3) {
    cast_store_real(to, g.to, value);
  } else if (g.to == 2) {
    *to = value != 0.0f ? 1 : 0;
  } else {
    store_integer(to, cast_truncate(g, value, highest), g.to_bytes);
  }
}

TINYC_KERNEL void cast_integer(const Cast& g, int64_t value, uint8_t* to) {
  if (g.to >= 3) {
    cast_store_real(to, g.to, static_cast<float>(value));
  } else if (g.to == 2) {
    *to = value != 0 ? 1 : 0;
  } else {
    store_integer(to, value, g.to_bytes);
  }
}

TINYC_KERNEL void cast(const Cast& g, const Rows& in, const Rows& out, const int64_t* highest, int32_t y0, int32_t y1) {
  for (int32_t y = y0; y < y1; ++y) {
    const uint8_t* from = row_at(in, y);
    uint8_t* to = row_at(out, y);
    for (int32_t i = 0; i < g.row_elements; ++i, from += g.from_bytes, to += g.to_bytes) {
      if (g.from >= 3) {
        cast_real(g, cast_load_real(from, g.from), to, *highest);
      } else {
        cast_integer(g, load_integer(from, g.from_bytes, g.from == 1), to);
      }
    }
  }
}
