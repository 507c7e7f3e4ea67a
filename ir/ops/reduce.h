// SPDX-License-Identifier: Apache-2.0
// The family of reductions over axes.
#pragma once

#include <vector>

#include "ir/ops/common.h"

namespace tinyc::ir {

struct ReduceSpec {
  std::string_view name;
  std::string_view summary;
  std::string_view doc;
  ReduceFunctions functions;
  std::vector<OnnxRule> onnx;
};
OpDef reduce_op(ReduceSpec spec);

// ONNX: axes as an attribute or as input 1 (none = all, unless noop_with_empty_axes), keepdims.
struct Reduction {
  std::vector<int64_t> axes;  // sorted
  Shape shape;                // of the result
};
std::optional<Reduction> import_reduction(OnnxImporter& importer, const Type& x);
// `name` over the axes of x, with the result's shape; nullptr after an error.
Value* make_reduced(OnnxImporter& importer, std::string_view name, Value* x, const Reduction& reduction);
// The rule of an ONNX operator that is `name` itself.
void import_reduce_as(OnnxImporter& importer, std::string_view name);
template <const char* name>
void import_reduce(OnnxImporter& importer) {
  import_reduce_as(importer, name);
}

}  // namespace tinyc::ir
