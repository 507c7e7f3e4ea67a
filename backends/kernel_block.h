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

// A layer that need_block_layer() has no objection to, as block kernels pack it.
class BlockLayer {
 public:
  explicit BlockLayer(const ir::Op& op);

  int64_t outputs() const { return static_cast<int64_t>(requantization_.multiplier.size()); }
  int64_t taps() const { return taps_; }  // per output

  // Less its zero point; 0 beyond the last output, and where every input gives the same result.
  int32_t weight(int64_t output, int64_t tap) const;

  // What a sum of 256 * x * w begins with, x as stored; or one that comes out `extra` larger than that of x less its
  // zero point. Sums wrap; the last one fits.
  int32_t start(int64_t output) const;
  int32_t start(int64_t output, int64_t extra) const;

  int32_t multiplier(int64_t output) const;

 private:
  BlockRequantization requantization_;
  std::vector<int32_t> weights_;
  int64_t zero_point_;
  int64_t taps_;
};

// Two 16-bit lanes of a word: the low bits of each.
inline int32_t lane_pair(int64_t low, int64_t high) {
  return static_cast<int32_t>((static_cast<uint32_t>(low) & 0xFFFFU) | static_cast<uint32_t>(high) << 16);
}

// A geometry's fields "offset", "shift" and "out_unsigned": how results are made.
void add_block_results(const ir::Op& op, std::vector<GeometryField>& geometry);

// The same after "zero_word", four bytes of padding, and "in_unsigned".
void add_block_fields(const ir::Op& op, std::vector<GeometryField>& geometry);

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
