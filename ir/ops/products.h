// SPDX-License-Identifier: Apache-2.0
// Products of matrices as ONNX has them, made from fully_connected or matmul.
#pragma once

#include <optional>

#include "ir/ops/quantization.h"

namespace tinyc::ir {

// numpy.matmul of a and b, vectors included; fully_connected when b is a parameter matrix. Quantised operands give the
// i32 sum or, with `result`, the quantised product. nullptr after an error.
Value* make_product(OnnxImporter& importer, Value* a, Value* b, const std::optional<QuantizedType>& result);

// Whether a value is known at compile time, possibly behind a dequantisation.
bool is_parameter(const Value* value);

}  // namespace tinyc::ir
