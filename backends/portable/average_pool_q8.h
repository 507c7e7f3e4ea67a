// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// 8-bit average pool over windows without partly padded ones or with them, and over whole images.
#include <algorithm>
#include <set>

#include "backends/kernel_wide.h"
#include "ir/numerics.h"
#include "ir/op_def.h"

namespace tinyc {
namespace portable_average_pool_q8 {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_2d(op)) return reason;
  if (auto reason = need_narrow(op.operand_type(0), "its input")) return reason;
  if (auto reason = need_narrow(op.result_type(), "its result")) return reason;
  if (op.operand_type(0).quant->scale() / op.result_type().quant->scale() >= 64)
    return "needs an output scale above 1/64 of the input's";
  const Image2d image = image_2d(op, op.integers("kernel"));
  const int bits = ir::element_bits(op.operand_type(0).element);
  if (image.h.kernel * image.w.kernel > 1 << (28 - bits)) return "needs sums of at most 28 bits";
  return std::nullopt;
}

inline Needs needs(const ir::Op& op, const Variant&) { return pool_needs(op); }

// One multiplier per number of elements that a window may average over; 0 elements is not possible.
inline Built build(const ir::Op& op, const Variant&) {
  const Image2d image = image_2d(op, op.integers("kernel"));
  const ir::Type& in = op.operand_type(0);
  const ir::Type& out = op.result_type();
  const bool include_pad = op.flag("count_include_pad");
  const int64_t most = image.h.kernel * image.w.kernel;
  const bool partial = image.h.pad_begin + image.h.pad_end + image.w.pad_begin + image.w.pad_end > 0;
  std::vector<int32_t> multiplier;
  std::vector<int32_t> shift;
  bool ties = false;
  for (int64_t count = partial ? 1 : most; count <= most; ++count) {
    const ir::FixedPoint scale =
        ir::to_fixed_point(in.quant->scale() / (out.quant->scale() * static_cast<double>(count)));
    multiplier.push_back(scale.multiplier);
    shift.push_back(scale.shift);
    ties |= ir::tie_possible(scale, (ir::highest(in.element) - ir::lowest(in.element)) * count);
  }
  Built built;
  built.geometry = {{"in_h", image.in_h},
                    {"in_w", image.in_w},
                    {"channels", image.in_c},
                    {"out_w", image.out_w},
                    {"kernel_h", image.h.kernel},
                    {"kernel_w", image.w.kernel},
                    {"stride_h", image.h.stride},
                    {"stride_w", image.w.stride},
                    {"dilation_h", image.h.dilation},
                    {"dilation_w", image.w.dilation},
                    {"pad_h", image.h.pad_begin},
                    {"pad_w", image.w.pad_begin},
                    {"limit_h", image.in_h + (include_pad ? image.h.pad_end : 0)},
                    {"limit_w", image.in_w + (include_pad ? image.w.pad_end : 0)},
                    {"include_pad", include_pad},
                    {"first_count", partial ? 1 : most},
                    {"in_zero", in.quant->zero_point()},
                    {"out_zero", out.quant->zero_point()},
                    {"low", ir::lowest(out.element)},
                    {"high", ir::highest(out.element)},
                    {"in_kind", narrow_kind(in)},
                    {"out_kind", narrow_kind(out)},
                    {"rounding", ir::rounding_of(op) == ir::Rounding::nearest ? (ties ? 1 : 0) : 2}};
  built.constants = {packed("multiplier", "per number of elements in the window", multiplier),
                     packed("shift", "per number of elements in the window", shift)};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& timing) {
  const Image2d image = image_2d(op, op.integers("kernel"));
  const auto results = static_cast<double>(op.result_type().elements());
  return results * (static_cast<double>(image.h.kernel * image.w.kernel) * (timing.load + 2 * timing.alu) +
                    timing.mul_wide + 20 * timing.alu);
}

}  // namespace portable_average_pool_q8

inline const KernelDef portable_average_pool_q8_kernel = {
    .name = "average_pool_q8",
    .isa = Isa::portable,
    .ops = {"average_pool"},
    .types = "q8, q16 -> q8, q16",
    .summary = "8-bit average pool, plain loops",
    .entry = "average_pool_q8",
    .geometry_type = "AveragePoolQ8",
    .loops_over_batch = true,
    .mean_code_bytes = 130,
    .tflite_rounding = true,
    .why_not = portable_average_pool_q8::why_not,
    .needs = portable_average_pool_q8::needs,
    .build = portable_average_pool_q8::build,
    .cycles = portable_average_pool_q8::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/wide.h"
#include "runtime-stubs/tinyc_kernel.h"

// Mean of the elements of each window that lie in the image (or, with include_pad, in the padded image). rounding 2: as
// TensorFlow Lite, the sum of the integers as stored is divided.
struct AveragePoolQ8 {
  int32_t in_h, in_w, channels, out_w;
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_h, pad_w;
  int32_t limit_h, limit_w, include_pad, first_count;
  int32_t in_zero, out_zero, low, high;
  int32_t in_kind, out_kind, rounding;
};

TINYC_KERNEL void average_pool_q8(const AveragePoolQ8& g, const Rows& in, const Rows& out, const int32_t* multiplier,
                                  const int32_t* shift, int32_t y0, int32_t y1) {
  for (int32_t y = y0; y < y1; ++y) {
    uint8_t* to = row_at(out, y);
    for (int32_t x = 0; x < g.out_w; ++x) {
      for (int32_t c = 0; c < g.channels; ++c) {
        int32_t sum = 0;
        int32_t inside = 0;
        int32_t count = 0;
        for (int32_t ky = 0; ky < g.kernel_h; ++ky) {
          const int32_t iy = y * g.stride_h - g.pad_h + ky * g.dilation_h;
          if (iy >= g.limit_h || (iy < 0 && g.include_pad == 0)) continue;
          for (int32_t kx = 0; kx < g.kernel_w; ++kx) {
            const int32_t ix = x * g.stride_w - g.pad_w + kx * g.dilation_w;
            if (ix >= g.limit_w || (ix < 0 && g.include_pad == 0)) continue;
            ++count;
            if (iy < 0 || iy >= g.in_h || ix < 0 || ix >= g.in_w) continue;
            sum += load_narrow(row_at(in, iy), ix * g.channels + c, g.in_kind) - g.in_zero;
            ++inside;
          }
        }
        const int32_t entry = (count > 0 ? count : 1) - g.first_count;  // a window of padding alone gives 0
        const int32_t result = g.rounding == 2
                                   ? divide_half_away(sum + inside * g.in_zero, entry + g.first_count)
                                   : g.out_zero + requantize(sum, multiplier[entry], shift[entry], g.rounding);
        store_narrow(to, x * g.channels + c, g.out_kind, clamp_s32(result, g.low, g.high));
      }
    }
  }
}
