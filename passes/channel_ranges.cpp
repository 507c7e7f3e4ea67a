// SPDX-License-Identifier: Apache-2.0
#include "passes/channel_ranges.h"

#include <algorithm>
#include <limits>

#include "ir/ops/accumulator.h"
#include "passes/layer_channels.h"

namespace tinyc {
namespace {

using ir::Op;

bool has_range(const ir::Type& type) {
  return type.quantized() && type.quant->per_tensor() && type.rank() > 0 && ir::element_bits(type.element) <= 16;
}

ChannelRange whole_range(const ir::Type& type) {
  const auto channels = static_cast<size_t>(type.shape.back());
  return {std::vector<int64_t>(channels, ir::lowest(type.element)),
          std::vector<int64_t>(channels, ir::highest(type.element))};
}

struct SumRange {
  int64_t low, high;
};

// What the sum of an output channel can be. A tap that may lie in the padding adds nothing there.
SumRange sum_range(const LayerChannels& layer, const std::vector<int32_t>& weights, const ChannelRange& x,
                   int64_t zero_x, int64_t output) {
  SumRange sum{layer.bias ? layer.bias->integer(output) : 0, 0};
  sum.high = sum.low;
  const int64_t first = output / layer.outputs_per_group() * layer.inputs_per_group;
  const int32_t* w = weights.data() + output * layer.taps * layer.inputs_per_group;
  for (int64_t i = 0; i < layer.taps * layer.inputs_per_group; ++i) {
    const auto channel = static_cast<size_t>(first + i % layer.inputs_per_group);
    int64_t low = x.low[channel] - zero_x;
    int64_t high = x.high[channel] - zero_x;
    if (layer.padded) low = std::min<int64_t>(low, 0), high = std::max<int64_t>(high, 0);
    sum.low += std::min(w[i] * low, w[i] * high);
    sum.high += std::max(w[i] * low, w[i] * high);
  }
  return sum;
}

// A larger sum never gives a smaller result, so the bounds of the sums give those of the results.
ChannelRange layer_range(const Op& op, const LayerChannels& layer, const ChannelRange& x) {
  const ir::Accumulator accumulator(op, op.operand_type(0), op.operand_type(1));
  const std::vector<int32_t> weights = ir::centred(*layer.weights, op.operand_type(1));
  ChannelRange y = whole_range(op.result_type());
  for (int64_t o = 0; o < layer.outputs; ++o) {
    const SumRange sum = sum_range(layer, weights, x, op.operand_type(0).quant->zero_point(), o);
    if (sum.low < std::numeric_limits<int32_t>::min() || sum.high > std::numeric_limits<int32_t>::max()) continue;
    y.low[static_cast<size_t>(o)] = accumulator.result(sum.low, o);
    y.high[static_cast<size_t>(o)] = accumulator.result(sum.high, o);
  }
  return y;
}

// Extremes and averages of a channel stay between its bounds; padding of averages may count as zero, windows of maxima
// that lie in the padding give the lowest number.
ChannelRange kept_range(const Op& op, const ChannelRange& x) {
  ChannelRange y = x;
  if (op.is("max_pool") && pads(op)) return whole_range(op.result_type());
  if (!op.is("average_pool")) return y;
  const int64_t zero = op.operand_type(0).quant->zero_point();
  for (int64_t& low : y.low) low = std::min(low, zero);
  for (int64_t& high : y.high) high = std::max(high, zero);
  return y;
}

ChannelRange result_range(const Op& op, const ChannelRanges& ranges) {
  const auto x = op.operands.empty() ? ranges.end() : ranges.find(op.operand(0));
  if (x == ranges.end()) return whole_range(op.result_type());
  if (const auto layer = layer_channels(op)) return layer_range(op, *layer, x->second);
  if (keeps_channels(op) && ir::same_numbers(op.operand_type(0), op.result_type())) return kept_range(op, x->second);
  return whole_range(op.result_type());
}

}  // namespace

ChannelRanges channel_ranges(const ir::Graph& graph) {
  ChannelRanges ranges;
  for (const ir::Value* input : graph.inputs()) {
    if (has_range(input->type)) ranges.emplace(input, whole_range(input->type));
  }
  for (const auto& op : graph.ops()) {
    for (const ir::Value* result : op->results) {
      if (has_range(result->type)) ranges.emplace(result, result_range(*op, ranges));
    }
  }
  return ranges;
}

}  // namespace tinyc
