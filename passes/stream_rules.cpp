// SPDX-License-Identifier: Apache-2.0
#include "passes/stream_rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "ir/op_def.h"

namespace tinyc {
namespace {

using ir::Op;
using ir::Shape;
using ir::Value;

TimeRule whole(std::string why) { return {.kind = TimeKind::whole, .why = std::move(why)}; }
TimeRule rows(int axis) { return {.kind = TimeKind::rows, .axis = axis}; }

size_t at(int axis) { return static_cast<size_t>(axis); }

class Rules {
 public:
  Rules(const Op& op, const TimeOf& time_of) : op_(op), time_of_(time_of), time_(time_of(op.operand(0))) {}

  TimeRule run() const {
    if (op_.is("reshape")) return reshape();
    if (op_.is("concat")) return concat();
    if (op_.def->traits.elementwise) return elementwise();
    for (size_t i = 1; i < op_.operands.size(); ++i) {
      if (op_.operand(i) && time_of_(op_.operand(i)))
        return whole("an operand besides the first one changes over time");
    }
    if (!time_) return whole("it is not known how it goes along time");
    if (op_.is("transpose")) return transpose();
    if (op_.is("slice")) return slice();
    if (op_.is("pad")) return pad();
    if (op_.is("slide")) return whole("it keeps rows itself");
    if (op_.is("fully_connected"))
      return time_->axis + 1 < rank() ? rows(time_->axis) : whole("its weights reach over all of time");
    if (op_.is("matmul")) return matmul();
    if (op_.is("softmax") || op_.is("log_softmax"))
      return op_.integer("axis") != time_->axis ? rows(time_->axis) : whole("it sums over time");
    if (op_.is("layer_norm"))
      return op_.integer("axis") > time_->axis ? rows(time_->axis) : whole("it normalises over time");
    if (op_.def->reduce) return reduction();
    if (op_.is("conv") || op_.is("max_pool") || op_.is("average_pool")) return windowed();
    if (op_.is("rnn") || op_.is("gru") || op_.is("lstm")) return recurrent();
    return whole("it is not known how it goes along time");
  }

 private:
  int rank() const { return op_.operand_type(0).rank(); }

  TimeRule transpose() const {
    const std::vector<int64_t>& perm = op_.integers("perm");
    return rows(static_cast<int>(std::find(perm.begin(), perm.end(), time_->axis) - perm.begin()));
  }

  // Time stays an axis if one of the new shape has its rows and as much before it.
  TimeRule reshape() const {
    const Shape& from = op_.operand_type(0).shape;
    const Shape& to = op_.result_type().shape;
    const int64_t before = ir::element_count(Shape(from.begin(), from.begin() + time_->axis));
    int64_t so_far = 1;
    for (size_t axis = 0; axis < to.size(); ++axis) {
      if (so_far == before && to[axis] == time_->rows) return rows(static_cast<int>(axis));
      so_far *= to[axis];
    }
    return whole("it mixes time with another axis");
  }

  // All operands that have time, or must have it, show the same rows at the same axis.
  TimeRule elementwise() const {
    const int rank = op_.result_type().rank();
    const TimeAxis* first = nullptr;
    int axis = -1;
    for (const Value* operand : op_.operands) {
      const TimeAxis* time = operand ? time_of_(operand) : nullptr;
      if (!time) continue;
      const int here = time->axis + rank - operand->type.rank();
      if (first && (here != axis || time->rows != first->rows || time->stride != first->stride))
        return whole("its operands go along time in different ways");
      first = time;
      axis = here;
    }
    for (const Value* operand : op_.operands) {
      const int missing = operand ? rank - operand->type.rank() : rank;
      if (!operand || time_of_(operand) || axis < missing) continue;
      if (operand->type.shape[at(axis - missing)] != 1)
        return whole("an operand has a value for each place in the window");
    }
    return rows(axis);
  }

  TimeRule concat() const {
    for (const Value* operand : op_.operands) {
      const TimeAxis* time = time_of_(operand);
      if (!time || !time_ || time->axis != time_->axis || time->rows != time_->rows || time->stride != time_->stride)
        return whole("it joins what goes along time in different ways");
    }
    return op_.integer("axis") != time_->axis ? rows(time_->axis) : whole("it joins along time");
  }

  TimeRule slice() const {
    const auto axis = at(time_->axis);
    const std::vector<int64_t>& steps = op_.integers("steps");
    const int64_t step = steps.empty() ? 1 : steps[axis];
    if (step < 1) return whole("it turns time round");
    const int64_t size = op_.result_type().shape[axis];
    return windows({time_->rows, size, 1, step, 1, -op_.integers("starts")[axis], 0}, time_->axis);
  }

  TimeRule pad() const {
    const std::vector<int64_t>& pads = op_.integers("pads");
    const int64_t begin = pads[at(time_->axis)], end = pads[at(time_->axis + rank())];
    if (begin == 0 && end == 0) return rows(time_->axis);
    return windows({time_->rows, time_->rows + begin + end, 1, 1, 1, begin, end}, time_->axis);
  }

  TimeRule matmul() const {
    const int weights = op_.operand_type(1).rank();
    const int from_end = rank() - time_->axis;  // 1: the summed axis, 2: rows, more: matrices of a batch
    if (from_end < 2) return whole("it sums over time");
    if (from_end > 2 && weights >= from_end && op_.operand_type(1).shape[at(weights - from_end)] != 1)
      return whole("an operand has a value for each place in the window");
    return rows(op_.result_type().rank() - from_end);
  }

  TimeRule reduction() const {
    const std::vector<int64_t>& axes = op_.integers("axes");
    const bool over_time = std::find(axes.begin(), axes.end(), time_->axis) != axes.end();
    return over_time ? whole("it reduces over time") : rows(time_->axis);
  }

  TimeRule windowed() const {
    const Shape& in = op_.operand_type(0).shape;
    if (time_->axis < 1 || time_->axis + 1 >= rank()) return whole("it sums over time");
    const Shape kernel = op_.is("conv")
                             ? Shape(op_.operand_type(1).shape.begin() + 1, op_.operand_type(1).shape.end() - 1)
                             : op_.integers("kernel");
    const auto all = ir::windows_of(op_, Shape(in.begin() + 1, in.end() - 1), kernel);
    if (!all) return whole("its window is not known");
    return windows((*all)[at(time_->axis - 1)], time_->axis);
  }

  TimeRule recurrent() const {
    if (time_->axis != 0) return whole("time is not the axis that it goes along");
    return {.kind = TimeKind::recurrent, .axis = 0};
  }

  static TimeRule windows(const ir::Window& window, int axis) {
    return {.kind = TimeKind::window, .axis = axis, .window = window};
  }

  const Op& op_;
  const TimeOf& time_of_;
  const TimeAxis* time_;
};

}  // namespace

TimeRule time_rule(const Op& op, const TimeOf& time_of) { return Rules(op, time_of).run(); }

ir::Attributes attributes_for_rows(const Op& op, const TimeRule& rule, const TimeAxis& from, int64_t rows) {
  ir::Attributes attributes = op.attributes;
  const auto list = [&](const char* name) -> std::vector<int64_t>& {
    return std::get<std::vector<int64_t>>(attributes[name]);
  };
  if (op.is("reshape")) list("shape")[at(rule.axis)] = rows;
  if (op.is("slice")) {
    list("sizes")[at(from.axis)] = rows;
    if (rule.kind == TimeKind::window) list("starts")[at(from.axis)] = 0;
  }
  if (rule.kind == TimeKind::window && !op.is("slice") && !op.integers("pads").empty()) {
    std::vector<int64_t>& pads = list("pads");
    const size_t axis = at(from.axis) - (op.is("pad") ? 0 : 1);
    pads[axis] = pads[axis + pads.size() / 2] = 0;
  }
  return attributes;
}

}  // namespace tinyc
