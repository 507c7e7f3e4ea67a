// SPDX-License-Identifier: Apache-2.0
#include "backends/kernel_joined.h"

#include <algorithm>

#include "ir/ops/common.h"

namespace tinyc {

Joined joined_of(const ir::Op& op) {
  const ir::Type& out = op.result_type();
  const int64_t axis = op.integer("axis");
  const bool many = row_count(out) != 1;
  Joined joined;
  joined.by_rows = many && axis == 1;
  if (!joined.by_rows) {
    const auto first = out.shape.begin() + (many && axis >= 2 ? 2 : 0);
    joined.outer = ir::element_count(ir::Shape(first, out.shape.begin() + axis));
  }
  int64_t row = 0;
  for (const ir::Value* operand : op.operands) {
    const ir::Shape& shape = operand->type.shape;
    const int64_t inner =
        ir::element_count(ir::Shape(shape.begin() + (many ? std::max<int64_t>(axis, 2) : axis), shape.end()));
    InputWindow window;
    if (joined.by_rows) window.offset = -row;
    if (!many) window.all = row_count(operand->type) != 1;
    joined.piece.push_back(static_cast<int32_t>(inner));
    joined.first_row.push_back(static_cast<int32_t>(row));
    joined.windows.push_back(window);
    if (joined.by_rows) row += shape[1];
  }
  joined.first_row.push_back(static_cast<int32_t>(row));
  return joined;
}

std::vector<uint8_t> requantization_table(const ir::Type& from, const ir::Type& to) {
  std::vector<uint8_t> table;
  for (int64_t byte = 0; byte < 256; ++byte) {
    const int64_t value = from.element == ir::Element::u8 ? byte : static_cast<int8_t>(byte);
    table.push_back(static_cast<uint8_t>(from == to ? value : ir::requantize_to(value, from, to)));
  }
  return table;
}

}  // namespace tinyc
