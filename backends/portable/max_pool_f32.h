// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// float32 max pool.
#include "backends/kernel_conv.h"

namespace tinyc {
namespace portable_max_pool_f32 {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_2d(op)) return reason;
  return need_float32(op);
}

inline Needs needs(const ir::Op& op, const Variant&) { return pool_needs(op); }

inline Built build(const ir::Op& op, const Variant&) {
  Built built;
  built.geometry = window_geometry(image_2d(op, op.integers("kernel")));
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  const auto taps = static_cast<double>(ir::element_count(op.integers("kernel")));
  return static_cast<double>(op.result_type().elements()) *
         (taps * (t.load + t.float_add + 2 * t.alu) + t.store + 10 * t.alu);
}

}  // namespace portable_max_pool_f32

inline const KernelDef portable_max_pool_f32_kernel = {
    .name = "max_pool_f32",
    .isa = Isa::portable,
    .ops = {"max_pool"},
    .types = "f32 -> f32",
    .summary = "float32 max pool",
    .entry = "max_pool_f32",
    .geometry_type = "MaxPoolF32",
    .loops_over_batch = true,
    .mean_code_bytes = 220,
    .why_not = portable_max_pool_f32::why_not,
    .needs = portable_max_pool_f32::needs,
    .build = portable_max_pool_f32::build,
    .cycles = portable_max_pool_f32::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include <math.h>

#include "backends/portable/shared/taps.h"
#include "runtime-stubs/tinyc_kernel.h"

// Largest element of each window; padding never wins, and a window of padding alone gives minus infinity.
struct MaxPoolF32 {
  int32_t in_h, in_w, in_c, out_w, out_c;
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_h, pad_w;
};

TINYC_KERNEL void max_pool_f32(const MaxPoolF32& g, const Rows& in, const Rows& out, int32_t y0, int32_t y1) {
  for (int32_t y = y0; y < y1; ++y) {
    float* to = row_of<float>(out, y);
    const int32_t top = y * g.stride_h - g.pad_h;
    const Taps rows = taps_inside(top, g.kernel_h, g.dilation_h, g.in_h);
    for (int32_t x = 0; x < g.out_w; ++x) {
      const int32_t left = x * g.stride_w - g.pad_w;
      const Taps columns = taps_inside(left, g.kernel_w, g.dilation_w, g.in_w);
      for (int32_t c = 0; c < g.in_c; ++c) {
        float largest = -INFINITY;
        for (int32_t ky = rows.first; ky < rows.last; ++ky) {
          const float* row = row_of<const float>(in, top + ky * g.dilation_h) + c;
          for (int32_t kx = columns.first; kx < columns.last; ++kx) {
            const float value = row[(left + kx * g.dilation_w) * g.in_c];
            largest = value > largest ? value : largest;
          }
        }
        *to++ = largest;
      }
    }
  }
}
