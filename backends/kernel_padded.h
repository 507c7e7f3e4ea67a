// SPDX-License-Identifier: Apache-2.0
// How pad's result lies around its operand, with as few axes as possible.
#pragma once

#include <array>

#include "backends/kernel_support.h"

namespace tinyc {

struct Padded {
  int64_t rows = 0;  // of the operand; 0: no row axis
  int64_t row_begin = 0;
  std::array<int64_t, 3> in{}, begin{}, out{};
  int64_t inner = 1;          // elements that stay together
  int64_t mode = 0;           // constant, edge, reflect, wrap
  std::vector<uint8_t> fill;  // one element
  InputWindow window;
};

// Nothing if more axes are padded than there are.
std::optional<Padded> padded_of(const ir::Op& op);

}  // namespace tinyc
