// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "ir/ops/common.h"

namespace tinyc::ir {

extern const OpDef fmod_op = binary_op({
    .name = "fmod",
    .summary = "Rest of a / b with the sign of a",
    .doc = "Numpy broadcasting, as C's fmod. Of plain integers, a divisor of 0 gives 0. Made from Mod, see mod.",
    .real = [](double a, double b) { return std::fmod(a, b); },
    .integer = [](int64_t a, int64_t b) -> int64_t { return b == 0 || b == -1 ? 0 : a % b; },
});

}  // namespace tinyc::ir
