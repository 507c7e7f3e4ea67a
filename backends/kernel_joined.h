// SPDX-License-Identifier: Apache-2.0
// How concat's operands make up the rows of its result.
#pragma once

#include "backends/kernel_support.h"

namespace tinyc {

struct Joined {
  int64_t outer = 1;
  bool by_rows = false;            // along the row axis
  std::vector<int32_t> piece;      // elements per operand and outer position
  std::vector<int32_t> first_row;  // per operand, and the end
  std::vector<InputWindow> windows;
};
Joined joined_of(const ir::Op& op);

// Bytes of 8-bit type `from` as `to` stores them.
std::vector<uint8_t> requantization_table(const ir::Type& from, const ir::Type& to);

}  // namespace tinyc
