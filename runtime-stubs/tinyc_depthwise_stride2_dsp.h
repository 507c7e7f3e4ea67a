// SPDX-License-Identifier: 0BSD
// The inner loops of 3 x 3 depthwise convolutions of stride 2 on Armv7E-M, one output row at a time.
//
// Four channels of three input rows are first packed into columns of 6 words, of pixels 2x and 2x + 1 of the padded
// image: bytes (channel 0 and 1 of pixel 2x, then of 2x + 1) of the three rows, then channels 2 and 3. An extension
// makes 16-bit pairs of one channel of it. A dual product then takes two taps of a row; the third tap is the low lane
// of the next column, which the next pixel takes over.
#pragma once

#include <stdint.h>

#include "runtime-stubs/tinyc_depthwise_rows_dsp.h"

#define TINYC_DEPTHWISE_STRIDE2_COLUMN 6

// Parameters of one channel, all weights 256 times as large: per row i the pair (wi0, wi1); the pair (w02, w12), w22;
// bias, multiplier. Results as those of block_dsp().
#define TINYC_DEPTHWISE_STRIDE2_PARAMETERS 7

// G: a geometry with in_w, channels, out_w, pad_w, zero_word.
//
// Packs column x of four channels; rows that are nullptr and pixels outside the image are padding.
template <class G>
TINYC_KERNEL void depthwise_stride2_pack(const G& g, const uint8_t* const* rows, int32_t x, uint32_t* to) {
  for (int32_t i = 0; i < 3; ++i) {
    uint32_t pixels[2];
    for (int32_t k = 0; k < 2; ++k) {
      const int32_t from = 2 * x + k - g.pad_w;
      const bool inside = rows[i] != nullptr && from >= 0 && from < g.in_w;
      pixels[k] = inside ? load_word(rows[i] + from * g.channels) : static_cast<uint32_t>(g.zero_word);
    }
    to[TINYC_DEPTHWISE_STRIDE2_COLUMN * x + i] = pack_low(pixels[0], pixels[1]);
    to[TINYC_DEPTHWISE_STRIDE2_COLUMN * x + 3 + i] = pack_high(pixels[0], pixels[1]);
  }
}

// clang-format off
// Packs columns that lie in the image.
//   rows      pixel 2x of the first one, in three rows
//   channels  bytes from a pixel to the next one
//   count     of columns, `unroll` of them per turn, a divisor
//
// and then, from such columns, four channels of `out_w` pixels of a row:
//   columns   of the first pixel
//   parameters  of the four channels, one after the other
//   turns     of the loop, of `pairs` times two pixels each; with one more pixel after them, `odd`
//   offset, shift, is_unsigned as in block_dsp()
// clang-format on
#if defined(__ARM_FEATURE_DSP) && defined(__OPTIMIZE__) && !defined(__clang__) && !defined(TINYC_PORTABLE_TWINS)

TINYC_KERNEL void depthwise_stride2_pack_inside(int32_t channels, int32_t count, int32_t unroll,
                                                const uint8_t* const* rows, uint32_t* to) {
  const void* from = rows;
  // clang-format off
  __asm__ volatile(
      "movw r12, #%c[turns]\n"
      "ldmia %[from], {r3, r10, r11}\n"
      "0:\n"
      ".rept %c[unroll]\n"
      "ldr r7, [r3, #%c[channels]]\n"
      "ldr r8, [r10, #%c[channels]]\n"
      "ldr r9, [r11, #%c[channels]]\n"
      ".if %c[channels] < 128\n"
      "ldr r5, [r3], #2 * %c[channels]\n"
      "ldr r6, [r10], #2 * %c[channels]\n"
      "ldr %[from], [r11], #2 * %c[channels]\n"
      ".else\n"
      "ldr r5, [r3]\n"
      "ldr r6, [r10]\n"
      "ldr %[from], [r11]\n"
      "add r3, r3, #2 * %c[channels]\n"
      "add r10, r10, #2 * %c[channels]\n"
      "add r11, r11, #2 * %c[channels]\n"
      ".endif\n"
      "pkhbt r4, r5, r7, lsl #16\n"
      "pkhtb r7, r7, r5, asr #16\n"
      "pkhbt r5, r6, r8, lsl #16\n"
      "pkhtb r8, r8, r6, asr #16\n"
      "pkhbt r6, %[from], r9, lsl #16\n"
      "pkhtb r9, r9, %[from], asr #16\n"
      "stmia %[to]!, {r4, r5, r6, r7, r8, r9}\n"
      ".endr\n"
      ".if %c[turns] > 1\n"
      "subs r12, r12, #1\n"
      "bne 0b\n"
      ".endif\n"
      : [from] "+r"(from), [to] "+r"(to)
      : [channels] "i"(channels), [turns] "i"(count / unroll), [unroll] "i"(unroll)
      : "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "cc", "memory");
  // clang-format on
}

// clang-format off
#define TINYC_DEPTHWISE_STRIDE2_NEXT(b0, b1, b2) \
  "ldr " b1 ", [%[x], #4]\n"                    \
  "ldr " b2 ", [%[x], #8]\n"                    \
  "ldr " b0 ", [%[x]], #24\n"
// Words of channels 0 and 1 to pairs of one of them, by `turn`.
#define TINYC_DEPTHWISE_STRIDE2_PAIRS(b0, b1, b2, turn) \
  TINYC_BLOCK_EXTEND(b0, b0 turn)                       \
  TINYC_BLOCK_EXTEND(b1, b1 turn)                       \
  TINYC_BLOCK_EXTEND(b2, b2 turn)

// One pixel: its column a is extended, the next one b is loaded.
#define TINYC_DEPTHWISE_STRIDE2_PIXEL(a0, a1, a2, b0, b1, b2, turn) \
  "smlad " a0 ", " a0 ", r4, r9\n"                                 \
  "smlad " a0 ", " a1 ", r5, " a0 "\n"                             \
  "smlad " a0 ", " a2 ", r6, " a0 "\n"                             \
  "ldr " a1 ", [sp]\n"                                             \
  ".if %c[offset]\n"                                               \
  "ldr " a2 ", [sp, #4]\n"                                         \
  ".endif\n"                                                       \
  TINYC_DEPTHWISE_STRIDE2_NEXT(b0, b1, b2)                         \
  TINYC_DEPTHWISE_STRIDE2_PAIRS(b0, b1, b2, turn)                  \
  "smlabb " a0 ", " b0 ", r7, " a0 "\n"                            \
  "smlabt " a0 ", " b1 ", r7, " a0 "\n"                            \
  "smlabb " a0 ", " b2 ", r8, " a0 "\n"                            \
  ".if %c[offset]\n"                                               \
  "smmla " a0 ", " a0 ", " a1 ", " a2 "\n"                         \
  ".else\n"                                                        \
  "smmul " a0 ", " a0 ", " a1 "\n"                                 \
  ".endif\n"                                                       \
  TINYC_BLOCK_SATURATE_SHIFTED(a0)                                 \
  ".if %c[channels] < 256\n"                                       \
  "strb " a0 ", [%[to]], #%c[channels]\n"                          \
  ".else\n"                                                        \
  "strb " a0 ", [%[to]]\n"                                         \
  "add %[to], %[to], #%c[channels]\n"                              \
  ".endif\n"
#define TINYC_DEPTHWISE_STRIDE2_AB(turn) \
  TINYC_DEPTHWISE_STRIDE2_PIXEL("r10", "r11", "r12", "r3", "lr", "%[w]", turn)
#define TINYC_DEPTHWISE_STRIDE2_BA(turn) \
  TINYC_DEPTHWISE_STRIDE2_PIXEL("r3", "lr", "%[w]", "r10", "r11", "r12", turn)

// All pixels of one channel.
#define TINYC_DEPTHWISE_STRIDE2_CHANNEL(turn)        \
  "ldmia %[w]!, {r4, r5, r6, r7, r8, r9, r10}\n"     \
  "str r10, [sp]\n"                                  \
  "str %[x], [sp, #12]\n"                            \
  "str %[w], [sp, #16]\n"                            \
  "str %[to], [sp, #20]\n"                           \
  TINYC_DEPTHWISE_STRIDE2_NEXT("r10", "r11", "r12")  \
  TINYC_DEPTHWISE_STRIDE2_PAIRS("r10", "r11", "r12", turn) \
  ".if %c[turns] > 1\n"                              \
  "movw r3, #24 * %c[turns] * 2 * %c[pairs]\n"       \
  "add r3, r3, %[x]\n"                               \
  "str r3, [sp, #8]\n"                               \
  ".endif\n"                                         \
  "1:\n"                                             \
  ".rept %c[pairs]\n"                                \
  TINYC_DEPTHWISE_STRIDE2_AB(turn)                   \
  TINYC_DEPTHWISE_STRIDE2_BA(turn)                   \
  ".endr\n"                                          \
  ".if %c[turns] > 1\n"                              \
  "ldr r3, [sp, #8]\n"                               \
  "cmp %[x], r3\n"                                   \
  "bne 1b\n"                                         \
  ".endif\n"                                         \
  ".if %c[odd]\n"                                    \
  TINYC_DEPTHWISE_STRIDE2_AB(turn)                   \
  ".endif\n"                                         \
  "ldr %[x], [sp, #12]\n"                            \
  "ldr %[w], [sp, #16]\n"                            \
  "ldr %[to], [sp, #20]\n"                           \
  "add %[to], %[to], #1\n"

// Frame: [sp] multiplier, offset, where columns end, columns, parameters, results, two channels that are left.
#define TINYC_DEPTHWISE_STRIDE2_BEGIN         \
  "sub sp, sp, #32\n"                         \
  "movw r12, #(%c[offset]) & 0xffff\n"        \
  "movt r12, #((%c[offset]) >> 16) & 0xffff\n" \
  "str r12, [sp, #4]\n"                       \
  "mov r3, #2\n"                              \
  "0:\n"                                      \
  "str r3, [sp, #24]\n"
#define TINYC_DEPTHWISE_STRIDE2_END           \
  "ldr r3, [sp, #24]\n"                       \
  "add %[x], %[x], #12\n"                     \
  "subs r3, r3, #1\n"                         \
  "bne 0b\n"                                  \
  "add sp, sp, #32\n"
// clang-format on

TINYC_KERNEL void depthwise_stride2_dsp(int32_t turns, int32_t pairs, int32_t odd, int32_t channels,
                                        int32_t in_unsigned, int32_t offset, int32_t shift, int32_t is_unsigned,
                                        const uint32_t* columns, const int32_t* parameters, uint8_t* to) {
  __asm__ volatile(
      TINYC_DEPTHWISE_STRIDE2_BEGIN TINYC_DEPTHWISE_STRIDE2_CHANNEL("") TINYC_DEPTHWISE_STRIDE2_CHANNEL(", ror #8")
          TINYC_DEPTHWISE_STRIDE2_END
      : [x] "+r"(columns), [w] "+r"(parameters), [to] "+r"(to)
      : [turns] "i"(turns), [pairs] "i"(pairs), [odd] "i"(odd), [channels] "i"(channels),
        [in_unsigned] "i"(in_unsigned), [offset] "i"(offset), [shift] "i"(shift), [is_unsigned] "i"(is_unsigned)
      : "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory");
}

#else

TINYC_KERNEL void depthwise_stride2_pack_inside(int32_t channels, int32_t count, int32_t, const uint8_t* const* rows,
                                                uint32_t* to) {
  for (int32_t x = 0; x < count; ++x, to += TINYC_DEPTHWISE_STRIDE2_COLUMN) {
    for (int32_t i = 0; i < 3; ++i) {
      const uint8_t* from = rows[i] + 2 * x * channels;
      const uint32_t left = load_word(from);
      const uint32_t right = load_word(from + channels);
      to[i] = pack_low(left, right);
      to[3 + i] = pack_high(left, right);
    }
  }
}

TINYC_KERNEL void depthwise_stride2_dsp(int32_t turns, int32_t pairs, int32_t odd, int32_t channels,
                                        int32_t in_unsigned, int32_t offset, int32_t shift, int32_t is_unsigned,
                                        const uint32_t* columns, const int32_t* parameters, uint8_t* to) {
  const int32_t out_w = 2 * turns * pairs + odd;
  for (int32_t c = 0; c < 4; ++c, parameters += TINYC_DEPTHWISE_STRIDE2_PARAMETERS) {
    for (int32_t x = 0; x < out_w; ++x) {
      int32_t sum = parameters[5];
      for (int32_t i = 0; i < 3; ++i) {
        const uint32_t* words = columns + TINYC_DEPTHWISE_STRIDE2_COLUMN * x + 3 * (c / 2) + i;
        const bool is_odd = c % 2 != 0;
        const uint32_t here = is_odd ? extend_odd(words[0], in_unsigned != 0) : extend_even(words[0], in_unsigned != 0);
        const uint32_t next = words[TINYC_DEPTHWISE_STRIDE2_COLUMN];
        const uint32_t there = is_odd ? extend_odd(next, in_unsigned != 0) : extend_even(next, in_unsigned != 0);
        const uint32_t third = static_cast<uint32_t>(parameters[i == 2 ? 4 : 3]);
        sum = smlad(here, static_cast<uint32_t>(parameters[i]), sum);
        sum = smlabb(there, i == 1 ? third >> 16 : third, sum);
      }
      to[x * channels + c] = block_dsp_result(sum, parameters[6], offset, shift, is_unsigned);
    }
  }
}

#endif
