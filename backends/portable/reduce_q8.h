// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// Sums, means and extremes of 8-bit quantised tensors over axes, one rounding.
#include "backends/kernel_reduce.h"
#include "ir/tflite.h"

namespace tinyc {
namespace portable_reduce_q8 {

// Sums and means of `count` elements, extremes of one.
struct Quotient {
  int64_t count, bound;
  ir::FixedPoint scale;
  int64_t divisor = 0;  // of the requantised sum, where that is TensorFlow Lite's way
};
inline Quotient quotient_of(const ir::Op& op) {
  const int64_t count = reduce_axes(op)->count;
  if (ir::rounding_of(op) != ir::Rounding::nearest) {
    const double ratio = op.operand_type(0).quant->scale() / op.result_type().quant->scale();
    return {count, 255 * count, ir::tflite::to_fixed_point(ratio), count};
  }
  const bool sums = op.is("reduce_sum") || op.is("reduce_mean");
  const double divisor = op.result_type().quant->scale() * static_cast<double>(op.is("reduce_mean") ? count : 1);
  const int64_t terms = sums ? count : 1;
  return {terms, 255 * terms, ir::to_fixed_point(op.operand_type(0).quant->scale() / divisor)};
}

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_8bit(op.operand_type(0), "its operand")) return reason;
  if (auto reason = need_8bit(op.result_type(), "its result")) return reason;
  if (auto reason = need_reduce(op)) return reason;
  const Quotient quotient = quotient_of(op);
  if (quotient.bound >= int64_t{1} << 31) return "needs at most 2^23 elements per result";
  if (!fits_requantize(quotient.scale, quotient.bound)) return "needs a larger output scale";
  return std::nullopt;
}

inline Needs needs(const ir::Op& op, const Variant&) { return reduce_needs(op); }

inline Built build(const ir::Op& op, const Variant&) {
  const ir::Type& in = op.operand_type(0);
  const ir::Type& out = op.result_type();
  const Quotient quotient = quotient_of(op);
  Built built;
  built.geometry = reduce_geometry(*reduce_axes(op));
  const std::vector<GeometryField> rest = {
      {"kind", op.is("reduce_max")   ? 1
               : op.is("reduce_min") ? 2
                                     : 0},
      {"in_zero", in.quant->zero_point() * quotient.count},
      {"out_zero", out.quant->zero_point()},
      {"multiplier", quotient.scale.multiplier},
      {"shift", quotient.scale.shift},
      {"low", ir::lowest(out.element)},
      {"high", ir::highest(out.element)},
      {"in_unsigned", is_unsigned_8(in)},
      {"rounding", rounding_argument(op, ir::tie_possible(quotient.scale, quotient.bound))},
      {"divisor", quotient.divisor}};
  built.geometry.insert(built.geometry.end(), rest.begin(), rest.end());
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) { return reduce_cycles(op, t); }

}  // namespace portable_reduce_q8

inline const KernelDef portable_reduce_q8_kernel = {
    .name = "reduce_q8",
    .isa = Isa::portable,
    .ops = {"reduce_max", "reduce_mean", "reduce_min", "reduce_sum"},
    .types = "q8 -> q8",
    .summary = "reductions of quantised integers",
    .entry = "reduce_q8",
    .geometry_type = "ReduceQ8",
    .mean_code_bytes = 90,
    .tflite_rounding = true,
    .why_not = portable_reduce_q8::why_not,
    .needs = portable_reduce_q8::needs,
    .build = portable_reduce_q8::build,
    .cycles = portable_reduce_q8::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/reduce.h"
#include "runtime-stubs/tinyc_kernel.h"

// The operand is [keep0][reduce0][keep1][reduce1][keep2], the result [keep0][keep1][keep2].
// kind: 0 sum, 1 largest, 2 smallest; in_zero is what it gives of zeros; divisor of the requantised sum, 0 for none.
struct ReduceQ8 {
  int32_t keep0, reduce0, keep1, reduce1, keep2, whole;
  int32_t kind, in_zero, out_zero, multiplier, shift, low, high, in_unsigned, rounding, divisor;
};

TINYC_KERNEL int32_t reduce_q8_step(int32_t kind, int32_t total, int32_t value) {
  if (kind == 0) return total + value;
  return (kind == 1) == (value > total) ? value : total;
}

TINYC_KERNEL void reduce_q8(const ReduceQ8& g, const Rows& in, const Rows& out, int32_t y0, int32_t y1) {
  const int32_t end = g.whole != 0 ? y0 + 1 : y1;
  for (int32_t y = y0; y < end; ++y) {
    const uint8_t* from = row_at(in, y);
    uint8_t* to = row_at(out, y);
    reduce_row(g, [&](int32_t first, int32_t result) {
      int32_t total = load_8(from, first, g.in_unsigned != 0);
      reduce_rest(g, first,
                  [&](int32_t i) { total = reduce_q8_step(g.kind, total, load_8(from, i, g.in_unsigned != 0)); });
      const int32_t steps = requantize(total - g.in_zero, g.multiplier, g.shift, g.rounding);
      const int32_t value = g.out_zero + (g.divisor != 0 ? divide_half_away(steps, g.divisor) : steps);
      to[result] = static_cast<uint8_t>(clamp_s32(value, g.low, g.high));
    });
  }
}
