// SPDX-License-Identifier: Apache-2.0
// The compiler's side of runtime-stubs/tinyc_block_dsp.h: two-instruction requantisation, proved per channel, and
// packing.
#pragma once

#include <optional>

#include "backends/kernel_support.h"

namespace tinyc {

// Results are saturate((offset + high word of ((256 * acc + added) * multiplier)) >> shift), equal to the operator's
// arithmetic for every accumulator that an input can cause: found and then checked at each step between two results.
struct BlockRequantization {
  std::vector<int32_t> added;  // 256 * bias + what makes the steps fall right
  std::vector<int32_t> multiplier;
  std::vector<bool> constant;  // every input gives the same result: `added` alone makes it, the weights are left out
  int32_t offset = 0;
  int32_t shift = 0;
};

// Of a conv or fully_connected for which need_integer_layer() has no objection. `bias` of the result leaves out the
// input's zero point: what the kernel adds to it is 256 * sum of x * w with x as stored. Nothing: some channel has no
// such form, or its range does not fit 32 bits with 256 as a factor.
std::optional<BlockRequantization> block_requantization(const ir::Op& op);

// Why a layer's weights or results do not fit blocks; nothing if they do. Blocks that subtract weights cannot take
// -128.
std::optional<std::string> need_block_layer(const ir::Op& op, int64_t outputs_multiple = 4,
                                            int32_t least_weight = -127);

// What turns stored bytes into even unsigned and odd signed ones.
uint32_t block_flip(const ir::Type& input);

// Turns of a loop are unrolled by the greatest divisor of `count` that is at most `limit`.
inline int64_t unrolled(int64_t count, int64_t limit) {
  for (int64_t d = limit; d > 1; --d) {
    if (count % d == 0) return d;
  }
  return 1;
}

// How block_dsp() reads weights: 8 words per 4 taps of 4 channels, or 4.
enum class BlockWeights : uint8_t { pairs, bytes };

// Parameters as block_dsp() reads them, block after block: weights [outputs][pieces][piece], each piece padded with
// zeros to whole words.
std::vector<int32_t> block_parameters(const ir::Op& op, int64_t pieces, BlockWeights form);

// The same for runtime-stubs/tinyc_line_dsp.h: even bytes signed and odd ones unsigned; a fully_connected operator.
uint32_t line_flip(const ir::Type& input);
std::vector<int32_t> line_parameters(const ir::Op& op);

}  // namespace tinyc
