// SPDX-License-Identifier: Apache-2.0
// Functions of one 16-bit variable as pieces of parabolas: small tables for smooth functions, exact where they jump.
// docs/numerics.md "functions of one variable" specifies how they are made and read.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "ir/type.h"

namespace tinyc::ir {

// The 2^16 operands, counted from the lowest one, lie in segments of 2^segment_bits; a segment is 2^n pieces of equal
// length. Results are in units of 2^-8 steps, zero point and one half (for rounding) included.
struct FunctionTable {
  int segment_bits = 0;
  std::vector<uint16_t> segments;  // 16 * index of the first piece + n
  std::vector<int32_t> start;      // of each piece: the result for its first operand,
  std::vector<int32_t> rise;       // what a straight line gains over its length,
  std::vector<int32_t> bend;       // and 4 times the parabola's height above the line in the middle
  int64_t bytes() const;
  // The result, before it saturates; 0 <= operand < 2^16.
  int64_t result(int64_t operand) const;
};

// For `exact(operand)`, the result in steps as a real number, zero point included. Every result of the table is at most
// 1/32 step (and its rounding) away. Nothing if that takes more than 16 KB.
std::optional<FunctionTable> function_table(const std::function<double(int64_t)>& exact, Element result);

}  // namespace tinyc::ir
