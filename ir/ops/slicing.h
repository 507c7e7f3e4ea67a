// SPDX-License-Identifier: Apache-2.0
// Slices made by the rules of several ONNX operators.
#pragma once

#include <vector>

#include "ir/onnx_import.h"

namespace tinyc::ir {

// A `slice` with steps (empty = 1), or x itself where that is everything.
Value* make_slice(OnnxImporter& importer, Value* x, std::vector<int64_t> starts, std::vector<int64_t> sizes,
                  std::vector<int64_t> steps);

}  // namespace tinyc::ir
