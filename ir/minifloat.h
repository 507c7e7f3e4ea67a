// SPDX-License-Identifier: Apache-2.0
// Floats of four and eight bits: formats to store numbers in, which cast, quantize and dequantize meet.
#pragma once

#include <cstdint>
#include <string_view>

#include "ir/type.h"

namespace tinyc::ir {

// One format: sign (but in f8e8m0), exponent, fraction; subnormals where the exponent is 0.
struct Minifloat {
  int exponent_bits;
  int fraction_bits;
  int bias;
  uint8_t largest;   // pattern of the largest finite number
  uint8_t nan;       // pattern of NaN; that of -0 where there is none (ONNX)
  uint8_t overflow;  // what larger numbers become without saturation
  bool has_sign;
  bool one_zero;  // the pattern of -0 means NaN
};

const Minifloat& minifloat(Element element);  // is_minifloat(element)

double from_minifloat(Element element, uint8_t bits);

// How numbers become f8e8m0, a power of two; the other formats round half to even.
enum class PowerRounding : uint8_t { up, down, nearest };

// saturate: numbers and infinities beyond the range become the largest number, else NaN or infinity as the format has
// it.
uint8_t to_minifloat(Element element, double value, bool saturate = true, PowerRounding rounding = PowerRounding::up);

}  // namespace tinyc::ir
