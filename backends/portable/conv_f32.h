// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// float32 convolution, any kernel, stride, dilation, padding and groups; four output channels at a time.
#include "backends/kernel_conv.h"
#include "backends/kernel_functions.h"
#include "backends/kernel_vfp.h"

namespace tinyc {
namespace portable_conv_f32 {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_2d(op)) return reason;
  if (auto reason = need_float_activation(op)) return reason;
  return need_float_layer(op);
}

inline Needs needs(const ir::Op& op, const Variant&) { return conv_needs(op); }

inline Built build(const ir::Op& op, const Variant&) {
  const Image2d image = conv_image(op);
  const int64_t groups = op.integer("groups");
  const std::vector<float> weights = float_operand(op, 1, op.operand_type(1).elements());
  Built built;
  built.geometry = window_geometry(image);
  built.geometry.push_back({"groups", groups});
  built.constants = {
      packed("weights", "per group: output channels by 4 [kernel_h][kernel_w][in_c / groups][4], the rest singly",
             in_blocks_of_4(weights, image.out_c, groups)),
      packed("bias", "per output channel", float_operand(op, 2, image.out_c))};
  set_function(built, float_activation(op));
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  if (has_vfp_loops(t)) return vfp_conv_cycles(op, t);
  return layer_cycles(op, conv_mac_overhead(op, t) + t.float_mac, t.load + t.store + t.float_add + 10 * t.alu);
}

}  // namespace portable_conv_f32

inline const KernelDef portable_conv_f32_kernel = {
    .name = "conv_f32",
    .isa = Isa::portable,
    .ops = {"conv"},
    .types = "f32 x f32 -> f32",
    .summary = "float32 convolution, four output channels at a time",
    .entry = "conv_f32",
    .geometry_type = "ConvF32",
    .loops_over_batch = true,
    .mean_code_bytes = 850,
    .why_not = portable_conv_f32::why_not,
    .needs = portable_conv_f32::needs,
    .build = portable_conv_f32::build,
    .cycles = portable_conv_f32::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/conv_f32.h"
#include "runtime-stubs/tinyc_kernel.h"

// float32 convolution, channels last.
struct ConvF32 {
  int32_t in_h, in_w, in_c, out_w, out_c;
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_h, pad_w;
  int32_t groups;
};

template <class Activation>
TINYC_KERNEL void conv_f32(const ConvF32& g, const Rows& in, const Rows& out, const float* weights, const float* bias,
                           Activation activation, int32_t y0, int32_t y1) {
  conv_f32_rows(
      g, in, out, weights, y0, y1, [&](int32_t o) { return bias[o]; },
      [&](float* to, int32_t o, float sum) { to[o] = activation(sum); });
}
