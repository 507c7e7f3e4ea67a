// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// Convolution of 8- or 16-bit integers with 64-bit sums: whatever the narrower kernels refuse.
#include "backends/kernel_wide.h"

namespace tinyc {
namespace portable_conv_wide {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_2d(op)) return reason;
  return need_wide_layer(op);
}

inline Needs needs(const ir::Op& op, const Variant&) { return conv_needs(op); }

inline Built build(const ir::Op& op, const Variant&) {
  Built built;
  built.geometry = window_geometry(conv_image(op));
  built.geometry.push_back({"groups", op.integer("groups")});
  add_wide_layer(built, op);
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return layer_cycles(op, 2 * t.load + t.mul_wide + 4 * t.alu, 2 * t.mul_wide + t.store + 40 * t.alu);
}

}  // namespace portable_conv_wide

inline const KernelDef portable_conv_wide_kernel = {
    .name = "conv_wide",
    .isa = Isa::portable,
    .ops = {"conv"},
    .types = "q8, q16 x i16 -> q8, q16",
    .summary = "convolution of 8- or 16-bit integers, 64-bit sums",
    .entry = "conv_wide",
    .geometry_type = "ConvWide",
    .loops_over_batch = true,
    .mean_code_bytes = 720,
    .why_not = portable_conv_wide::why_not,
    .needs = portable_conv_wide::needs,
    .build = portable_conv_wide::build,
    .cycles = portable_conv_wide::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/taps.h"
#include "backends/portable/shared/wide.h"
#include "runtime-stubs/tinyc_kernel.h"

// Channels last; taps in the padding are left out.
struct ConvWide {
  int32_t in_h, in_w, in_c, out_w, out_c;
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_h, pad_w;
  int32_t groups;
  int32_t in_zero, out_zero, low, high, in_kind, out_kind;
};

// The sum of one result: rows and columns are the taps inside the image.
TINYC_KERNEL int64_t conv_wide_sum(const ConvWide& g, const Rows& in, const int16_t* weights, const Taps& rows,
                                   const Taps& columns, int32_t top, int32_t left, int32_t first_c, int64_t sum) {
  const int32_t channels = g.in_c / g.groups;
  for (int32_t ky = rows.first; ky < rows.last; ++ky) {
    const uint8_t* row = row_at(in, top + ky * g.dilation_h);
    for (int32_t kx = columns.first; kx < columns.last; ++kx) {
      const int16_t* w = weights + (ky * g.kernel_w + kx) * channels;
      const int32_t pixel = (left + kx * g.dilation_w) * g.in_c + first_c;
      for (int32_t c = 0; c < channels; ++c)
        sum += static_cast<int64_t>(load_narrow(row, pixel + c, g.in_kind) - g.in_zero) * w[c];
    }
  }
  return sum;
}

TINYC_KERNEL void conv_wide(const ConvWide& g, const Rows& in, const Rows& out, const int16_t* weights,
                            const int32_t* bias, const int32_t* multiplier, const int32_t* shift, int32_t y0,
                            int32_t y1) {
  const int32_t channels = g.in_c / g.groups;
  const int32_t per_group = g.out_c / g.groups;
  const int32_t taps = g.kernel_h * g.kernel_w * channels;
  for (int32_t y = y0; y < y1; ++y) {
    uint8_t* to = row_at(out, y);
    const int32_t top = y * g.stride_h - g.pad_h;
    const Taps rows = taps_inside(top, g.kernel_h, g.dilation_h, g.in_h);
    for (int32_t x = 0; x < g.out_w; ++x) {
      const int32_t left = x * g.stride_w - g.pad_w;
      const Taps columns = taps_inside(left, g.kernel_w, g.dilation_w, g.in_w);
      for (int32_t o = 0; o < g.out_c; ++o) {
        const int64_t sum = conv_wide_sum(g, in, weights + o * taps, rows, columns, top, left, o / per_group * channels,
                                          static_cast<int64_t>(bias[o]));
        const int64_t result = g.out_zero + requantize_wide(sum, multiplier[o], shift[o]);
        store_narrow(to, x * g.out_c + o, g.out_kind, clamp_wide(result, g.low, g.high));
      }
    }
  }
}
