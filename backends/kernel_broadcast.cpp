// SPDX-License-Identifier: Apache-2.0
#include "backends/kernel_broadcast.h"

#include <fmt/format.h>

#include <algorithm>

#include "backends/kernel_support.h"

namespace tinyc {

namespace {

// Steps of an operand along the result's axes; 0 where it is repeated.
ir::Shape steps_along(const ir::Shape& from, const ir::Shape& to) {
  const ir::Shape strides = ir::strides_of(from);
  ir::Shape steps(to.size(), 0);
  for (size_t i = 0; i < from.size(); ++i) {
    const size_t axis = to.size() - from.size() + i;
    if (from[i] != 1) steps[axis] = strides[i];
  }
  return steps;
}

bool same_rows(const ir::Type& operand, const ir::Type& result) {
  return operand.rank() == result.rank() && row_count(operand) == row_count(result);
}

}  // namespace

bool collapse_axes(ir::Shape& sizes, std::vector<ir::Shape>& steps, size_t axes) {
  ir::Shape merged;
  std::vector<ir::Shape> merged_steps(steps.size());
  for (size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] == 1) continue;
    bool joins = !merged.empty();
    for (size_t k = 0; k < steps.size() && joins; ++k) joins = merged_steps[k].back() == steps[k][i] * sizes[i];
    if (joins) {
      merged.back() *= sizes[i];
      for (size_t k = 0; k < steps.size(); ++k) merged_steps[k].back() = steps[k][i];
    } else {
      merged.push_back(sizes[i]);
      for (size_t k = 0; k < steps.size(); ++k) merged_steps[k].push_back(steps[k][i]);
    }
  }
  if (merged.size() > axes) return false;
  merged.insert(merged.begin(), axes - merged.size(), 1);
  for (ir::Shape& step : merged_steps) step.insert(step.begin(), axes - step.size(), 0);
  sizes = std::move(merged);
  steps = std::move(merged_steps);
  return true;
}

std::optional<Broadcast> broadcast_of(const ir::Op& op) {
  const ir::Type& result = op.result_type();
  const bool many = row_count(result) != 1;
  const std::ptrdiff_t first = many ? 2 : 0;  // first axis inside a row
  Broadcast broadcast;
  std::vector<ir::Shape> steps;
  for (const ir::Value* operand : op.operands) {
    const ir::Shape along = steps_along(operand->type.shape, result.shape);
    BroadcastOperand entry;
    entry.by_row = many && same_rows(operand->type, result);
    entry.row_step = many && !entry.by_row ? along[1] : 0;
    broadcast.operands.push_back(entry);
    steps.emplace_back(along.begin() + first, along.end());
  }
  ir::Shape sizes(result.shape.begin() + first, result.shape.end());
  if (!collapse_axes(sizes, steps, kBroadcastAxes)) return std::nullopt;
  std::copy(sizes.begin(), sizes.end(), broadcast.size.begin());
  for (size_t k = 0; k < steps.size(); ++k)
    std::copy(steps[k].begin(), steps[k].end(), broadcast.operands[k].step.begin());
  return broadcast;
}

std::optional<std::string> need_broadcast(const ir::Op& op) {
  if (broadcast_of(op)) return std::nullopt;
  return fmt::format("needs broadcasting over at most {} groups of axes", kBroadcastAxes);
}

Needs broadcast_needs(const ir::Op& op) {
  Needs needs = row_by_row(op, WriteFront::element);
  const std::vector<const ir::Value*> buffers = buffer_operands(op);
  for (size_t i = 0; i < buffers.size(); ++i) {
    InputWindow& window = needs.inputs[i].window;
    const bool aligned = same_rows(buffers[i]->type, op.result_type());
    window.all = !aligned && row_count(buffers[i]->type) != 1;
    window.num = aligned ? 1 : 0;
    // A smaller operand of wider elements can have as many bytes as the result.
    const int result_bytes = ir::element_bytes(op.result_type().element);
    if (ir::element_bytes(buffers[i]->type.element) > result_bytes) needs.front = WriteFront::never;
  }
  return needs;
}

std::vector<GeometryField> broadcast_geometry(const Broadcast& broadcast) {
  constexpr std::string_view kSize[] = {"size0", "size1", "size2", "size3"};
  constexpr std::string_view kStep[][kBroadcastAxes] = {
      {"a0", "a1", "a2", "a3"}, {"b0", "b1", "b2", "b3"}, {"c0", "c1", "c2", "c3"}};
  constexpr std::string_view kByRow[] = {"a_by_row", "b_by_row", "c_by_row"};
  constexpr std::string_view kRow[] = {"a_row", "b_row", "c_row"};
  std::vector<GeometryField> fields;
  for (size_t i = 0; i < kBroadcastAxes; ++i) fields.push_back({kSize[i], broadcast.size[i]});
  for (size_t k = 0; k < broadcast.operands.size(); ++k) {
    const BroadcastOperand& operand = broadcast.operands[k];
    for (size_t i = 0; i < kBroadcastAxes; ++i) fields.push_back({kStep[k][i], operand.step[i]});
    fields.push_back({kByRow[k], operand.by_row});
    fields.push_back({kRow[k], operand.row_step});
  }
  return fields;
}

}  // namespace tinyc
