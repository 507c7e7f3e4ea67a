// SPDX-License-Identifier: Apache-2.0
#include "backends/kernel_block.h"

#include <algorithm>
#include <cstdlib>

#include "ir/op_def.h"
#include "ir/ops/accumulator.h"

namespace tinyc {
namespace {

constexpr int64_t kLargestSum = (1 << 23) - 2;  // 256 times as much fits 32 bits
constexpr int kMostShift = 22;                  // leaves room for results beyond the range of 8 bits
constexpr int64_t kNeighbours = 64;             // multipliers tried on either side of the nearest

// Every value that the sum over all taps can have, bias included.
struct Range {
  int64_t low, high;
};

Range range_of_sum(const ir::Type& x, const int32_t* weights, int64_t taps, int64_t bias) {
  const int64_t zero = x.quant->zero_point();
  const int64_t least = ir::lowest(x.element) - zero, most = ir::highest(x.element) - zero;
  Range range{bias, bias};
  for (int64_t k = 0; k < taps; ++k) {
    range.low += std::min(weights[k] * least, weights[k] * most);
    range.high += std::max(weights[k] * least, weights[k] * most);
  }
  return range;
}

int64_t floor_of(__int128 numerator, int64_t denominator) {
  const __int128 quotient = numerator / denominator;
  return static_cast<int64_t>(quotient - (numerator % denominator < 0 ? 1 : 0));
}

// One channel: which multiplier and addend give the operator's results.
class Channel {
 public:
  Channel(const ir::Accumulator& exact, ir::Element element, int64_t channel, Range range, int shift, int64_t offset)
      : exact_(exact),
        element_(element),
        channel_(channel),
        range_(range),
        lowest_(result(range.low)),
        highest_(result(range.high)),
        shift_(shift),
        offset_(offset) {
    for (int64_t value = lowest_ + 1; value <= highest_; ++value) {
      const int64_t at = first_with(value);
      steps_.push_back({value, at, result(at - 1), result(at)});
    }
  }

  // The addend for a multiplier; nothing if none fits.
  std::optional<int64_t> addend(int64_t multiplier) const {
    int64_t least = INT32_MIN, most = INT32_MAX;
    for (const Step& step : steps_) {
      // 256 * acc + addend >= reached exactly where the result is at least step.value.
      const __int128 product = static_cast<__int128>((step.value << shift_) - offset_) << 32;
      const int64_t reached = floor_of(product + multiplier - 1, multiplier);
      least = std::max(least, reached - 256 * step.at);
      most = std::min(most, reached - 256 * step.at + 255);
      if (least > most) return std::nullopt;
    }
    const int64_t chosen = std::clamp<int64_t>(0, least, most);
    const auto gives = [&](int64_t sum, int64_t value) { return value_of(sum, multiplier, chosen) == value; };
    if (!gives(range_.low, lowest_) || !gives(range_.high, highest_)) return std::nullopt;
    for (const Step& step : steps_) {
      if (!gives(step.at - 1, step.before) || !gives(step.at, step.after)) return std::nullopt;
    }
    return chosen;
  }

 private:
  struct Step {
    int64_t value;
    int64_t at;             // smallest sum with a result of at least `value`
    int64_t before, after;  // results of at - 1 and at
  };

  int64_t result(int64_t sum) const { return exact_.result(sum, channel_); }

  // Steps are evenly apart: the next is looked for where the last two say.
  int64_t first_with(int64_t value) const {
    const size_t known = steps_.size();
    int64_t below = known ? steps_.back().at - 1 : range_.low, reached = range_.high;
    int64_t middle = known > 1 ? 2 * steps_[known - 1].at - steps_[known - 2].at : (below + reached) / 2;
    for (int64_t reach = 1; reached - below > 1; reach *= 2) {
      if (middle <= below || middle >= reached) middle = below + (reached - below) / 2;
      const bool is_reached = result(middle) >= value;
      (is_reached ? reached : below) = middle;
      middle += is_reached ? -reach : reach;
    }
    return reached;
  }

  // What the kernel computes; nothing if it overflows.
  std::optional<int64_t> value_of(int64_t sum, int64_t multiplier, int64_t addend) const {
    const int64_t start = 256 * sum + addend;
    if (start > INT32_MAX || start < INT32_MIN) return std::nullopt;
    const int64_t high = (start * multiplier) >> 32;
    const int64_t shifted = offset_ + high;
    if (shifted > INT32_MAX || shifted < INT32_MIN) return std::nullopt;
    return std::clamp(shifted >> shift_, ir::lowest(element_), ir::highest(element_));
  }

  const ir::Accumulator& exact_;
  ir::Element element_;
  int64_t channel_;
  Range range_;
  int64_t lowest_, highest_;  // results
  int shift_;
  int64_t offset_;
  std::vector<Step> steps_;
};

struct Scaling {
  int64_t multiplier, addend;
};

std::optional<Scaling> scaling_of(const Channel& channel, Range range, ir::FixedPoint scale, int shift) {
  if (std::max(std::abs(range.low), std::abs(range.high)) > kLargestSum) return std::nullopt;
  const int less = scale.shift - 24 - shift;
  const int64_t nearest = less > 31 ? 0 : scale.multiplier >> less;
  for (int64_t k = 0; k <= 2 * kNeighbours; ++k) {
    const int64_t multiplier = nearest + (k % 2 == 0 ? -(k / 2) : (k + 1) / 2);
    if (multiplier <= 0 || multiplier > INT32_MAX) continue;
    if (const auto addend = channel.addend(multiplier)) return Scaling{multiplier, *addend};
  }
  return std::nullopt;
}

// high word of (addend * 2^30) = `high`.
std::optional<Scaling> constant_result(int64_t high) {
  if (std::abs(high) >= int64_t{1} << 29) return std::nullopt;
  return Scaling{int64_t{1} << 30, high * 4};
}

// The offset that makes results of sums of zero, rounded to nearest, the output's zero point.
int64_t offset_of(const ir::Type& y, int shift) {
  return (y.quant->zero_point() * (int64_t{1} << shift)) + (int64_t{1} << (shift - 1));
}

// without_offset: the addends do all, which saves the kernels an operand.
std::optional<BlockRequantization> find_requantization(const ir::Op& op, const std::vector<int32_t>& weights,
                                                       bool without_offset) {
  const ir::Type& x = op.operand_type(0);
  const ir::Type& w = op.operand_type(1);
  const ir::Type& y = op.result_type();
  const ir::Accumulator exact(op, x, w);
  const ir::Tensor* bias = ir::constant_data(op.operand(2));
  const int64_t channels = w.shape[0];
  const int64_t taps = channels ? w.elements() / channels : 0;
  std::vector<ir::FixedPoint> scales;
  std::vector<Range> ranges;
  BlockRequantization found;
  found.shift = kMostShift;
  for (int64_t o = 0; o < channels; ++o) {
    scales.push_back(ir::result_scale(op, x, w.quant->scale(o)));
    ranges.push_back(range_of_sum(x, weights.data() + o * taps, taps, bias ? bias->integer(o) : 0));
    found.constant.push_back(exact.result(ranges.back().low, o) == exact.result(ranges.back().high, o));
    if (!found.constant.back())
      found.shift = std::min(found.shift, scales.back().shift - 24);  // multipliers below 2^31
  }
  if (found.shift < 1) return std::nullopt;
  const int64_t offset = without_offset ? 0 : offset_of(y, found.shift);
  found.offset = static_cast<int32_t>(offset);
  for (int64_t o = 0; o < channels; ++o) {
    const Range range = ranges[static_cast<size_t>(o)];
    const ir::FixedPoint scale = scales[static_cast<size_t>(o)];
    const std::optional<Scaling> scaling =
        found.constant[static_cast<size_t>(o)]
            ? constant_result(exact.result(range.low, o) * (int64_t{1} << found.shift) - offset)
            : scaling_of(Channel(exact, y.element, o, range, found.shift, offset), range, scale, found.shift);
    if (!scaling) return std::nullopt;
    found.multiplier.push_back(static_cast<int32_t>(scaling->multiplier));
    const int64_t start = found.constant[static_cast<size_t>(o)] ? 0 : 256 * (bias ? bias->integer(o) : 0);
    found.added.push_back(static_cast<int32_t>(start + scaling->addend));
  }
  return found;
}

// All that the answer depends on.
struct Question {
  std::vector<ir::Type> types;
  ir::Attributes attributes;
  std::vector<int32_t> weights;
  std::optional<ir::Tensor> bias;
  bool operator==(const Question&) const = default;
};

Question question_about(const ir::Op& op) {
  Question question{{op.operand_type(0), op.operand_type(1), op.result_type()}, op.attributes, centred_weights(op), {}};
  if (const ir::Tensor* bias = ir::constant_data(op.operand(2))) question.bias = *bias;
  return question;
}

}  // namespace

// Every kernel and variant asks about a layer, one after the other: the last answer is kept.
std::optional<BlockRequantization> block_requantization(const ir::Op& op) {
  thread_local Question last;
  thread_local std::optional<BlockRequantization> answer;
  Question question = question_about(op);
  if (question == last) return answer;
  answer = find_requantization(op, question.weights, true);
  if (!answer) answer = find_requantization(op, question.weights, false);
  last = std::move(question);
  return answer;
}

std::optional<std::string> need_block_layer(const ir::Op& op, int64_t outputs_multiple, int32_t least_weight) {
  if (auto reason = need_8bit(op.result_type(), "its result")) return reason;
  if (auto reason = need_integer_layer(op, 8)) return reason;
  if (op.operand_type(1).shape[0] % outputs_multiple != 0) return "needs a multiple of 4 output channels";
  const std::vector<int32_t> weights = centred_weights(op);
  const auto too_small = [&](int32_t weight) { return weight < least_weight; };
  if (std::any_of(weights.begin(), weights.end(), too_small)) return "needs weights above -128";
  if (!block_requantization(op)) return "needs results that two instructions can requantise exactly";
  return std::nullopt;
}

BlockLayer::BlockLayer(const ir::Op& op)
    : requantization_(*block_requantization(op)),
      weights_(centred_weights(op)),
      zero_point_(op.operand_type(0).quant->zero_point()),
      taps_(outputs() ? static_cast<int64_t>(weights_.size()) / outputs() : 0) {}

int32_t BlockLayer::weight(int64_t output, int64_t tap) const {
  if (output >= outputs() || requantization_.constant[static_cast<size_t>(output)]) return 0;
  return weights_[static_cast<size_t>(output * taps() + tap)];
}

int32_t BlockLayer::start(int64_t output, int64_t extra) const {
  const int64_t added = output < outputs() ? requantization_.added[static_cast<size_t>(output)] : 0;
  return static_cast<int32_t>(static_cast<uint32_t>(added - extra));
}

int32_t BlockLayer::start(int64_t output) const {
  int64_t sum = 0;
  for (int64_t k = 0; k < taps(); ++k) sum += weight(output, k);
  return start(output, 256 * zero_point_ * sum);
}

int32_t BlockLayer::multiplier(int64_t output) const {
  return output < outputs() ? requantization_.multiplier[static_cast<size_t>(output)] : 0;
}

void add_block_results(const ir::Op& op, std::vector<GeometryField>& geometry) {
  const BlockRequantization requantization = *block_requantization(op);
  geometry.push_back({"offset", requantization.offset});
  geometry.push_back({"shift", requantization.shift});
  geometry.push_back({"out_unsigned", is_unsigned_8(op.result_type())});
}

void add_block_fields(const ir::Op& op, std::vector<GeometryField>& geometry) {
  const auto zero = static_cast<uint32_t>(op.operand_type(0).quant->zero_point() & 0xFF);
  geometry.push_back({"zero_word", static_cast<int32_t>(zero * 0x01010101U)});
  geometry.push_back({"in_unsigned", is_unsigned_8(op.operand_type(0))});
  add_block_results(op, geometry);
}

uint32_t block_flip(const ir::Type& input) { return is_unsigned_8(input) ? 0x80008000U : 0x00800080U; }

std::vector<int32_t> block_parameters(const ir::Op& op, int64_t pieces, BlockWeights form) {
  const BlockLayer layer(op);
  const int64_t piece = layer.taps() / pieces;
  const bool is_unsigned = is_unsigned_8(op.operand_type(0));
  const int64_t zero = op.operand_type(0).quant->zero_point();
  const auto weight = [&](int64_t o, int64_t p, int64_t k) { return k < piece ? layer.weight(o, p * piece + k) : 0; };
  std::vector<int32_t> packed;
  for (int64_t first = 0; first < layer.outputs(); first += 4) {
    for (int64_t o = first; o < first + 4; ++o) {
      // The kernel sees x + 128 at even places of signed inputs, x - 128 at odd ones of unsigned inputs.
      int64_t sum = 0;
      int64_t complements = 0;
      for (int64_t p = 0; p < pieces; ++p) {
        for (int64_t k = 0; k < piece; ++k) {
          const int64_t added = is_unsigned ? (k % 2 == 1 ? -128 : 0) : (k % 2 == 0 ? 128 : 0);
          sum += weight(o, p, k) * (zero + added);
          if (form == BlockWeights::bytes && k % 2 == 1) complements += 255 * weight(o, p, k);
        }
      }
      packed.push_back(layer.start(o, 256 * sum + complements));
    }
    for (int64_t p = 0; p < pieces; ++p) {
      for (int64_t k = 0; k < piece; k += 4) {
        if (form == BlockWeights::bytes) {
          for (int64_t o = first; o < first + 4; ++o)
            packed.push_back(lane_pair(256 * weight(o, p, k) + weight(o, p, k + 1),
                                       256 * weight(o, p, k + 2) + weight(o, p, k + 3)));
          continue;
        }
        for (int64_t o = first; o < first + 4; ++o)
          packed.push_back(lane_pair(weight(o, p, k + 1), weight(o, p, k + 3)));
        for (int64_t o = first; o < first + 4; ++o) {
          packed.push_back(
              lane_pair(256 * weight(o, p, k) - weight(o, p, k + 1), 256 * weight(o, p, k + 2) - weight(o, p, k + 3)));
        }
      }
    }
    for (int64_t o = first; o < first + 4; ++o) packed.push_back(layer.multiplier(o));
  }
  return packed;
}

uint32_t line_flip(const ir::Type& input) { return is_unsigned_8(input) ? 0x00800080U : 0x80008000U; }

std::vector<int32_t> line_parameters(const ir::Op& op) {
  const BlockLayer layer(op);
  const bool is_unsigned = is_unsigned_8(op.operand_type(0));
  const int64_t zero = op.operand_type(0).quant->zero_point();
  const auto lane = [&](int64_t o, int64_t k) { return layer.weight(o, k) - 256 * layer.weight(o, k + 1); };
  std::vector<int32_t> packed;
  for (int64_t first = 0; first < layer.outputs(); first += 8) {
    for (int64_t o = first; o < first + 8; ++o) {
      // What the kernel's sum has too much: even inputs are x or x - 128, odd ones x or x + 128; 255 * (w_even - 256 *
      // w_odd).
      int64_t extra = 0;
      for (int64_t k = 0; k < layer.taps(); ++k) {
        const int64_t added = is_unsigned ? (k % 2 == 0 ? -128 : 0) : (k % 2 == 1 ? 128 : 0);
        extra += layer.weight(o, k) * (256 * (zero + added) + (k % 2 == 0 ? 255 : -255 * 256));
      }
      packed.push_back(layer.start(o, extra));
    }
    for (int64_t k = 0; k < layer.taps(); k += 4) {
      for (int64_t o = first; o < first + 8; ++o) packed.push_back(lane_pair(lane(o, k), lane(o, k + 2)));
    }
    for (int64_t o = first; o < first + 8; ++o) packed.push_back(layer.multiplier(o));
  }
  return packed;
}

}  // namespace tinyc
