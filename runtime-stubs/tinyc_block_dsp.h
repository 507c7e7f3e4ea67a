// SPDX-License-Identifier: 0BSD
// The inner loop of convolutions on Armv7E-M: four output channels of two pixels, or of one, at a time.
//
// Four bytes of input lie in a word as b3 b2 b1 b0. The word itself is two 16-bit lanes 256 * b3 + b2 and 256 * b1 + b0
// (odd bytes signed, even bytes unsigned), so one dual product takes the odd taps and a known error:
//   lanes * (w1, w3) + (b0, b2) * (256 * w0 - w1, 256 * w2 - w3) = 256 * (b0 * w0 + b1 * w1 + b2 * w2 + b3 * w3)
// Accumulators carry 256 times the sum. One exclusive or brings 8-bit integers of either sign into that form.
//
// Weights as bytes are kept as lanes 256 * w0 + w1 and 256 * w2 + w3, of which one instruction makes w1 and w3. With
// the even bytes of the input complemented, which adds 255 * (w1 + w3):
//   (256 * b1 - b0, 256 * b3 - b2) * (w1, w3) + (b0, b2) * (256 * w0 + w1, 256 * w2 + w3) is the same sum.
#pragma once

#include <stdint.h>

#include "runtime-stubs/tinyc_block_asm.h"
#include "runtime-stubs/tinyc_dsp.h"

// Parameters of a block, one after the other: 4 biases; per word of input 4 weight pairs for the lanes, 4 for the even
// bytes, or 4 words of weights as bytes; 4 multipliers. Results: saturate((offset + high word of (sum * multiplier)) >>
// shift).
//
// block_dsp() takes them as scalars: GCC folds those, but not the members of a struct, into an instruction.
//   runs, words      pieces of a window that lie apart, and words of each
//   bytes            weights as bytes
//   between          bytes from one pixel's input to the other's
//   results          bytes from one pixel's results to the other's
//   flip             exclusive or
//   offset, shift    shift 1-31
//   is_unsigned      results
//   blocks           of four channels, one after the other
//   pieces           where each piece of the first pixel's window begins, then nullptr
TINYC_KERNEL int32_t block_dsp_parameters(int32_t runs, int32_t words, int32_t bytes) {
  return 8 + (bytes != 0 ? 4 : 8) * runs * words;
}

#if defined(__ARM_FEATURE_DSP) && defined(__OPTIMIZE__) && !defined(__clang__) && !defined(TINYC_PORTABLE_TWINS)

template <int pixels>
TINYC_KERNEL void block_dsp(int32_t runs, int32_t words, int32_t bytes, int32_t between, int32_t results, uint32_t flip,
                            int32_t offset, int32_t shift, int32_t is_unsigned, int32_t blocks,
                            const uint8_t* const* pieces, const int32_t* parameters, uint8_t* to) {
  const void* from = runs > 1 ? static_cast<const void*>(pieces) : static_cast<const void*>(pieces[0]);
  const bool may_start = runs == 1;
  const int32_t total = 4 * blocks * block_dsp_parameters(runs, words, bytes);
  // Bytes are for small code too: fewer words at a time.
  if constexpr (pixels == 2) {
    if (bytes != 0 && words % 4 == 0)
      TINYC_BLOCK_ASM(BYTES, 16, 2, 4, TINYC_BLOCK_COPIES);
    else if (bytes != 0 && words % 3 == 0)
      TINYC_BLOCK_ASM(BYTES, 16, 2, 3, TINYC_BLOCK_COPIES);
    else if (bytes != 0 && words % 2 == 0)
      TINYC_BLOCK_ASM(BYTES, 16, 2, 2, TINYC_BLOCK_COPIES);
    else if (bytes != 0)
      TINYC_BLOCK_ASM(BYTES, 16, 2, 1, TINYC_BLOCK_COPIES);
    else if (words % 16 == 0)
      TINYC_BLOCK_ASM(STEP, 32, 2, 16, TINYC_BLOCK_COPIES);
    else if (words % 15 == 0)
      TINYC_BLOCK_ASM(STEP, 32, 2, 15, TINYC_BLOCK_COPIES);
    else if (words % 14 == 0)
      TINYC_BLOCK_ASM(STEP, 32, 2, 14, TINYC_BLOCK_COPIES);
    else if (words % 13 == 0)
      TINYC_BLOCK_ASM(STEP, 32, 2, 13, TINYC_BLOCK_COPIES);
    else if (words % 12 == 0)
      TINYC_BLOCK_ASM(STEP, 32, 2, 12, TINYC_BLOCK_COPIES);
    else if (words % 11 == 0)
      TINYC_BLOCK_ASM(STEP, 32, 2, 11, TINYC_BLOCK_COPIES);
    else if (words % 10 == 0)
      TINYC_BLOCK_ASM(STEP, 32, 2, 10, TINYC_BLOCK_COPIES);
    else if (words % 9 == 0)
      TINYC_BLOCK_ASM(STEP, 32, 2, 9, TINYC_BLOCK_COPIES);
    else if (words % 8 == 0)
      TINYC_BLOCK_ASM(STEP, 32, 2, 8, TINYC_BLOCK_COPIES);
    else if (words % 7 == 0)
      TINYC_BLOCK_ASM(STEP, 32, 2, 7, TINYC_BLOCK_COPIES);
    else if (words % 6 == 0)
      TINYC_BLOCK_ASM(STEP, 32, 2, 6, TINYC_BLOCK_COPIES);
    else if (words % 5 == 0)
      TINYC_BLOCK_ASM(STEP, 32, 2, 5, TINYC_BLOCK_COPIES);
    else if (words % 4 == 0)
      TINYC_BLOCK_ASM(STEP, 32, 2, 4, TINYC_BLOCK_COPIES);
    else if (words % 3 == 0)
      TINYC_BLOCK_ASM(STEP, 32, 2, 3, TINYC_BLOCK_COPIES);
    else if (words % 2 == 0)
      TINYC_BLOCK_ASM(STEP, 32, 2, 2, TINYC_BLOCK_COPIES);
    else
      TINYC_BLOCK_ASM(STEP, 32, 2, 1, TINYC_BLOCK_COPIES);
  } else {
    if (bytes != 0 && words % 2 == 0)
      TINYC_BLOCK_ASM(BYTES, 16, 1, 2, "");
    else if (bytes != 0)
      TINYC_BLOCK_ASM(BYTES, 16, 1, 1, "");
    else if (words % 8 == 0)
      TINYC_BLOCK_ASM(STEP, 32, 1, 8, "");
    else if (words % 7 == 0)
      TINYC_BLOCK_ASM(STEP, 32, 1, 7, "");
    else if (words % 6 == 0)
      TINYC_BLOCK_ASM(STEP, 32, 1, 6, "");
    else if (words % 5 == 0)
      TINYC_BLOCK_ASM(STEP, 32, 1, 5, "");
    else if (words % 4 == 0)
      TINYC_BLOCK_ASM(STEP, 32, 1, 4, "");
    else if (words % 3 == 0)
      TINYC_BLOCK_ASM(STEP, 32, 1, 3, "");
    else if (words % 2 == 0)
      TINYC_BLOCK_ASM(STEP, 32, 1, 2, "");
    else
      TINYC_BLOCK_ASM(STEP, 32, 1, 1, "");
  }
}

#else

TINYC_KERNEL uint8_t block_dsp_result(int32_t sum, int32_t multiplier, int32_t offset, int32_t shift,
                                      int32_t is_unsigned) {
  const int32_t high = static_cast<int32_t>((static_cast<int64_t>(sum) * multiplier) >> 32);
  const int32_t value = static_cast<int32_t>(static_cast<uint32_t>(offset) + static_cast<uint32_t>(high)) >> shift;
  return static_cast<uint8_t>(is_unsigned != 0 ? clamp_s32(value, 0, 255) : clamp_s32(value, -128, 127));
}

template <int pixels>
TINYC_KERNEL void block_dsp(int32_t runs, int32_t words, int32_t bytes, int32_t between, int32_t results, uint32_t flip,
                            int32_t offset, int32_t shift, int32_t is_unsigned, int32_t blocks,
                            const uint8_t* const* pieces, const int32_t* parameters, uint8_t* to) {
  const int32_t per_word = bytes != 0 ? 4 : 8;
  for (int32_t i = 0; i < pixels * blocks; ++i) {
    const int32_t p = i % pixels;
    const int32_t* biases = parameters + i / pixels * block_dsp_parameters(runs, words, bytes);
    const int32_t* multipliers = biases + 4 + per_word * runs * words;
    int32_t sums[4] = {biases[0], biases[1], biases[2], biases[3]};
    const int32_t* w = biases + 4;
    for (int32_t run = 0; run < runs; ++run) {
      for (int32_t k = 0; k < words; ++k, w += per_word) {
        const uint32_t word = load_word(pieces[run] + p * between + 4 * k) ^ flip;
        for (int32_t o = 0; o < 4 && bytes != 0; ++o) {
          const uint32_t weights = static_cast<uint32_t>(w[o]);
          sums[o] = smlad(word ^ 0x00FF00FFu, sign_extend_even(weights), sums[o]);
          sums[o] = smlad(zero_extend_even(word), weights, sums[o]);
        }
        for (int32_t o = 0; o < 4 && bytes == 0; ++o) {
          sums[o] = smlad(word, static_cast<uint32_t>(w[o]), sums[o]);
          sums[o] = smlad(zero_extend_even(word), static_cast<uint32_t>(w[4 + o]), sums[o]);
        }
      }
    }
    uint8_t* results_of_pixel = to + p * results + i / pixels * 4;
    for (int32_t o = 0; o < 4; ++o)
      results_of_pixel[o] = block_dsp_result(sums[o], multipliers[o], offset, shift, is_unsigned);
  }
}

#endif
