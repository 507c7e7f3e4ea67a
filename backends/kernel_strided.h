// SPDX-License-Identifier: Apache-2.0
// Operators whose result elements lie at fixed steps in the operand: transpose, slice, expand.
#pragma once

#include <array>

#include "backends/kernel_support.h"

namespace tinyc {

struct Strided {
  std::array<int64_t, 5> size{};  // of a result row
  std::array<int64_t, 5> step{};  // elements of the operand
  int64_t row_first = 0;          // operand row of result row 0, and how far each further row moves
  int64_t row_step = 0;
  int64_t start = 0;  // element of that row, and how far each further row moves
  int64_t start_step = 0;
  InputWindow window;
  Planes planes;
};

// Where the elements of the result lie: `start`, then so many elements of the operand per axis of the result.
struct StridedWalk {
  ir::Shape steps;
  int64_t start = 0;
};
StridedWalk strided_walk(const ir::Op& op);

// Nothing if a row needs more axes than there are.
std::optional<Strided> strided_of(const ir::Op& op);

}  // namespace tinyc
