// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/indexing.h"

#include <fmt/format.h>

namespace tinyc::ir {

Status check_indices(const Type& indices, int64_t count) {
  if (!is_integer(indices.element) || indices.quantized()) return Failure{"indices must be plain integers"};
  if (count == 0 && indices.elements() > 0) return Failure{"there is nothing to pick along an axis of size 0"};
  return {};
}

bool constant_indices_fit(OnnxImporter& importer, size_t input, int64_t count) {
  const Tensor* indices = importer.constant(input);
  for (int64_t i = 0; indices && i < indices->size(); ++i) {
    const int64_t index = indices->integer(i);
    if (index >= -count && index < count) continue;
    importer.error(Code::T0307, fmt::format("index {} lies outside an axis of size {}", index, count));
    return false;
  }
  return true;
}

}  // namespace tinyc::ir
