// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/common.h"

namespace tinyc::ir {

extern const OpDef shift_right_op = binary_op({
    .name = "shift_right",
    .summary = "a / 2^b, rounded down",
    .doc = "Unsigned integers; 0 from the width of the element on. Made from BitShift, see shift_left.",
    .real = [](double a, double) { return a; },
    .integer = [](int64_t a, int64_t b) -> int64_t {
      return b < 0 || b > 63 ? 0 : static_cast<int64_t>(static_cast<uint64_t>(a) >> b);
    },
});

}  // namespace tinyc::ir
