// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cstring>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {

Status infer(Op& op) {
  const Type& window = op.operand_type(0);
  const Type& rows = op.operand_type(1);
  const int64_t axis = op.integer("axis");
  if (axis < 0 || axis >= window.rank()) return Failure{"axis is out of range"};
  Type part = window;
  if (rows.rank() == window.rank())
    part.shape[static_cast<size_t>(axis)] =
        std::min(rows.shape[static_cast<size_t>(axis)], window.shape[static_cast<size_t>(axis)]);
  if (part != rows)
    return Failure{fmt::format("{} is not moved on along axis {} by {}", type_text(window), axis, type_text(rows))};
  op.results[0]->type = window;
  return {};
}

void reference(const Op& op, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  const Shape& shape = results[0].shape();
  const auto axis = static_cast<size_t>(op.integer("axis"));
  const Shape behind(shape.begin() + static_cast<int64_t>(axis) + 1, shape.end());
  const auto inner = static_cast<size_t>(element_count(behind) * element_bytes(results[0].element()));
  const auto all = static_cast<size_t>(shape[axis]) * inner;
  const auto fresh = static_cast<size_t>(operands[1]->shape()[axis]) * inner;
  const size_t outer = all == 0 ? 0 : static_cast<size_t>(results[0].bytes()) / all;
  for (size_t i = 0; i < outer; ++i) {
    std::byte* to = results[0].mutable_data() + i * all;
    std::memcpy(to, operands[0]->data() + i * all + fresh, all - fresh);
    std::memcpy(to + all - fresh, operands[1]->data() + i * fresh, fresh);
  }
}

}  // namespace

extern const OpDef slide_op = {
    .name = "slide",
    .summary = "A window over a stream, moved on by the newest rows.",
    .doc =
        "Along the axis, the first rows of the window leave, the others move up, and the new rows follow at the end: "
        "what a stream keeps from call to call (docs/streaming.md). The result may lie on the window.",
    .operands = {{"window"}, {"rows"}},
    .results = {"y"},
    .attributes = {{"axis", AttributeKind::integer, std::nullopt, "axis of time, not negative"}},
    .traits = {.moves_only = true},
    .infer = infer,
    .reference = reference,
};

}  // namespace tinyc::ir
