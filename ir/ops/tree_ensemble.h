// SPDX-License-Identifier: Apache-2.0
// How branches of tree_ensemble compare.
#pragma once

#include <cstdint>

namespace tinyc::ir {

enum class BranchMode : uint8_t { less_or_equal, less, greater_or_equal, greater, equal, not_equal };
inline constexpr int64_t kNanGoesFirst = 8;  // added to the mode

}  // namespace tinyc::ir
