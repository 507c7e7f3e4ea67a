// SPDX-License-Identifier: Apache-2.0
#include "compiler/analyser/arithmetic.h"

#include <algorithm>
#include <bit>

namespace tinyc {
namespace {

uint32_t divided(uint32_t a, uint32_t b, bool is_signed) {
  if (b == 0) return 0;
  if (!is_signed) return a / b;
  return b == UINT32_MAX ? 0u - a : static_cast<uint32_t>(static_cast<int32_t>(a) / static_cast<int32_t>(b));
}

uint32_t extracted(uint32_t bits, uint32_t from, uint32_t count, bool is_signed) {
  if (count == 0 || from > 31 || count > 32 - from) return 0;
  const uint32_t top = bits << (32 - from - count);
  return is_signed ? static_cast<uint32_t>(static_cast<int32_t>(top) >> (32 - count)) : top >> (32 - count);
}

// A product of a known nought is nought, whatever the rest.
bool is_nought(Value value) { return value.known && value.bits == 0; }

}  // namespace

Value shifted(Value value, Shift shift, Value by, Value* carry) {
  if (!value.known || !by.known) {
    if (carry) *carry = kUnknown;
    return kUnknown;
  }
  const uint32_t v = value.bits, n = by.bits & 255;
  if (n == 0) return value;
  uint32_t result = 0, out = 0;
  switch (shift) {
    case Shift::none:
      return value;
    case Shift::left:
      result = n < 32 ? v << n : 0;
      out = n <= 32 ? v >> (32 - n) & 1 : 0;
      break;
    case Shift::right:
      result = n < 32 ? v >> n : 0;
      out = n <= 32 ? v >> (n - 1) & 1 : 0;
      break;
    case Shift::right_signed:
      result = static_cast<uint32_t>(static_cast<int32_t>(v) >> std::min(n, 31u));
      out = static_cast<uint32_t>(static_cast<int32_t>(v) >> std::min(n - 1, 31u)) & 1;
      break;
    case Shift::rotate:
      result = std::rotr(v, static_cast<int>(n & 31));
      out = result >> 31;
      break;
  }
  if (carry) *carry = known(out);
  return known(result);
}

uint32_t extended(uint32_t bits, uint32_t width, bool is_signed) {
  if (width == 1) return is_signed ? static_cast<uint32_t>(static_cast<int8_t>(bits)) : bits & 0xff;
  if (width == 2) return is_signed ? static_cast<uint32_t>(static_cast<int16_t>(bits)) : bits & 0xffff;
  return bits;
}

bool is_less(uint32_t a, uint32_t b, bool is_signed) {
  return is_signed ? static_cast<int32_t>(a) < static_cast<int32_t>(b) : a < b;
}

Value calculated(const Operation& o, Value a, Value b, Value c) {
  if (o.op == Op::bit_and && (is_nought(a) || is_nought(b))) return known(0);
  if (o.op == Op::multiply && (is_nought(a) || is_nought(b))) return known(0);
  const bool unary = o.op == Op::move || o.op == Op::move_not || o.op == Op::sign_extend || o.op == Op::zero_extend ||
                     o.op == Op::count_zeros;
  const bool only_left = o.op == Op::extract || o.op == Op::extract_signed;
  if ((!unary && !a.known) || (!only_left && !b.known)) return kUnknown;
  const bool three = o.op == Op::multiply_add || o.op == Op::multiply_subtract;
  if (three && !c.known) return kUnknown;
  switch (o.op) {
    case Op::move:
      return b;
    case Op::move_not:
      return known(~b.bits);
    case Op::move_top:
      return known((a.bits & 0xffff) | b.bits << 16);
    case Op::bit_and:
      return known(a.bits & b.bits);
    case Op::bit_or:
      return known(a.bits | b.bits);
    case Op::bit_xor:
      return known(a.bits ^ b.bits);
    case Op::bit_clear:
      return known(a.bits & ~b.bits);
    case Op::bit_or_not:
      return known(a.bits | ~b.bits);
    case Op::multiply:
      return known(a.bits * b.bits);
    case Op::multiply_add:
      return known(c.bits + a.bits * b.bits);
    case Op::multiply_subtract:
      return known(c.bits - a.bits * b.bits);
    case Op::divide:
    case Op::divide_signed:
      return known(divided(a.bits, b.bits, o.op == Op::divide_signed));
    case Op::multiply_high:
      return product_of(a, b, o.is_signed).high;
    case Op::remainder:
    case Op::remainder_signed:
      return known(a.bits - b.bits * divided(a.bits, b.bits, o.op == Op::remainder_signed));
    case Op::set_less:
      return known(is_less(a.bits, b.bits, o.is_signed));
    case Op::sign_extend:
    case Op::zero_extend:
      return known(extended(b.bits, o.width, o.op == Op::sign_extend));
    case Op::extract:
    case Op::extract_signed:
      return known(extracted(a.bits, static_cast<uint32_t>(o.immediate), o.amount, o.op == Op::extract_signed));
    case Op::count_zeros:
      return known(static_cast<uint32_t>(std::countl_zero(b.bits)));
    default:
      return kUnknown;
  }
}

LongValue product_of(Value a, Value b, bool is_signed) {
  const uint64_t product =
      is_signed ? static_cast<uint64_t>(int64_t{static_cast<int32_t>(a.bits)} * static_cast<int32_t>(b.bits))
                : uint64_t{a.bits} * b.bits;
  const bool both = a.known && b.known;
  return {{static_cast<uint32_t>(product), both}, {static_cast<uint32_t>(product >> 32), both}};
}

}  // namespace tinyc
