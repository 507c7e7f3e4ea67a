// SPDX-License-Identifier: Apache-2.0
#include "backends/kernel_conv_transpose.h"

namespace tinyc {

namespace {

// An attribute's entry for one spatial axis; a second axis that is not there is 1 wide.
int64_t entry(const ir::Op& op, std::string_view name, size_t index, bool exists, int64_t fallback) {
  const std::vector<int64_t>& list = op.integers(name);
  return exists && !list.empty() ? list[index] : fallback;
}

}  // namespace

std::vector<GeometryField> conv_transpose_geometry(const ir::Op& op) {
  const ir::Shape& x = op.operand_type(0).shape;
  const ir::Shape& w = op.operand_type(1).shape;
  const ir::Shape& y = op.result_type().shape;
  const bool flat = x.size() == 3;
  return {{"in_h", x[1]},
          {"in_w", flat ? 1 : x[2]},
          {"in_c", x.back()},
          {"out_w", flat ? 1 : y[2]},
          {"out_c", w[0]},
          {"kernel_h", w[1]},
          {"kernel_w", flat ? 1 : w[2]},
          {"stride_h", entry(op, "strides", 0, true, 1)},
          {"stride_w", entry(op, "strides", 1, !flat, 1)},
          {"dilation_h", entry(op, "dilations", 0, true, 1)},
          {"dilation_w", entry(op, "dilations", 1, !flat, 1)},
          {"pad_h", entry(op, "pads", 0, true, 0)},
          {"pad_w", entry(op, "pads", 1, !flat, 0)},
          {"groups", op.integer("groups")}};
}

// Position p reads inputs from ceil((p + pad - reach) / stride) to floor((p + pad) / stride).
Needs conv_transpose_needs(const ir::Op& op) {
  Needs needs = row_by_row(op, WriteFront::never);
  const int64_t stride = entry(op, "strides", 0, true, 1);
  const int64_t reach = (op.operand_type(1).shape[1] - 1) * entry(op, "dilations", 0, true, 1);
  needs.inputs[0].window = {.num = 1,
                            .den = stride,
                            .offset = entry(op, "pads", 0, true, 0) - reach,
                            .size = (reach + stride - 1) / stride + 1};
  if (op.result_type().shape[0] != 1) needs.inputs[0].window.all = true;
  return needs;
}

}  // namespace tinyc
