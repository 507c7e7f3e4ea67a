// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// Int16 fully connected layer, 8-bit weights on the DSP extension: windows in 16-bit lanes, four outputs at a time.
#include "backends/kernel_lanes.h"

namespace tinyc {
namespace armv7em_dsp_fully_connected_q16 {

inline std::optional<std::string> why_not(const ir::Op& op) { return need_lanes(op, 8); }
inline Needs needs(const ir::Op& op, const Variant&) { return lanes_needs(op, 8); }
inline Built build(const ir::Op& op, const Variant&) { return build_lanes(op, 8); }
inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) { return lanes_cycles(op, 8, t); }

}  // namespace armv7em_dsp_fully_connected_q16

inline const KernelDef armv7em_dsp_fully_connected_q16_kernel = {
    .name = "fully_connected_q16",
    .isa = Isa::armv7em_dsp,
    .ops = {"fully_connected"},
    .types = "i16 x i8 -> q8, q16",
    .summary = "int16 fully connected layer, 8-bit weights, four outputs at a time with dual multiply-accumulate",
    .entry = "fully_connected_q16_dsp",
    .geometry_type = "FullyConnectedQ16Dsp",
    .why_not = armv7em_dsp_fully_connected_q16::why_not,
    .needs = armv7em_dsp_fully_connected_q16::needs,
    .build = armv7em_dsp_fully_connected_q16::build,
    .cycles = armv7em_dsp_fully_connected_q16::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "runtime-stubs/tinyc_lanes_dsp.h"

// A fully connected layer as a convolution of 1 x 1, one group, channels last; a window has `taps` taps, the last of
// them zeros.
struct FullyConnectedQ16Dsp {
  int32_t in_h, in_w, in_c, out_w, out_c;
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_h, pad_w;
  int32_t taps, in_zero, out_zero, low, high;
  int32_t in_kind, out_kind, rounding;
};

TINYC_KERNEL void fully_connected_q16_dsp(const FullyConnectedQ16Dsp& g, const Rows& in, const Rows& out,
                                          const uint8_t* weights, const int32_t* bias, const int32_t* multiplier,
                                          const int32_t* shift, uint8_t* scratch, int32_t y0, int32_t y1) {
  int16_t* window = static_cast<int16_t*>(static_cast<void*>(scratch));
  lanes_rows<8>(g, in, out, weights, bias, multiplier, shift, window, y0, y1);
}
