// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// 8-bit transposed convolution, by output positions.
#include "backends/kernel_conv_transpose.h"

namespace tinyc {
namespace portable_conv_transpose_q8 {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_2d(op)) return reason;
  if (auto reason = need_8bit(op.result_type(), "its result")) return reason;
  return need_integer_layer(op, 16);
}

inline Needs needs(const ir::Op& op, const Variant&) { return conv_transpose_needs(op); }

inline Built build(const ir::Op& op, const Variant&) {
  const int64_t outputs = op.operand_type(1).shape[0];
  const ir::Tensor* bias = ir::constant_data(op.operand(2));
  std::vector<int32_t> start(static_cast<size_t>(outputs), 0);
  for (int64_t o = 0; bias && o < outputs; ++o) start[static_cast<size_t>(o)] = static_cast<int32_t>(bias->integer(o));
  Built built;
  built.geometry = conv_transpose_geometry(op);
  add_requantization(built, op);
  built.constants[0] = packed("bias", "per output channel", start);
  built.constants.insert(
      built.constants.begin(),
      packed("weights", "[out_c][kernel_h][kernel_w][in_c / groups], zero points taken off", centred_as<int16_t>(op)));
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return layer_cycles(op, 2 * t.load + t.mla + 2 * t.alu, t.mul_wide + t.store + 20 * t.alu);
}

}  // namespace portable_conv_transpose_q8

inline const KernelDef portable_conv_transpose_q8_kernel = {
    .name = "conv_transpose_q8",
    .isa = Isa::portable,
    .ops = {"conv_transpose"},
    .types = "q8 x i16 -> q8",
    .summary = "8-bit transposed convolution",
    .entry = "conv_transpose_q8",
    .geometry_type = "ConvTransposeQ8",
    .loops_over_batch = true,
    .why_not = portable_conv_transpose_q8::why_not,
    .needs = portable_conv_transpose_q8::needs,
    .build = portable_conv_transpose_q8::build,
    .cycles = portable_conv_transpose_q8::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/conv_transpose.h"
#include "runtime-stubs/tinyc_kernel.h"

// Output position p gets input position i times tap k where i * stride - pad + k * dilation = p.
struct ConvTransposeQ8 {
  int32_t in_h, in_w, in_c, out_w, out_c;
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_h, pad_w;
  int32_t groups;
  int32_t in_zero, out_zero, low, high;
  int32_t in_unsigned, rounding;
};

TINYC_KERNEL void conv_transpose_q8(const ConvTransposeQ8& g, const Rows& in, const Rows& out, const int16_t* weights,
                                    const int32_t* bias, const int32_t* multiplier, const int32_t* shift, int32_t y0,
                                    int32_t y1) {
  const int32_t channels = g.in_c / g.groups;
  const int32_t per_group = g.out_c / g.groups;
  const int32_t taps = g.kernel_h * g.kernel_w * channels;
  for (int32_t y = y0; y < y1; ++y) {
    uint8_t* to = row_at(out, y);
    for (int32_t x = 0; x < g.out_w; ++x) {
      for (int32_t o = 0; o < g.out_c; ++o) {
        const int32_t first_c = o / per_group * channels;
        const int16_t* w = weights + o * taps;
        int32_t sum = bias[o];
        conv_transpose_taps(g, y, x, [&](int32_t row, int32_t pixel, int32_t from) {
          const uint8_t* at = row_at(in, row) + pixel + first_c;
          for (int32_t c = 0; c < channels; ++c) sum += (load_8(at, c, g.in_unsigned != 0) - g.in_zero) * w[from + c];
        });
        const int32_t result = g.out_zero + requantize(sum, multiplier[o], shift[o], g.rounding);
        *to++ = static_cast<uint8_t>(clamp_s32(result, g.low, g.high));
      }
    }
  }
}
