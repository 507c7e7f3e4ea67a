// SPDX-License-Identifier: Apache-2.0
// How the elements of one result row find their operand elements under numpy's broadcasting, with as few axes as
// possible.
#pragma once

#include <array>

#include "backends/kernel.h"

namespace tinyc {

inline constexpr size_t kBroadcastAxes = 4;

// Where one operand lies: row y starts at row y * by_row, y * row_step elements in; axes advance by step elements.
struct BroadcastOperand {
  bool by_row = false;
  int64_t row_step = 0;
  std::array<int64_t, kBroadcastAxes> step{};
};

struct Broadcast {
  std::array<int64_t, kBroadcastAxes> size{};  // of a result row
  std::vector<BroadcastOperand> operands;
};

// Nothing if a row needs more than kBroadcastAxes axes.
std::optional<Broadcast> broadcast_of(const ir::Op& op);
std::optional<std::string> need_broadcast(const ir::Op& op);
// Rows of operands as broadcasting reads them; results may lie on operands of their size.
Needs broadcast_needs(const ir::Op& op);
// Fields size0 .. size3, then for every operand a0 .. a3, a_by_row, a_row, b0 ...
std::vector<GeometryField> broadcast_geometry(const Broadcast& broadcast);

// Merges neighbouring axes that every operand walks as one, drops axes of size 1, and pads in front to `axes`.
// Fails (false) if more remain. steps: per operand, one per axis.
bool collapse_axes(ir::Shape& sizes, std::vector<ir::Shape>& steps, size_t axes);

}  // namespace tinyc
