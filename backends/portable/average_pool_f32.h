// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// float32 average pool.
#include "backends/kernel_conv.h"

namespace tinyc {
namespace portable_average_pool_f32 {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_2d(op)) return reason;
  return need_float32(op);
}

inline Needs needs(const ir::Op& op, const Variant&) { return pool_needs(op); }

inline Built build(const ir::Op& op, const Variant&) {
  const Image2d image = image_2d(op, op.integers("kernel"));
  const bool include_pad = op.flag("count_include_pad");
  Built built;
  built.geometry = window_geometry(image);
  built.geometry.push_back({"limit_h", image.in_h + image.h.pad_end});
  built.geometry.push_back({"limit_w", image.in_w + image.w.pad_end});
  built.geometry.push_back({"include_pad", include_pad});
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  const ir::Shape& kernel = op.integers("kernel");
  const auto taps = static_cast<double>(ir::element_count(kernel));
  return static_cast<double>(op.result_type().elements()) *
         (taps * (t.load + t.float_add + t.alu) + t.float_div + t.store + 10 * t.alu);
}

}  // namespace portable_average_pool_f32

inline const KernelDef portable_average_pool_f32_kernel = {
    .name = "average_pool_f32",
    .isa = Isa::portable,
    .ops = {"average_pool"},
    .types = "f32 -> f32",
    .summary = "float32 average pool",
    .entry = "average_pool_f32",
    .geometry_type = "AveragePoolF32",
    .loops_over_batch = true,
    .mean_code_bytes = 140,
    .why_not = portable_average_pool_f32::why_not,
    .needs = portable_average_pool_f32::needs,
    .build = portable_average_pool_f32::build,
    .cycles = portable_average_pool_f32::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/taps.h"
#include "runtime-stubs/tinyc_kernel.h"

// Mean of the elements of each window that lie in the image; with include_pad, padding counts in the divisor.
struct AveragePoolF32 {
  int32_t in_h, in_w, in_c, out_w, out_c;
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_h, pad_w;
  int32_t limit_h, limit_w, include_pad;
};

// Elements of a window that count along one axis.
TINYC_KERNEL int32_t average_pool_f32_count(const Taps& inside, int32_t start, int32_t kernel, int32_t dilation,
                                            int32_t limit, int32_t include_pad) {
  if (include_pad == 0) return inside.last - inside.first;
  int32_t count = kernel;
  while (count > 0 && start + (count - 1) * dilation >= limit) --count;
  return count;
}

TINYC_KERNEL void average_pool_f32(const AveragePoolF32& g, const Rows& in, const Rows& out, int32_t y0, int32_t y1) {
  for (int32_t y = y0; y < y1; ++y) {
    float* to = row_of<float>(out, y);
    const int32_t top = y * g.stride_h - g.pad_h;
    const Taps rows = taps_inside(top, g.kernel_h, g.dilation_h, g.in_h);
    const int32_t count_h = average_pool_f32_count(rows, top, g.kernel_h, g.dilation_h, g.limit_h, g.include_pad);
    for (int32_t x = 0; x < g.out_w; ++x) {
      const int32_t left = x * g.stride_w - g.pad_w;
      const Taps columns = taps_inside(left, g.kernel_w, g.dilation_w, g.in_w);
      const int32_t count_w = average_pool_f32_count(columns, left, g.kernel_w, g.dilation_w, g.limit_w, g.include_pad);
      const int32_t count = count_h * count_w;
      for (int32_t c = 0; c < g.in_c; ++c) {
        float sum = 0.0f;
        for (int32_t ky = rows.first; ky < rows.last; ++ky) {
          const float* row = row_of<const float>(in, top + ky * g.dilation_h) + c;
          for (int32_t kx = columns.first; kx < columns.last; ++kx) sum += row[(left + kx * g.dilation_w) * g.in_c];
        }
        *to++ = sum / static_cast<float>(count > 0 ? count : 1);
      }
    }
  }
}
