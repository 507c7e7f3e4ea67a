// SPDX-License-Identifier: 0BSD
// The inner loops of 3 x 3 depthwise convolutions on Armv7E-M, two output rows at a time.
//
// Four channels of four input rows are first packed into columns of 8 words: per channel the 16-bit pairs (row 0, row
// 1) and (row 2, row 3). A dual product then takes two taps of a column, and the second row's results share the first
// one's loads.
#pragma once

#include <stdint.h>

#include "runtime-stubs/tinyc_block_dsp.h"

// Parameters of one channel: per column j of the kernel the pairs (w0j, w1j) and (w1j, w2j), 256 times as large; bias,
// multiplier. Results as those of block_dsp().
#define TINYC_DEPTHWISE_ROWS_PARAMETERS 8

// Where the results of the first row go, and how much further those of the second (0: there is none).
struct DepthwiseRowsTo {
  uint8_t* first;
  int32_t second;
};

#if defined(__ARM_FEATURE_DSP) && !defined(TINYC_PORTABLE_TWINS)

// (low lane of a, low lane of b), (high lane of a, high lane of b)
TINYC_KERNEL uint32_t pack_low(uint32_t a, uint32_t b) {
  uint32_t result;
  __asm__("pkhbt %0, %1, %2, lsl #16" : "=r"(result) : "r"(a), "r"(b));
  return result;
}
TINYC_KERNEL uint32_t pack_high(uint32_t a, uint32_t b) {
  uint32_t result;
  __asm__("pkhtb %0, %1, %2, asr #16" : "=r"(result) : "r"(b), "r"(a));
  return result;
}

#else

TINYC_KERNEL uint32_t pack_low(uint32_t a, uint32_t b) { return (a & 0xFFFFu) | b << 16; }
TINYC_KERNEL uint32_t pack_high(uint32_t a, uint32_t b) { return a >> 16 | (b & 0xFFFF0000u); }

#endif

// Four channels of two rows of one column.
TINYC_KERNEL void depthwise_rows_pack(uint32_t a, uint32_t b, bool is_unsigned, uint32_t* to) {
  const uint32_t low = pack_low(a, b);
  const uint32_t high = pack_high(a, b);
  to[0] = extend_even(low, is_unsigned);
  to[2] = extend_odd(low, is_unsigned);
  to[4] = extend_even(high, is_unsigned);
  to[6] = extend_odd(high, is_unsigned);
}

// G: a geometry with in_w, channels, out_w, pad_w, zero_word, in_unsigned.
//
// Packs four channels of two rows (nullptr: padding, or not needed) for all columns that lie in the image.
template <class G>
TINYC_KERNEL void depthwise_rows_pack_row(const G& g, const uint8_t* a, const uint8_t* b, int32_t c, uint32_t* to) {
  const int32_t all = g.out_w + 2 - g.pad_w;
  const int32_t bytes = (all < g.in_w ? all : g.in_w) * g.channels;
  if (a != nullptr && b != nullptr) {
    for (int32_t i = c; i < c + bytes; i += g.channels, to += 8)
      depthwise_rows_pack(load_word(a + i), load_word(b + i), g.in_unsigned != 0, to);
    return;
  }
  const uint32_t zero = static_cast<uint32_t>(g.zero_word);
  for (int32_t i = c; i < c + bytes; i += g.channels, to += 8) {
    const uint32_t word_a = a == nullptr ? zero : load_word(a + i);
    const uint32_t word_b = b == nullptr ? zero : load_word(b + i);
    depthwise_rows_pack(word_a, word_b, g.in_unsigned != 0, to);
  }
}

// Columns left and right of the image.
template <class G>
TINYC_KERNEL void depthwise_rows_padding(const G& g, uint32_t* columns) {
  const uint32_t even = extend_even(static_cast<uint32_t>(g.zero_word), g.in_unsigned != 0);
  for (int32_t x = 0; x < g.out_w + 2; ++x) {
    if (x >= g.pad_w && x < g.pad_w + g.in_w) continue;
    for (int32_t k = 0; k < 8; ++k) columns[8 * x + k] = even;
  }
}

// Packs channels c to c + 3 of four rows, `count` columns that lie in the image, `unroll` of them per turn, a divisor;
// at most 1020 channels.
//
// clang-format off
// Four channels of `out_w` pixels of two rows.
//   columns     packed ones of the first pixel
//   parameters  of the four channels, one after the other
//   channels    bytes from a pixel's result to the next one's
//   unroll      pixels per turn of the loop, a divisor of out_w
//   offset, shift, is_unsigned as in block_dsp()
// clang-format on
#if defined(__ARM_FEATURE_DSP) && defined(__OPTIMIZE__) && !defined(__clang__) && !defined(TINYC_PORTABLE_TWINS)

// clang-format off
// Words a and b of two rows to one word per channel: c0 and c2 take the place of a and b.
#define TINYC_DEPTHWISE_ROWS_WORDS(c0, c1, c2, c3) \
  "pkhbt " c1 ", " c0 ", " c2 ", lsl #16\n"        \
  "pkhtb " c3 ", " c2 ", " c0 ", asr #16\n"        \
  TINYC_BLOCK_EXTEND(c0, c1)                       \
  TINYC_BLOCK_EXTEND(c1, c1 ", ror #8")            \
  TINYC_BLOCK_EXTEND(c2, c3)                       \
  TINYC_BLOCK_EXTEND(c3, c3 ", ror #8")

TINYC_KERNEL void depthwise_rows_pack_inside(int32_t channels, int32_t count, int32_t unroll, int32_t in_unsigned,
                                             const uint8_t* const* rows, int32_t c, uint32_t* to) {
  const int32_t bytes = channels * count;
  const uint8_t* ends[4];
  for (int32_t k = 0; k < 4; ++k) ends[k] = rows[k] + c + bytes;
  const void* from = ends;
  const void* last = ends[3];
  __asm__ volatile(
      "ldmia %[from], {r3, r4, lr}\n"
      "movw %[from], #(-%c[bytes]) & 0xffff\n"
      "movt %[from], #((-%c[bytes]) >> 16) & 0xffff\n"
      "0:\n"
      ".rept %c[unroll]\n"
      "ldr r5, [r3, %[from]]\n"
      "ldr r9, [r4, %[from]]\n"
      "ldr r6, [lr, %[from]]\n"
      "ldr r10, [%[last], %[from]]\n"
      "adds %[from], %[from], #%c[channels]\n"
      TINYC_DEPTHWISE_ROWS_WORDS("r5", "r7", "r9", "r11")
      TINYC_DEPTHWISE_ROWS_WORDS("r6", "r8", "r10", "r12")
      "stmia %[to]!, {r5, r6, r7, r8, r9, r10, r11, r12}\n"
      ".endr\n"
      "bne 0b\n"
      : [from] "+r"(from), [to] "+r"(to), [last] "+r"(last)
      : [channels] "i"(channels), [bytes] "i"(bytes), [unroll] "i"(unroll), [in_unsigned] "i"(in_unsigned)
      : "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory");
}
// clang-format on

// clang-format off
// Frame: [sp] where the columns of a channel end, offset, distance of the second row (in the place of an offset of 0),
// parameters, channels that are left.
#define TINYC_DEPTHWISE_ROWS_BEGIN            \
  "sub sp, sp, #24\n"                         \
  "ldr r3, [%[to], #4]\n"                     \
  "ldr %[to], [%[to]]\n"                      \
  ".if %c[offset]\n"                          \
  "movw r12, #(%c[offset]) & 0xffff\n"        \
  "movt r12, #((%c[offset]) >> 16) & 0xffff\n" \
  "strd r12, r3, [sp, #4]\n"                  \
  ".else\n"                                   \
  "str r3, [sp, #4]\n"                        \
  ".endif\n"                                  \
  "mov r3, #4\n"                              \
  "1:\n"                                      \
  "ldmia %[w]!, {r4, r5, r6, r7, r8, r9, r10, r11}\n" \
  "strd %[w], r3, [sp, #12]\n"                \
  ".if %c[turns] > 1\n"                       \
  "movw r3, #(32 * %c[turns] * %c[unroll]) & 0xffff\n" \
  ".if 32 * %c[turns] * %c[unroll] > 65535\n" \
  "movt r3, #(32 * %c[turns] * %c[unroll]) >> 16\n" \
  ".endif\n"                                  \
  "add r3, r3, %[x]\n"                        \
  "str r3, [sp]\n"                            \
  ".endif\n"                                  \
  "mov %[w], r11\n"                           \
  "0:\n"                                      \
  ".rept %c[unroll]\n"

// Adds a column at an address: r11 the first row, r12 the second.
#define TINYC_DEPTHWISE_ROWS_COLUMN(address, wa, wb, sum_a, sum_b) \
  "ldrd r3, lr, " address "\n"                              \
  "smlad r11, r3, " wa ", " sum_a "\n"                      \
  "smlatb r12, r3, " wa ", " sum_b "\n"                     \
  "smlabt r11, lr, " wb ", r11\n"                           \
  "smlad r12, lr, " wb ", r12\n"
#define TINYC_DEPTHWISE_ROWS_PIXEL                                          \
  TINYC_DEPTHWISE_ROWS_COLUMN("[%[x], #32]", "r6", "r7", "r10", "r10")      \
  TINYC_DEPTHWISE_ROWS_COLUMN("[%[x], #64]", "r8", "r9", "r11", "r12")      \
  TINYC_DEPTHWISE_ROWS_COLUMN("[%[x]], #32", "r4", "r5", "r11", "r12")

// To the first pixel of the next channel.
#define TINYC_DEPTHWISE_ROWS_BACK(pointer, bytes)           \
  ".if " bytes " < 4096\n"                                  \
  "subw " pointer ", " pointer ", #" bytes "\n"             \
  ".else\n"                                                 \
  "movw r3, #" bytes " & 0xffff\n"                          \
  "movt r3, #" bytes " >> 16\n"                             \
  "sub " pointer ", " pointer ", r3\n"                      \
  ".endif\n"

#define TINYC_DEPTHWISE_ROWS_END                            \
  ".if %c[offset]\n"                                        \
  "ldrd r3, lr, [sp, #4]\n"                                 \
  "smmla r11, r11, %[w], r3\n"                              \
  "smmla r12, r12, %[w], r3\n"                              \
  ".else\n"                                                 \
  "ldr lr, [sp, #4]\n"                                      \
  "smmul r11, r11, %[w]\n"                                  \
  "smmul r12, r12, %[w]\n"                                  \
  ".endif\n"                                                \
  TINYC_BLOCK_SATURATE_SHIFTED("r11")                       \
  TINYC_BLOCK_SATURATE_SHIFTED("r12")                       \
  "strb r12, [%[to], lr]\n"                                 \
  ".if %c[channels] < 256\n"                                \
  "strb r11, [%[to]], #%c[channels]\n"                      \
  ".else\n"                                                 \
  "strb r11, [%[to]]\n"                                     \
  "add %[to], %[to], #%c[channels]\n"                       \
  ".endif\n"                                                \
  ".endr\n"                                                 \
  ".if %c[turns] > 1\n"                                     \
  "ldr r3, [sp]\n"                                          \
  "cmp %[x], r3\n"                                          \
  "bne 0b\n"                                                \
  ".endif\n"                                                \
  TINYC_DEPTHWISE_ROWS_BACK("%[x]", "(32 * %c[turns] * %c[unroll] - 8)") \
  TINYC_DEPTHWISE_ROWS_BACK("%[to]", "(%c[channels] * %c[turns] * %c[unroll] - 1)") \
  "ldrd %[w], r3, [sp, #12]\n"                              \
  "subs r3, r3, #1\n"                                       \
  "bne 1b\n"                                                \
  "add sp, sp, #24\n"
// clang-format on

TINYC_KERNEL void depthwise_rows_dsp(int32_t out_w, int32_t unroll, int32_t channels, int32_t offset, int32_t shift,
                                     int32_t is_unsigned, const uint32_t* columns, const int32_t* parameters,
                                     const DepthwiseRowsTo& to) {
  const DepthwiseRowsTo* results = &to;
  __asm__ volatile(TINYC_DEPTHWISE_ROWS_BEGIN TINYC_DEPTHWISE_ROWS_PIXEL TINYC_DEPTHWISE_ROWS_END
                   : [x] "+r"(columns), [w] "+r"(parameters), [to] "+r"(results)
                   : [turns] "i"(out_w / unroll), [unroll] "i"(unroll), [channels] "i"(channels), [offset] "i"(offset),
                     [shift] "i"(shift), [is_unsigned] "i"(is_unsigned)
                   : "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory");
}

#else

TINYC_KERNEL void depthwise_rows_pack_inside(int32_t channels, int32_t count, int32_t, int32_t is_unsigned,
                                             const uint8_t* const* rows, int32_t c, uint32_t* to) {
  for (int32_t x = 0; x < count; ++x, c += channels, to += 8) {
    depthwise_rows_pack(load_word(rows[0] + c), load_word(rows[1] + c), is_unsigned != 0, to);
    depthwise_rows_pack(load_word(rows[2] + c), load_word(rows[3] + c), is_unsigned != 0, to + 1);
  }
}

TINYC_KERNEL void depthwise_rows_dsp(int32_t out_w, int32_t, int32_t channels, int32_t offset, int32_t shift,
                                     int32_t is_unsigned, const uint32_t* columns, const int32_t* parameters,
                                     const DepthwiseRowsTo& to) {
  for (int32_t c = 0; c < 4; ++c, parameters += TINYC_DEPTHWISE_ROWS_PARAMETERS) {
    for (int32_t x = 0; x < out_w; ++x) {
      int32_t first = parameters[6];
      int32_t second = parameters[6];
      for (int32_t j = 0; j < 3; ++j) {
        const uint32_t* column = columns + 8 * (x + j) + 2 * c;
        const uint32_t w01 = static_cast<uint32_t>(parameters[2 * j]);
        const uint32_t w12 = static_cast<uint32_t>(parameters[2 * j + 1]);
        first = smlabb(column[1], w12 >> 16, smlad(column[0], w01, first));
        second = smlad(column[1], w12, smlabb(column[0] >> 16, w01, second));
      }
      uint8_t* at = to.first + x * channels + c;
      at[to.second] = block_dsp_result(second, parameters[7], offset, shift, is_unsigned);
      at[0] = block_dsp_result(first, parameters[7], offset, shift, is_unsigned);
    }
  }
}

#endif
