// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {

void import_bit_shift(OnnxImporter& importer) {
  const std::string direction = importer.text("direction", "");
  if (direction != "LEFT" && direction != "RIGHT")
    return importer.error(Code::T0307, "direction is '" + direction + "'", "ONNX knows LEFT and RIGHT");
  import_binary_as(importer, direction == "LEFT" ? "shift_left" : "shift_right");
}

}  // namespace

extern const OpDef shift_left_op = binary_op({
    .name = "shift_left",
    .summary = "a * 2^b, low bits kept",
    .doc = "Unsigned integers; 0 from the width of the element on.",
    .real = [](double a, double) { return a; },
    .integer = [](int64_t a, int64_t b) -> int64_t {
      return b < 0 || b > 63 ? 0 : static_cast<int64_t>(static_cast<uint64_t>(a) << b);
    },
    .onnx = {{"", "BitShift", 11, kNewest, import_bit_shift}},
});

}  // namespace tinyc::ir
