// SPDX-License-Identifier: Apache-2.0
#include "backends/kernel_strided.h"

#include <algorithm>

#include "backends/kernel_broadcast.h"
#include "ir/ops/common.h"

namespace tinyc {

namespace {

// Whether every result row lies within one operand row, and moves forward by whole rows.
bool within_rows(const ir::Type& in, const ir::Type& out, const StridedWalk& walk) {
  if (in.rank() < 3 || in.shape[0] != 1) return false;
  const int64_t row = ir::strides_of(in.shape)[1];
  if (row == 0 || walk.steps[1] < 0 || walk.steps[1] % row != 0) return false;
  int64_t low = walk.start % row;
  int64_t high = low;
  for (size_t i = 2; i < out.shape.size(); ++i) {
    const int64_t reach = (out.shape[i] - 1) * walk.steps[i];
    (reach < 0 ? low : high) += reach;
  }
  return low >= 0 && high < row;
}

// The operand as planes of which every result row y reads the y-th run: rows that lie one run apart, all other axes
// move within the run or by whole planes. One plane if the walk is another.
Planes planes_of(const ir::Type& in, const ir::Type& out, const StridedWalk& walk) {
  const int64_t rows = out.shape[1];
  const int64_t run = walk.steps[1];
  if (run <= 0 || walk.start != 0 || in.elements() % (rows * run) != 0) return {};
  if (in.stored_bytes() != in.elements() * ir::element_bytes(in.element)) return {};
  int64_t reach = 0;
  for (size_t i = 2; i < out.shape.size(); ++i) {
    if (walk.steps[i] < 0) return {};
    if (walk.steps[i] % (rows * run) != 0) reach += (out.shape[i] - 1) * walk.steps[i];
  }
  return reach < run ? Planes{in.elements() / (rows * run), rows} : Planes{};
}

}  // namespace

StridedWalk strided_walk(const ir::Op& op) {
  const ir::Shape& in = op.operand_type(0).shape;
  const ir::Shape& out = op.result_type().shape;
  const ir::Shape strides = ir::strides_of(in);
  StridedWalk walk{ir::Shape(out.size(), 0)};
  for (size_t i = 0; i < out.size(); ++i) {
    if (op.is("transpose")) {
      walk.steps[i] = strides[static_cast<size_t>(op.integers("perm")[i])];
    } else if (op.is("slice")) {
      const std::vector<int64_t>& steps = op.integers("steps");
      walk.steps[i] = strides[i] * (steps.empty() ? 1 : steps[i]);
      walk.start += op.integers("starts")[i] * strides[i];
    } else if (i + in.size() >= out.size()) {  // expand
      const size_t axis = i + in.size() - out.size();
      if (in[axis] != 1) walk.steps[i] = strides[axis];
    }
  }
  return walk;
}

std::optional<Strided> strided_of(const ir::Op& op) {
  const ir::Type& in = op.operand_type(0);
  const ir::Type& out = op.result_type();
  const StridedWalk walk = strided_walk(op);
  const bool many = row_count(out) != 1;
  Strided strided;
  strided.start = walk.start;
  strided.window.all = true;
  if (many && within_rows(in, out, walk)) {
    const int64_t row = ir::strides_of(in.shape)[1];
    strided.row_first = walk.start / row;
    strided.row_step = walk.steps[1] / row;
    strided.start = walk.start % row;
    strided.window = {.num = strided.row_step, .den = 1, .offset = strided.row_first, .size = 1};
  } else if (many) {
    strided.start_step = walk.steps[1];
    strided.planes = planes_of(in, out, walk);
  } else if (row_count(in) == 1) {
    strided.window = {};
  }
  const std::ptrdiff_t first = many ? 2 : 0;
  ir::Shape sizes(out.shape.begin() + first, out.shape.end());
  std::vector<ir::Shape> steps = {ir::Shape(walk.steps.begin() + first, walk.steps.end())};
  if (!collapse_axes(sizes, steps, strided.size.size())) return std::nullopt;
  std::copy(sizes.begin(), sizes.end(), strided.size.begin());
  std::copy(steps[0].begin(), steps[0].end(), strided.step.begin());
  return strided;
}

}  // namespace tinyc
