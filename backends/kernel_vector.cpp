// SPDX-License-Identifier: Apache-2.0
#include "backends/kernel_vector.h"

#include <algorithm>
#include <numeric>

#include "backends/kernel_block.h"

namespace tinyc {
namespace {

// Weights [outputs][taps] without zero points; those of channels that every input gives the same result are left out.
struct Weights {
  std::vector<int8_t> values;
  int64_t outputs, taps;
};

Weights weights_of(const ir::Op& op, const BlockRequantization& requantization) {
  Weights weights{centred_as<int8_t>(op), op.operand_type(1).shape[0], 0};
  weights.taps = static_cast<int64_t>(weights.values.size()) / weights.outputs;
  for (int64_t o = 0; o < weights.outputs; ++o) {
    if (requantization.constant[static_cast<size_t>(o)])
      std::fill_n(weights.values.begin() + o * weights.taps, weights.taps, int8_t{0});
  }
  return weights;
}

int64_t rounded_up(int64_t value, int64_t group) { return (value + group - 1) / group * group; }

}  // namespace

std::optional<std::string> need_vector_layer(const ir::Op& op) {
  if (auto reason = need_8bit(op.result_type(), "its result")) return reason;
  if (auto reason = need_integer_layer(op, 8)) return reason;
  if (!block_requantization(op)) return "needs results that two instructions can requantise exactly";
  return std::nullopt;
}

void add_vector_scaling(Built& built, const ir::Op& op, bool depthwise) {
  const BlockRequantization requantization = *block_requantization(op);
  const Weights weights = weights_of(op, requantization);
  const bool is_unsigned = is_unsigned_8(op.operand_type(0));
  const int64_t zero = op.operand_type(0).quant->zero_point() - (is_unsigned && !depthwise ? 128 : 0);
  const int64_t group = depthwise ? 8 : 4;
  const auto count = static_cast<size_t>(rounded_up(weights.outputs, group));
  std::vector<int32_t> added(count, 0), multiplier(count, 0);
  for (int64_t o = 0; o < weights.outputs; ++o) {
    const auto first = weights.values.begin() + o * weights.taps;
    const int64_t sum = std::accumulate(first, first + weights.taps, int64_t{0});
    const int64_t lane = o % group;
    const auto at = static_cast<size_t>(depthwise ? o - lane + lane % 2 * 4 + lane / 2 : o);
    // The kernel's sum wraps, but what is scaled fits.
    added[at] =
        static_cast<int32_t>(static_cast<uint32_t>(requantization.added[static_cast<size_t>(o)] - 256 * zero * sum));
    multiplier[at] = requantization.multiplier[static_cast<size_t>(o)];
  }
  built.geometry.insert(built.geometry.end(), {{"offset", requantization.offset},
                                               {"shift", requantization.shift},
                                               {"in_unsigned", is_unsigned},
                                               {"out_unsigned", is_unsigned_8(op.result_type())}});
  const std::string order = depthwise ? ", of 8 channels the even ones first" : "";
  built.constants.push_back(packed("added", "256 * bias, and what makes the steps fall right" + order, added));
  built.constants.push_back(packed("multiplier", "per output channel" + order, multiplier));
}

PackedConstant vector_weights(const ir::Op& op, int64_t pieces) {
  const Weights weights = weights_of(op, *block_requantization(op));
  const int64_t piece = weights.taps / pieces;
  std::vector<int8_t> values;
  for (int64_t first = 0; first < weights.outputs; first += 4) {
    for (int64_t p = 0; p < pieces; ++p) {
      for (int64_t k = 0; k < rounded_up(piece, 16); k += 16) {
        for (int64_t lane = 0; lane < 64; ++lane) {
          const int64_t o = first + lane / 16, at = k + lane % 16;
          const bool there = o < weights.outputs && at < piece;
          values.push_back(there ? weights.values[static_cast<size_t>(o * weights.taps + p * piece + at)] : int8_t{0});
        }
      }
    }
  }
  return packed("weights", "[outputs / 4][pieces][taps / 16][4][16]; zero points taken off", values);
}

PackedConstant vector_depthwise_weights(const ir::Op& op) {
  const Weights weights = weights_of(op, *block_requantization(op));
  std::vector<int8_t> values;
  for (int64_t first = 0; first < weights.outputs; first += 8) {
    for (int64_t k = 0; k < weights.taps; ++k) {
      for (int64_t o = first; o < first + 8; ++o)
        values.push_back(o < weights.outputs ? weights.values[static_cast<size_t>(o * weights.taps + k)] : int8_t{0});
    }
  }
  return packed("weights", "[channels / 8][taps][8]; zero points taken off", values);
}

}  // namespace tinyc
