// SPDX-License-Identifier: Apache-2.0
// Indices into an axis: the rules that gathering and scattering operators share.
#pragma once

#include <algorithm>

#include "ir/onnx_import.h"

namespace tinyc::ir {

// Negative indices count from the end. Untrusted ones are moved to the nearest end, so that no read leaves the tensor.
inline int64_t resolved_index(int64_t index, int64_t count) {
  return std::clamp<int64_t>(index < 0 ? index + count : index, 0, count - 1);
}
// Indices are plain integers; an empty axis has nothing to pick.
Status check_indices(const Type& indices, int64_t count);
// Reports indices known at import that lie outside [-count, count).
bool constant_indices_fit(OnnxImporter& importer, size_t input, int64_t count);

}  // namespace tinyc::ir
