// SPDX-License-Identifier: Apache-2.0
// ONNX operators that are no operators of the IR: shape arithmetic that folds away, and pure decompositions.
#pragma once

#include <span>

#include "ir/op_def.h"

namespace tinyc::ir {

std::span<const OnnxRule> shape_rules();      // shape_rules.cpp: Shape, Size, Range, ...
std::span<const OnnxRule> movement_rules();   // movement_rules.cpp: Tile, DepthToSpace, ...
std::span<const OnnxRule> normalize_rules();  // normalize_rules.cpp: BatchNormalization, ...

// The rules of all operators and of the tables above.
std::vector<const OnnxRule*> all_onnx_rules();
// The rule for an operator of that domain at that opset version, or nullptr.
const OnnxRule* find_onnx_rule(std::string_view domain, std::string_view op_type, int64_t opset);
// What is supported that comes nearest to an operator without a rule: other opsets, another domain, other letter case.
std::string nearest_onnx_rules(std::string_view domain, std::string_view op_type);

}  // namespace tinyc::ir
