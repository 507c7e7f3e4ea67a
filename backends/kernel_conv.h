// SPDX-License-Identifier: Apache-2.0
// What the compiler parts of convolution, fully connected and pooling kernels share.
#pragma once

#include "backends/kernel_support.h"

namespace tinyc {

Image2d conv_image(const ir::Op& op);
Needs conv_needs(const ir::Op& op);
Needs pool_needs(const ir::Op& op);
// One input channel per group.
bool is_depthwise(const ir::Op& op);

// Why a convolution has no depthwise form with as many outputs as inputs; nothing if it has.
std::optional<std::string> need_depthwise(const ir::Op& op);

bool is_padded(const Image2d& image);

// Kernels that read windows where they lie take them as one piece per row of the kernel, at the borders from strips in
// scratch (shared/window_pieces.h): at most so many rows.
constexpr int64_t kMostWindowRows = 15;

// Bytes of those strips: two windows side by side per row of the kernel, and one that lies in the padding.
int64_t window_strips_bytes(const Image2d& image);

// in_h, in_w, in_c, out_w, out_c, kernel_*, stride_*, dilation_*, pad_*: what all of them walk by.
std::vector<GeometryField> window_geometry(const Image2d& image);

// Weights [outputs][taps] as kernels read four outputs at a time: in each of `groups` parts the outputs by four,
// [taps][4], then the rest one by one, [taps]. Output o starts at o * taps in either case.
template <class T>
std::vector<T> in_blocks_of_4(const std::vector<T>& weights, int64_t outputs, int64_t groups) {
  const int64_t taps = outputs ? static_cast<int64_t>(weights.size()) / outputs : 0;
  const int64_t per_group = groups ? outputs / groups : 0;
  std::vector<T> packed;
  packed.reserve(weights.size());
  for (int64_t first = 0; first < outputs;) {
    const int64_t lanes = per_group - first % per_group >= 4 ? 4 : 1;
    for (int64_t k = 0; k < taps; ++k) {
      for (int64_t lane = 0; lane < lanes; ++lane)
        packed.push_back(weights[static_cast<size_t>((first + lane) * taps + k)]);
    }
    first += lanes;
  }
  return packed;
}

// [outputs][taps] -> [taps][outputs].
template <class T>
std::vector<T> transposed(const std::vector<T>& weights, int64_t outputs) {
  const int64_t taps = outputs ? static_cast<int64_t>(weights.size()) / outputs : 0;
  std::vector<T> packed;
  packed.reserve(weights.size());
  for (int64_t k = 0; k < taps; ++k) {
    for (int64_t o = 0; o < outputs; ++o) packed.push_back(weights[static_cast<size_t>(o * taps + k)]);
  }
  return packed;
}

// Weights [outputs][taps] as int8 with each output's taps filled up with zeros to a multiple of 4.
std::vector<int8_t> padded_lines(const std::vector<int32_t>& weights, int64_t outputs);

// 4-bit integers two per byte, the first in the low half: the low bits of value - lowest.
std::vector<uint8_t> nibbles(const std::vector<int8_t>& values, int32_t lowest = 0);

// Weights minus their zero points, as they fit.
template <class T>
std::vector<T> centred_as(const ir::Op& op) {
  std::vector<T> weights;
  for (const int32_t weight : centred_weights(op)) weights.push_back(static_cast<T>(weight));
  return weights;
}

// in_zero, out_zero, low, high, in_unsigned, rounding; bias, multiplier and shift per output channel.
void add_requantization(Built& built, const ir::Op& op);

// A constant operand as floats; zeros if it is absent.
std::vector<float> float_operand(const ir::Op& op, size_t index, int64_t count);

// Loads and loop overhead per multiply-accumulate of the plain loops: four output channels share a pixel within a
// group, and runs of taps start anew for every pixel of a group or for every kernel row.
double conv_mac_overhead(const ir::Op& op, const CoreTiming& timing);

// Closed-form cost of a layer: per multiply-accumulate, and per result.
double layer_cycles(const ir::Op& op, double per_mac, double per_result);

}  // namespace tinyc
