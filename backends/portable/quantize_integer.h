// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// Quantised integers of up to 32 bits to another quantisation.
#include "backends/kernel_quantized.h"
#include "backends/kernel_support.h"

namespace tinyc {
namespace portable_quantize_integer {

inline std::optional<std::string> why_not(const ir::Op& op) {
  const ir::Type& x = op.operand_type(0);
  const ir::Type& y = op.result_type();
  if (!x.quantized() || !x.quant->per_tensor() || !y.quant->per_tensor())
    return "needs an operand and a result quantised per tensor";
  if (ir::element_bits(x.element) > 32 || ir::element_bits(y.element) > 32) return "needs integers of at most 32 bits";
  if (x.element == ir::Element::u32 || y.element == ir::Element::u32 ||
      (x.element == ir::Element::i32 && x.quant->zero_point() != 0))
    return "needs differences from the zero point that fit 32 bits";
  const ir::FixedPoint scale = ir::to_fixed_point(x.quant->scale() / y.quant->scale());
  if (scale.shift < 1) return "needs a scale ratio below 2^29";
  return std::nullopt;
}

inline Needs needs(const ir::Op& op, const Variant&) { return row_by_row(op, WriteFront::never); }

inline Built build(const ir::Op& op, const Variant&) {
  const ir::Type& x = op.operand_type(0);
  const ir::Type& y = op.result_type();
  const ir::FixedPoint scale = ir::to_fixed_point(x.quant->scale() / y.quant->scale());
  Built built;
  built.geometry = {{"row_elements", row_elements(y)},       {"bytes", ir::element_bytes(x.element)},
                    {"is_signed", ir::is_signed(x.element)}, {"out_bytes", ir::element_bytes(y.element)},
                    {"zero", x.quant->zero_point()},         {"out_zero", y.quant->zero_point()},
                    {"multiplier", scale.multiplier},        {"shift", scale.shift},
                    {"low", ir::lowest(y.element)},          {"high", ir::highest(y.element)}};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return static_cast<double>(op.result_type().elements()) * (t.load + t.store + t.mul_wide + 12 * t.alu);
}

}  // namespace portable_quantize_integer

inline const KernelDef portable_quantize_integer_kernel = {
    .name = "quantize_integer",
    .isa = Isa::portable,
    .ops = {"quantize"},
    .types = "integers -> integers",
    .summary = "change of quantisation",
    .entry = "quantize_integer",
    .geometry_type = "QuantizeInteger",
    .mean_code_bytes = 40,
    .why_not = portable_quantize_integer::why_not,
    .needs = portable_quantize_integer::needs,
    .build = portable_quantize_integer::build,
    .cycles = portable_quantize_integer::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/integers.h"
#include "runtime-stubs/tinyc_kernel.h"

// clamp(out_zero + round((x - zero) * multiplier / 2^shift)), ties to even.
struct QuantizeInteger {
  int32_t row_elements, bytes, is_signed, out_bytes;
  int32_t zero, out_zero, multiplier, shift, low, high;
};

TINYC_KERNEL void quantize_integer(const QuantizeInteger& g, const Rows& in, const Rows& out, int32_t y0, int32_t y1) {
  for (int32_t y = y0; y < y1; ++y) {
    const uint8_t* from = row_at(in, y);
    uint8_t* to = row_at(out, y);
    for (int32_t i = 0; i < g.row_elements; ++i) {
      const int64_t centred = load_integer(from + i * g.bytes, g.bytes, g.is_signed != 0) - g.zero;
      const int64_t raised = centred * g.multiplier + (static_cast<int64_t>(1) << (g.shift - 1));
      const bool tie = (static_cast<uint64_t>(raised) << (64 - g.shift)) == 0;
      const int64_t rounded = (tie ? (raised >> g.shift) & ~static_cast<int64_t>(1) : raised >> g.shift) + g.out_zero;
      store_integer(to + i * g.out_bytes, rounded < g.low ? g.low : rounded > g.high ? g.high : rounded, g.out_bytes);
    }
  }
}
