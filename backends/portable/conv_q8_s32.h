// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// 8-bit convolution with the 32-bit sums as the result.
#include "backends/kernel_conv.h"

namespace tinyc {
namespace portable_conv_q8_s32 {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_2d(op)) return reason;
  if (op.result_type().quantized()) return "needs the sums themselves as the result";
  return need_integer_layer(op, 16);
}

inline Needs needs(const ir::Op& op, const Variant&) { return conv_needs(op); }

inline Built build(const ir::Op& op, const Variant&) {
  Built built;
  built.geometry = window_geometry(conv_image(op));
  built.geometry.push_back({"groups", op.integer("groups")});
  built.geometry.push_back({"in_zero", op.operand_type(0).quant->zero_point()});
  built.geometry.push_back({"in_unsigned", is_unsigned_8(op.operand_type(0))});
  built.constants = {packed("weights",
                            "per group: output channels by 4 [kernel_h][kernel_w][in_c / groups][4], the rest singly; "
                            "zero points taken off",
                            in_blocks_of_4(centred_as<int16_t>(op), op.operand_type(1).shape[0], op.integer("groups"))),
                     packed("bias", "with the input's zero point folded in", requantization_of(op).bias)};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return layer_cycles(op, conv_mac_overhead(op, t) + t.mla, t.store + 16 * t.alu);
}

}  // namespace portable_conv_q8_s32

inline const KernelDef portable_conv_q8_s32_kernel = {
    .name = "conv_q8_s32",
    .isa = Isa::portable,
    .ops = {"conv"},
    .types = "q8 x i16 -> i32",
    .summary = "8-bit convolution, sums",
    .entry = "conv_q8_s32",
    .geometry_type = "ConvQ8S32",
    .loops_over_batch = true,
    .why_not = portable_conv_q8_s32::why_not,
    .needs = portable_conv_q8_s32::needs,
    .build = portable_conv_q8_s32::build,
    .cycles = portable_conv_q8_s32::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/conv_q8.h"
#include "backends/portable/shared/integers.h"
#include "runtime-stubs/tinyc_kernel.h"

// 8-bit convolution, channels last.
struct ConvQ8S32 {
  int32_t in_h, in_w, in_c, out_w, out_c;
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_h, pad_w;
  int32_t groups;
  int32_t in_zero, in_unsigned;
};

TINYC_KERNEL void conv_q8_s32(const ConvQ8S32& g, const Rows& in, const Rows& out, const int16_t* weights,
                              const int32_t* bias, int32_t y0, int32_t y1) {
  conv_q8_rows<uint8_t>(g, in, out, weights, bias, y0, y1,
               [&](uint8_t* row, int32_t at, int32_t, int32_t sum) { store_as(row + at * 4, sum); });
}
