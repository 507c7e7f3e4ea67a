// SPDX-License-Identifier: Apache-2.0
#include "backends/schedule/program.h"

#include <algorithm>

#include "compiler/support/diagnostics.h"

namespace tinyc {

int64_t row_count(const ir::Type& type) { return type.rank() >= 3 && type.shape[0] == 1 ? type.shape[1] : 1; }

std::vector<RowStep> unrolled(const Stage& stage) {
  std::vector<RowStep> steps = stage.prologue;
  for (int64_t i = 0; i < stage.count; ++i) {
    for (RowStep step : stage.steady) {
      step.y0 += i * step.advance;
      step.y1 += i * step.advance;
      steps.push_back(step);
    }
  }
  steps.insert(steps.end(), stage.epilogue.begin(), stage.epilogue.end());
  return steps;
}

std::vector<RowStep> timeline(const Program& program) {
  std::vector<RowStep> steps;
  for (const Node& node : program.body) {
    const Stage* stage = std::get_if<Stage>(&node);
    if (!stage) TINYC_BUG("timeline of a program with loops");
    const std::vector<RowStep> more = unrolled(*stage);
    steps.insert(steps.end(), more.begin(), more.end());
  }
  return steps;
}

namespace {
int64_t floor_divide(int64_t a, int64_t b) { return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0); }
}  // namespace

RowRange rows_read(const InputWindow& window, int64_t y0, int64_t y1, int64_t rows) {
  if (window.all) return {0, rows};
  if (y0 >= y1) return {0, 0};
  const int64_t first = floor_divide(y0 * window.num + window.offset, window.den);
  const int64_t last = floor_divide((y1 - 1) * window.num + window.offset, window.den) + window.size;
  const int64_t low = std::clamp<int64_t>(first, 0, rows);
  return {low, std::clamp<int64_t>(last, low, rows)};
}

}  // namespace tinyc
