// SPDX-License-Identifier: Apache-2.0
#include "backends/schedule/program.h"

#include <algorithm>
#include <set>

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

Program copy_of(const Program& program) {
  Program copy;
  copy.buffers = program.buffers;
  copy.instances = program.instances;
  copy.counts_calls = program.counts_calls;
  for (const Node& node : program.body) copy.body.emplace_back(std::get<Stage>(node));
  return copy;
}

std::vector<int> members_of(const Stage& stage) {
  std::set<int> members;
  for (const std::vector<RowStep>* steps : {&stage.prologue, &stage.steady, &stage.epilogue}) {
    for (const RowStep& step : *steps) members.insert(step.instance);
  }
  return {members.begin(), members.end()};
}

int64_t progress_bytes(const Stage& stage) {
  const auto rows = static_cast<int64_t>(2 * members_of(stage).size());
  return 8 + (rows + 3) / 4 * 4;
}

namespace {

// Kernels that free rows as they go, and calls row by row, are seen row by row.
bool goes_by_rows(const Instance& instance, const RowStep& step) {
  if (instance.needs.granule == 0 || instance.batch != 1) return false;
  return step.reversed || instance.needs.front != WriteFront::never;
}

}  // namespace

std::vector<RowStep> granules_of(const Instance& instance, const RowStep& call) {
  if (!goes_by_rows(instance, call)) return {call};
  const int64_t granule = instance.needs.granule;
  const bool upwards = call.reversed || instance.needs.accumulates == Accumulates::from_last;
  const int64_t count = (call.y1 - call.y0 + granule - 1) / granule;
  std::vector<RowStep> steps;
  for (int64_t i = 0; i < count; ++i) {
    RowStep part = call;
    part.y0 = call.y0 + granule * (upwards ? count - 1 - i : i);
    part.y1 = std::min(call.y1, part.y0 + granule);
    steps.push_back(part);
  }
  return steps;
}

std::vector<TimedStep> timed_steps(const Program& program) {
  const std::vector<RowStep> calls = timeline(program);
  std::vector<TimedStep> timed;
  for (size_t i = 0; i < calls.size(); ++i) {
    for (const RowStep& step : granules_of(program.instances[static_cast<size_t>(calls[i].instance)], calls[i]))
      timed.push_back({step, static_cast<int>(i)});
  }
  return timed;
}

RowRange buffer_rows(const Buffer& buffer, const Access& access, RowRange rows) {
  if (access.rows == buffer.rows || buffer.row_bytes == 0) return rows;
  return {rows.first * access.row_bytes / buffer.row_bytes,
          (rows.last * access.row_bytes + buffer.row_bytes - 1) / buffer.row_bytes};
}

RowRange input_rows(const Program& program, const RowStep& step, size_t k) {
  const Instance& instance = program.instances[static_cast<size_t>(step.instance)];
  const Access& access = instance.inputs[k];
  const Buffer& buffer = program.buffers[static_cast<size_t>(access.buffer)];
  if (buffer.planes > 1 && instance.needs.inputs[k].planes == Planes{buffer.planes, buffer.rows})
    return {step.y0, step.y1};
  const RowRange rows = rows_read(instance.needs.inputs[k].window, step.y0, step.y1, access.rows);
  return buffer_rows(buffer, access, rows);
}

RowRange output_rows(const Program& program, const RowStep& step, size_t k) {
  const Instance& instance = program.instances[static_cast<size_t>(step.instance)];
  const Access& access = instance.outputs[k];
  RowRange rows{step.y0, step.y1};
  const Accumulates accumulates = instance.needs.accumulates;
  if (accumulates != Accumulates::no) {
    const bool last = accumulates == Accumulates::from_last ? step.y0 == 0 : step.y1 == instance.rows;
    rows = {0, last ? access.rows : 0};
  }
  return buffer_rows(program.buffers[static_cast<size_t>(access.buffer)], access, rows);
}

bool may_lie_on_input(const Program& program, const Instance& instance, size_t k) {
  if (instance.needs.front != WriteFront::element || instance.needs.inputs[k].window.all) return false;
  const Access& in = instance.inputs[k];
  const Access& out = instance.outputs[0];
  return in.rows == out.rows && in.row_bytes == out.row_bytes &&
         program.buffers[static_cast<size_t>(in.buffer)].row_bytes ==
             program.buffers[static_cast<size_t>(out.buffer)].row_bytes;
}

bool writes_state(const Program& program, const Instance& instance) {
  return std::any_of(instance.outputs.begin(), instance.outputs.end(), [&](const Access& out) {
    return program.buffers[static_cast<size_t>(out.buffer)].kind == BufferKind::state;
  });
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
