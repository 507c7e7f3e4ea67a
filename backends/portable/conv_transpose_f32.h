// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// float32 transposed convolution, by output positions.
#include "backends/kernel_conv_transpose.h"
#include "backends/kernel_functions.h"

namespace tinyc {
namespace portable_conv_transpose_f32 {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_2d(op)) return reason;
  if (auto reason = need_float_activation(op)) return reason;
  return need_float_layer(op);
}

inline Needs needs(const ir::Op& op, const Variant&) { return conv_transpose_needs(op); }

inline Built build(const ir::Op& op, const Variant&) {
  const ir::Shape& w = op.operand_type(1).shape;
  Built built;
  built.geometry = conv_transpose_geometry(op);
  built.constants = {
      packed("weights", "per group: output channels by 4 [kernel_h][kernel_w][in_c / groups][4], the rest singly",
             in_blocks_of_4(float_operand(op, 1, ir::element_count(w)), w[0], op.integer("groups"))),
      packed("bias", "per output channel", float_operand(op, 2, w[0]))};
  set_function(built, float_activation(op));
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return layer_cycles(op, t.load + t.load_next + t.float_mac + t.alu, t.store + 10 * t.alu);
}

}  // namespace portable_conv_transpose_f32

inline const KernelDef portable_conv_transpose_f32_kernel = {
    .name = "conv_transpose_f32",
    .isa = Isa::portable,
    .ops = {"conv_transpose"},
    .types = "f32 x f32 -> f32",
    .summary = "float32 transposed convolution",
    .entry = "conv_transpose_f32",
    .geometry_type = "ConvTransposeF32",
    .loops_over_batch = true,
    .why_not = portable_conv_transpose_f32::why_not,
    .needs = portable_conv_transpose_f32::needs,
    .build = portable_conv_transpose_f32::build,
    .cycles = portable_conv_transpose_f32::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/conv_transpose.h"
#include "backends/portable/shared/dot_f32.h"
#include "runtime-stubs/tinyc_kernel.h"

// Output position p gets input position i times tap k where i * stride - pad + k * dilation = p.
struct ConvTransposeF32 {
  int32_t in_h, in_w, in_c, out_w, out_c;
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_h, pad_w;
  int32_t groups;
};

template <class Activation>
TINYC_KERNEL void conv_transpose_f32(const ConvTransposeF32& g, const Rows& in, const Rows& out, const float* weights,
                                     const float* bias, Activation activation, int32_t y0, int32_t y1) {
  const int32_t channels = g.in_c / g.groups;
  const int32_t per_group = g.out_c / g.groups;
  const int32_t taps = g.kernel_h * g.kernel_w * channels;
  for (int32_t y = y0; y < y1; ++y) {
    float* to = row_of<float>(out, y);
    for (int32_t x = 0; x < g.out_w; ++x, to += g.out_c) {
      for (int32_t group = 0; group < g.groups; ++group) {
        const int32_t first = group * per_group;
        const int32_t blocks = per_group / 4;
        for (int32_t block = 0; block < blocks; ++block) {
          const int32_t o = first + block * 4;
          const float* w = weights + o * taps;
          Sums4F32 sums = {bias[o], bias[o + 1], bias[o + 2], bias[o + 3]};
          conv_transpose_taps(g, y, x, [&](int32_t row, int32_t pixel, int32_t from) {
            dot4_f32(sums, row_of<const float>(in, row) + pixel + group * channels, w + from * 4, channels, 4);
          });
          to[o] = activation(sums.s0);
          to[o + 1] = activation(sums.s1);
          to[o + 2] = activation(sums.s2);
          to[o + 3] = activation(sums.s3);
        }
        for (int32_t o = first + blocks * 4; o < first + per_group; ++o) {
          const float* w = weights + o * taps;
          float sum = bias[o];
          conv_transpose_taps(g, y, x, [&](int32_t row, int32_t pixel, int32_t from) {
            sum = dot_f32(sum, row_of<const float>(in, row) + pixel + group * channels, w + from, channels, 1);
          });
          to[o] = activation(sum);
        }
      }
    }
  }
}
