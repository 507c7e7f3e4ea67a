// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// 8-bit average over a whole image whose rows come one by one: sums in scratch, the result with the last row.
#include "backends/kernel_support.h"
#include "ir/numerics.h"
#include "ir/op_def.h"

namespace tinyc {
namespace portable_average_pool_q8_rows {

inline int64_t count_of(const ir::Op& op) {
  const Image2d image = image_2d(op, op.integers("kernel"));
  return image.in_h * image.in_w;
}

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_2d(op)) return reason;
  if (auto reason = need_8bit(op.operand_type(0), "its input")) return reason;
  if (auto reason = need_8bit(op.result_type(), "its result")) return reason;
  const Image2d image = image_2d(op, op.integers("kernel"));
  const bool padded = image.h.pad_begin + image.h.pad_end + image.w.pad_begin + image.w.pad_end > 0;
  if (image.h.kernel != image.in_h || image.w.kernel != image.in_w || padded) return "needs the whole image as its window";
  if (op.operand_type(0).shape[0] != 1) return "needs one image";
  if (op.operand_type(0).quant->scale() / op.result_type().quant->scale() >= 64)
    return "needs an output scale above 1/64 of the input's";
  if (count_of(op) > 1 << 20) return "needs a window of at most 2^20 elements";
  return std::nullopt;
}

// Pipelines run rows either way.
inline std::vector<Variant> variants(const ir::Op&) { return {{"from the first row", {0}}, {"from the last row", {1}}}; }

inline Needs needs(const ir::Op& op, const Variant& variant) {
  Needs needs = row_by_row(op, WriteFront::row);
  needs.inputs[0].window = InputWindow{};
  needs.accumulates = variant.parameters[0] ? Accumulates::from_last : Accumulates::from_first;
  needs.scratch_bytes = 4 * op.result_type().shape.back();
  return needs;
}

inline Built build(const ir::Op& op, const Variant& variant) {
  const Image2d image = image_2d(op, op.integers("kernel"));
  const ir::Type& in = op.operand_type(0);
  const ir::Type& out = op.result_type();
  const int64_t count = count_of(op);
  const ir::FixedPoint scale =
      ir::to_fixed_point(in.quant->scale() / (out.quant->scale() * static_cast<double>(count)));
  Built built;
  built.geometry = {{"in_h", image.in_h},
                    {"in_w", image.in_w},
                    {"channels", image.in_c},
                    {"from_last", variant.parameters[0]},
                    {"multiplier", scale.multiplier},
                    {"shift", scale.shift},
                    {"in_zero", in.quant->zero_point()},
                    {"out_zero", out.quant->zero_point()},
                    {"low", ir::lowest(out.element)},
                    {"high", ir::highest(out.element)},
                    {"in_unsigned", is_unsigned_8(in)},
                    {"rounding", rounding_argument(op, ir::tie_possible(scale, 255 * count))}};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return static_cast<double>(op.operand_type(0).elements()) * (2 * t.load + t.store + 2 * t.alu) +
         static_cast<double>(op.result_type().elements()) * (t.mul_wide + 2 * t.store + 20 * t.alu);
}

}  // namespace portable_average_pool_q8_rows

inline const KernelDef portable_average_pool_q8_rows_kernel = {
    .name = "average_pool_q8_rows",
    .isa = Isa::portable,
    .ops = {"average_pool"},
    .types = "q8 -> q8",
    .summary = "8-bit average of a whole image, row by row",
    .entry = "average_pool_q8_rows",
    .geometry_type = "AveragePoolQ8Rows",
    .mean_code_bytes = 200,
    .why_not = portable_average_pool_q8_rows::why_not,
    .variants = portable_average_pool_q8_rows::variants,
    .needs = portable_average_pool_q8_rows::needs,
    .build = portable_average_pool_q8_rows::build,
    .cycles = portable_average_pool_q8_rows::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "runtime-stubs/tinyc_kernel.h"

// Mean over all rows and columns, per channel. y0 and y1 are input rows; all rows come once, from the first or from the last.
struct AveragePoolQ8Rows {
  int32_t in_h, in_w, channels, from_last;
  int32_t multiplier, shift;
  int32_t in_zero, out_zero, low, high;
  int32_t in_unsigned, rounding;
};

TINYC_KERNEL void average_pool_q8_rows(const AveragePoolQ8Rows& g, const Rows& in, const Rows& out, uint8_t* scratch,
                                       int32_t y0, int32_t y1) {
  int32_t* sums = static_cast<int32_t*>(static_cast<void*>(scratch));
  for (int32_t i = 0; i < y1 - y0; ++i) {
    const int32_t y = g.from_last != 0 ? y1 - 1 - i : y0 + i;
    const uint8_t* from = row_at(in, y);
    const bool first = y == (g.from_last != 0 ? g.in_h - 1 : 0);
    for (int32_t c = 0; c < g.channels; ++c) {
      int32_t sum = first ? 0 : sums[c];
      for (int32_t x = 0; x < g.in_w; ++x) sum += load_8(from, x * g.channels + c, g.in_unsigned != 0) - g.in_zero;
      sums[c] = sum;
    }
    if (y != (g.from_last != 0 ? 0 : g.in_h - 1)) continue;
    uint8_t* to = row_at(out, 0);
    for (int32_t c = 0; c < g.channels; ++c) {
      const int32_t result = g.out_zero + requantize(sums[c], g.multiplier, g.shift, g.rounding);
      to[c] = static_cast<uint8_t>(clamp_s32(result, g.low, g.high));
    }
  }
}
