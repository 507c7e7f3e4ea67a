// SPDX-License-Identifier: 0BSD
// What every kernel builds on: how it is inlined, how it finds rows, how it rounds.
#pragma once

#include <stdint.h>

// Some loops in assembly need all registers, so the frame pointer must not have one, whatever the build says. The
// recommended flags leave it out already.
#if defined(__thumb__) && defined(__OPTIMIZE__) && !defined(__clang__)
#pragma GCC optimize("omit-frame-pointer")
#endif

// A kernel is an ordinary function that is called with a constexpr geometry: inlined into the layer's function, its
// loops are specialised for the layer. TINYC_LAYER keeps each layer one function, visible in a profile and in a trace.
#define TINYC_INLINE __attribute__((always_inline))
#define TINYC_KERNEL [[maybe_unused]] static inline TINYC_INLINE
#define TINYC_LAYER static __attribute__((noinline))
// Of a kernel that all its layers call as it is, with geometries as data: less flash, more time. A function template,
// so that it is there only where a layer calls it.
#if defined(__clang__)
#define TINYC_SHARED __attribute__((noinline))
#else
#define TINYC_SHARED __attribute__((noinline, noclone))
#endif
// Calls `use` (TINYC_INLINE) with a flag of the geometry as a constant, for a TINYC_SHARED function to be compiled for
// those of its values that there are.
template <bool known>
struct Constant {
  static constexpr bool value = known;
};
template <class Use>
TINYC_KERNEL void as_constant(bool flag, const Use& use) {
  if (flag)
    use(Constant<true>{});
  else
    use(Constant<false>{});
}

// The last statement of a layer: it has an effect on memory, whatever the compiler finds. Costs no instruction. GCC 12
// at -O2 takes a layer for one without effects, and drops the call, when its induction-variable pass has rewritten the
// stores (seen on a transpose of 4 rows; -fno-ivopts hides it).
#define TINYC_LAYER_EFFECT() __asm__ volatile("" : : : "memory")

// Rows of a tensor: row y starts at base + (y mod ring) * bytes; ring 0 means all rows are there.
struct Rows {
  uint8_t* base;
  int32_t bytes;
  int32_t ring;
};

TINYC_KERNEL uint8_t* row_at(const Rows& rows, int32_t y) {
  return rows.base + (rows.ring == 0 ? y : y % rows.ring) * rows.bytes;
}

// nullptr where there is no such row, as in the padding around an image.
TINYC_KERNEL uint8_t* row_within(const Rows& rows, int32_t y, int32_t count) {
  return y >= 0 && y < count ? row_at(rows, y) : nullptr;
}

template <class T>
TINYC_KERNEL T* row_of(const Rows& rows, int32_t y) {
  return static_cast<T*>(static_cast<void*>(row_at(rows, y)));
}

// Rows of a constant, for operands that may be buffers or constants. Never written.
TINYC_KERNEL Rows constant_rows(const void* data, int32_t bytes) {
  return {const_cast<uint8_t*>(static_cast<const uint8_t*>(data)), bytes, 0};
}

// A large constant that is written as bytes, aligned to 8.
template <class T>
TINYC_KERNEL const T* bytes_of(const unsigned char* data) {
  return static_cast<const T*>(static_cast<const void*>(data));
}

TINYC_KERNEL int32_t clamp_s32(int32_t value, int32_t low, int32_t high) {
  return value < low ? low : value > high ? high : value;
}

// product / 2^shift rounded. 1 <= shift <= 62, |product| < 2^62.
// Half up: equal to half to even wherever the compiler has proved that no tie can occur.
TINYC_KERNEL int32_t round_shift_half_up(int64_t product, int32_t shift) {
  return static_cast<int32_t>((product + (static_cast<int64_t>(1) << (shift - 1))) >> shift);
}

TINYC_KERNEL int32_t round_shift_half_even(int64_t product, int32_t shift) {
  const int64_t raised = product + (static_cast<int64_t>(1) << (shift - 1));
  const int32_t rounded = static_cast<int32_t>(raised >> shift);
  const bool tie = (static_cast<uint64_t>(raised) << (64 - shift)) == 0;
  return tie ? rounded & ~1 : rounded;
}

// value * multiplier / 2^shift, one rounding.
TINYC_KERNEL int32_t requantize_half_up(int32_t value, int32_t multiplier, int32_t shift) {
  return round_shift_half_up(static_cast<int64_t>(value) * multiplier, shift);
}

TINYC_KERNEL int32_t requantize_half_even(int32_t value, int32_t multiplier, int32_t shift) {
  return round_shift_half_even(static_cast<int64_t>(value) * multiplier, shift);
}

// As TensorFlow Lite: the high half of the doubled product, half up, then the rest of the shift, half away from zero.
TINYC_KERNEL int32_t requantize_tflite(int32_t value, int32_t multiplier, int32_t shift) {
  const int32_t left = shift < 31 ? 31 - shift : 0;
  const int32_t right = shift > 31 ? shift - 31 : 0;
  const int32_t shifted = static_cast<int32_t>(static_cast<uint32_t>(value) << left);
  const int32_t high = round_shift_half_up(static_cast<int64_t>(shifted) * multiplier, 31);
  return right == 0 ? high : round_shift_half_up(static_cast<int64_t>(high) - (high < 0 ? 1 : 0), right);
}

// `rounding` is a constant of the layer: 0 half up, where no accumulator can lie half way; 1 half to even; 2 as
// TensorFlow Lite.
TINYC_KERNEL int32_t requantize(int32_t value, int32_t multiplier, int32_t shift, int32_t rounding) {
  if (rounding == 2) return requantize_tflite(value, multiplier, shift);
  return rounding == 1 ? requantize_half_even(value, multiplier, shift) : requantize_half_up(value, multiplier, shift);
}

// sum / count, ties away from zero.
TINYC_KERNEL int32_t divide_half_away(int32_t sum, int32_t count) {
  return sum > 0 ? (sum + count / 2) / count : (sum - count / 2) / count;
}

// Element `index` of a row of 8-bit integers of either sign.
TINYC_KERNEL int32_t load_8(const uint8_t* row, int32_t index, bool is_unsigned) {
  const uint8_t bits = row[index];
  return is_unsigned ? static_cast<int32_t>(bits) : static_cast<int32_t>(static_cast<int8_t>(bits));
}
