// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// 8-bit convolution whose weights need 16 bits once their zero point is taken off.
#include "backends/kernel_conv.h"

namespace tinyc {
namespace portable_conv_q8w16 {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_2d(op)) return reason;
  if (auto reason = need_8bit(op.result_type(), "its result")) return reason;
  return need_integer_layer(op, 16);
}

inline Needs needs(const ir::Op& op, const Variant&) { return conv_needs(op); }

inline Built build(const ir::Op& op, const Variant&) {
  Built built;
  built.geometry = window_geometry(conv_image(op));
  built.geometry.push_back({"groups", op.integer("groups")});
  add_requantization(built, op);
  built.constants.insert(
      built.constants.begin(),
      packed("weights",
             "per group: output channels by 4 [kernel_h][kernel_w][in_c / groups][4], the rest singly; zero points "
             "taken off",
             in_blocks_of_4(centred_as<int16_t>(op), op.operand_type(1).shape[0], op.integer("groups"))));
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return layer_cycles(op, conv_mac_overhead(op, t) * 1.1 + t.mla, t.mul_wide + t.store + 20 * t.alu);
}

}  // namespace portable_conv_q8w16

inline const KernelDef portable_conv_q8w16_kernel = {
    .name = "conv_q8w16",
    .isa = Isa::portable,
    .ops = {"conv"},
    .types = "q8 x i16 -> q8",
    .summary = "8-bit convolution, plain loops, 16-bit weights",
    .entry = "conv_q8w16",
    .geometry_type = "ConvQ8W16",
    .loops_over_batch = true,
    .mean_code_bytes = 680,
    .tflite_rounding = true,
    .why_not = portable_conv_q8w16::why_not,
    .needs = portable_conv_q8w16::needs,
    .build = portable_conv_q8w16::build,
    .cycles = portable_conv_q8w16::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/conv_q8.h"
#include "runtime-stubs/tinyc_kernel.h"

// 8-bit convolution, channels last.
struct ConvQ8W16 {
  int32_t in_h, in_w, in_c, out_w, out_c;
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_h, pad_w;
  int32_t groups;
  int32_t in_zero, out_zero, low, high;
  int32_t in_unsigned, rounding;
};

TINYC_KERNEL void conv_q8w16(const ConvQ8W16& g, const Rows& in, const Rows& out, const int16_t* weights,
                             const int32_t* bias, const int32_t* multiplier, const int32_t* shift, int32_t y0,
                             int32_t y1) {
  conv_q8_rows<uint8_t>(g, in, out, weights, bias, y0, y1, [&](uint8_t* row, int32_t at, int32_t o, int32_t sum) {
    const int32_t result = g.out_zero + requantize(sum, multiplier[o], shift[o], g.rounding);
    row[at] = static_cast<uint8_t>(clamp_s32(result, g.low, g.high));
  });
}
