// SPDX-License-Identifier: Apache-2.0
// Questions and steps that several passes share.
#pragma once

#include <optional>
#include <vector>

#include "ir/builder.h"

namespace tinyc {

// One operator uses the value, once, and it is not a graph output: changing it changes nothing else.
bool used_once(const ir::Graph& graph, const ir::Value* value);

// `with` takes over all uses of the operator's only result, and the operator goes. Its name goes too, unless `with` has
// only a made-up one or the name is that of a graph output.
void replace_op(ir::Graph& graph, ir::Op* op, ir::Value* with);
// As replace_op, for a `with` that now also does the operator's work: it takes its name and its ONNX nodes.
void absorb_op(ir::Graph& graph, ir::Op* op, ir::Value* with);
void merge_origin(ir::Op* into, const std::vector<std::string>& origin);
// The value was named by the graph, not by the model.
bool has_made_up_name(const ir::Value* value);

// A copy of `op` before `before` with other operands and attributes, whose results have the given types; nullptr, and
// no trace, if that does not verify.
ir::Op* try_copy(ir::Graph& graph, const ir::Op& op, std::vector<ir::Value*> operands, ir::Attributes attributes,
                 const std::vector<ir::Type>& results, ir::Op* before);

// Float data of a constant, or of dequantize of a constant.
std::optional<ir::Tensor> known_reals(const ir::Value* value);
// Data of a float constant, else nullptr.
const ir::Tensor* float_constant(const ir::Value* value);
// The only element, or what all elements are equal to.
std::optional<double> uniform_value(const ir::Tensor& tensor);

}  // namespace tinyc
