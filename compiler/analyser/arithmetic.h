// SPDX-License-Identifier: Apache-2.0
// Arithmetic on values that are known or not, as Armv8-M defines it (DDI 0553).
#pragma once

#include <cstdint>

#include "compiler/analyser/operation.h"

namespace tinyc {

struct Value {
  uint32_t bits = 0;
  bool known = false;
};
inline constexpr Value kUnknown{};
constexpr Value known(uint32_t bits) { return {bits, true}; }

// By 0 to 255 places; `carry` gets the last bit shifted out, and keeps its value where nothing is shifted.
Value shifted(Value value, Shift shift, Value by, Value* carry);

// The low `width` bytes.
uint32_t extended(uint32_t bits, uint32_t width, bool is_signed);

bool is_less(uint32_t a, uint32_t b, bool is_signed);

// Results without carries: a, b and c are the operands in the order of Operation::left, right and third.
Value calculated(const Operation& operation, Value a, Value b, Value c);

// UMULL and SMULL: 64 bits.
struct LongValue {
  Value low, high;
};
LongValue product_of(Value a, Value b, bool is_signed);

}  // namespace tinyc
