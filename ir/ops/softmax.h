// SPDX-License-Identifier: Apache-2.0
// Exponentials of softmax where the operand or the result has 16 bits: the product of two of 256 entries each.
#pragma once

#include <vector>

#include "ir/ops/common.h"

namespace tinyc::ir {

// exp(-scale * (256 h + l)) is coarse[h] * fine[l], both in units of 2^-31.
struct WideExponentials {
  std::vector<uint32_t> coarse;
  std::vector<uint32_t> fine;
  // exp(-distance * scale) in units of 2^-30; 0 <= distance < 2^16.
  int64_t at(int64_t distance) const;
};
WideExponentials wide_exponentials(double scale);

}  // namespace tinyc::ir
