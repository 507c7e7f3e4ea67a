// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// float32 pools over up to three spatial axes.
#include "backends/kernel_volume.h"

namespace tinyc {
namespace portable_pool_any_f32 {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (op.operand_type(0).rank() > 5) return "needs at most three spatial axes";
  return need_float32(op);
}

inline Needs needs(const ir::Op& op, const Variant&) { return whole(op); }

inline Built build(const ir::Op& op, const Variant&) {
  const ir::Shape& x = op.operand_type(0).shape;
  const auto windows = ir::windows_of(op, {x.begin() + 1, x.end() - 1}, op.integers("kernel"));
  const auto axes = volume_axes(*windows);
  Built built;
  built.geometry = {{"images", x[0]}, {"channels", x.back()}};
  add_volume(built, *windows);
  built.geometry.insert(built.geometry.end(), {{"limit_d", axes[0].in + axes[0].pad_end},
                                               {"limit_h", axes[1].in + axes[1].pad_end},
                                               {"limit_w", axes[2].in + axes[2].pad_end},
                                               {"largest", op.is("max_pool")},
                                               {"include_pad", op.is("average_pool") && op.flag("count_include_pad")}});
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  const auto taps = static_cast<double>(ir::element_count(op.integers("kernel")));
  return static_cast<double>(op.result_type().elements()) *
         (taps * (t.load + t.float_add + 4 * t.alu) + t.float_div + t.store + 60 * t.alu);
}

}  // namespace portable_pool_any_f32

inline const KernelDef portable_pool_any_f32_kernel = {
    .name = "pool_any_f32",
    .isa = Isa::portable,
    .ops = {"average_pool", "max_pool"},
    .types = "f32 -> f32",
    .summary = "float32 pools, up to three axes",
    .entry = "pool_any_f32",
    .geometry_type = "PoolAnyF32",
    .why_not = portable_pool_any_f32::why_not,
    .needs = portable_pool_any_f32::needs,
    .build = portable_pool_any_f32::build,
    .cycles = portable_pool_any_f32::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include <math.h>

#include "backends/portable/shared/taps.h"
#include "runtime-stubs/tinyc_kernel.h"

// x [images, d, h, w, channels]. The largest element of each window, or the mean of those in the image; with
// include_pad, padding counts in the divisor.
struct PoolAnyF32 {
  int32_t images, channels;
  int32_t in_d, in_h, in_w, out_d, out_h, out_w;
  int32_t kernel_d, kernel_h, kernel_w, stride_d, stride_h, stride_w;
  int32_t dilation_d, dilation_h, dilation_w, pad_d, pad_h, pad_w;
  int32_t limit_d, limit_h, limit_w, largest, include_pad;
};

// Elements of a window that count along one axis.
TINYC_KERNEL int32_t pool_any_f32_count(const Taps& inside, int32_t start, int32_t kernel, int32_t dilation,
                                        int32_t limit, int32_t include_pad) {
  if (include_pad == 0) return inside.last - inside.first;
  int32_t count = kernel;
  while (count > 0 && start + (count - 1) * dilation >= limit) --count;
  return count;
}

// The result for one channel, whose window begins at (z, y, x) of the image.
TINYC_KERNEL float pool_any_f32_window(const PoolAnyF32& g, const float* channel, int32_t z, int32_t y, int32_t x) {
  const Taps planes = taps_inside(z, g.kernel_d, g.dilation_d, g.in_d);
  const Taps rows = taps_inside(y, g.kernel_h, g.dilation_h, g.in_h);
  const Taps columns = taps_inside(x, g.kernel_w, g.dilation_w, g.in_w);
  float result = g.largest != 0 ? -INFINITY : 0.0f;
  for (int32_t kz = planes.first; kz < planes.last; ++kz) {
    for (int32_t ky = rows.first; ky < rows.last; ++ky) {
      const int32_t row = ((z + kz * g.dilation_d) * g.in_h + y + ky * g.dilation_h) * g.in_w;
      for (int32_t kx = columns.first; kx < columns.last; ++kx) {
        const float value = channel[(row + x + kx * g.dilation_w) * g.channels];
        if (g.largest == 0) {
          result += value;
        } else if (value > result) {
          result = value;
        }
      }
    }
  }
  if (g.largest != 0) return result;
  const int32_t count = pool_any_f32_count(planes, z, g.kernel_d, g.dilation_d, g.limit_d, g.include_pad) *
                        pool_any_f32_count(rows, y, g.kernel_h, g.dilation_h, g.limit_h, g.include_pad) *
                        pool_any_f32_count(columns, x, g.kernel_w, g.dilation_w, g.limit_w, g.include_pad);
  return result / static_cast<float>(count > 0 ? count : 1);
}

TINYC_KERNEL void pool_any_f32(const PoolAnyF32& g, const Rows& in, const Rows& out, int32_t y0, int32_t y1) {
  static_cast<void>(y1);
  const float* image = row_of<const float>(in, y0);
  float* to = row_of<float>(out, y0);
  for (int32_t n = 0; n < g.images; ++n, image += g.in_d * g.in_h * g.in_w * g.channels) {
    for (int32_t z = 0; z < g.out_d; ++z) {
      for (int32_t y = 0; y < g.out_h; ++y) {
        for (int32_t x = 0; x < g.out_w; ++x) {
          for (int32_t c = 0; c < g.channels; ++c) {
            *to++ = pool_any_f32_window(g, image + c, z * g.stride_d - g.pad_d, y * g.stride_h - g.pad_h,
                                        x * g.stride_w - g.pad_w);
          }
        }
      }
    }
  }
}
