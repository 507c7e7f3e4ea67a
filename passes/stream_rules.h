// SPDX-License-Identifier: Apache-2.0
// What an operator does to time: which rows of its operands a row of its result is made of.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "ir/graph.h"
#include "ir/ops/window.h"

namespace tinyc {

// Where time lies in a value of the model over a window.
struct TimeAxis {
  int axis = 0;
  int64_t rows = 0;    // of the whole window
  int64_t stride = 1;  // frames of the input from row to row
};

enum class TimeKind : uint8_t {
  rows,       // row y of the result from rows y of the operands
  window,     // from rows y * stride - pad_begin + k * dilation of operand 0
  recurrent,  // row y from row y of operand 0 and what the rows before left
  whole,      // from everything; no time in the result
};

struct TimeRule {
  TimeKind kind = TimeKind::whole;
  int axis = -1;           // of time in the (first) result; -1: none
  ir::Window window = {};  // of kind `window`
  std::string why = {};    // of kind `whole`: for users
};

using TimeOf = std::function<const TimeAxis*(const ir::Value*)>;  // nullptr: no time in the value

// For an operator with at least one operand in which there is time.
TimeRule time_rule(const ir::Op& op, const TimeOf& time_of);

// The operator's attributes for `rows` rows of time in its result, read from operands that begin where the first of
// these rows wants it and have no padding along time.
ir::Attributes attributes_for_rows(const ir::Op& op, const TimeRule& rule, const TimeAxis& from, int64_t rows);

}  // namespace tinyc
