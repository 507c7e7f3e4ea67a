// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// 8-bit convolution, packed 4-bit weights on the DSP extension: windows in 16-bit lanes, four outputs at a time.
#include "backends/kernel_lanes.h"

namespace tinyc {
namespace armv7em_dsp_conv_q8w4 {

inline std::optional<std::string> why_not(const ir::Op& op) { return need_lanes(op, 4); }
inline Needs needs(const ir::Op& op, const Variant&) { return lanes_needs(op, 4); }
inline Built build(const ir::Op& op, const Variant&) { return build_lanes(op, 4); }
inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) { return lanes_cycles(op, 4, t); }

}  // namespace armv7em_dsp_conv_q8w4

inline const KernelDef armv7em_dsp_conv_q8w4_kernel = {
    .name = "conv_q8w4",
    .isa = Isa::armv7em_dsp,
    .ops = {"conv"},
    .types = "q8 x i4 -> q8",
    .summary = "8-bit convolution, packed 4-bit weights, four outputs at a time with dual multiply-accumulate",
    .entry = "conv_q8w4_dsp",
    .geometry_type = "ConvQ8W4Dsp",
    .loops_over_batch = true,
    .mean_code_bytes = 760,
    .tflite_rounding = true,
    .why_not = armv7em_dsp_conv_q8w4::why_not,
    .needs = armv7em_dsp_conv_q8w4::needs,
    .build = armv7em_dsp_conv_q8w4::build,
    .cycles = armv7em_dsp_conv_q8w4::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "runtime-stubs/tinyc_lanes_dsp.h"

// 8-bit convolution, one group, channels last; a window has `taps` taps, the last of them zeros.
struct ConvQ8W4Dsp {
  int32_t in_h, in_w, in_c, out_w, out_c;
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_h, pad_w;
  int32_t taps, in_zero, out_zero, low, high;
  int32_t in_kind, out_kind, rounding;
};

TINYC_KERNEL void conv_q8w4_dsp(const ConvQ8W4Dsp& g, const Rows& in, const Rows& out, const uint8_t* weights,
                                const int32_t* bias, const int32_t* multiplier, const int32_t* shift, uint8_t* scratch,
                                int32_t y0, int32_t y1) {
  int16_t* window = static_cast<int16_t*>(static_cast<void*>(scratch));
  lanes_rows<4>(g, in, out, weights, bias, multiplier, shift, window, y0, y1);
}
