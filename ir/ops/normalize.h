// SPDX-License-Identifier: Apache-2.0
// Normalisations that end in layer_norm.
#pragma once

#include "ir/onnx_import.h"

namespace tinyc::ir {

// x reshaped to [groups, rest], each group brought to mean 0 and variance 1, and shaped as before.
Value* make_group_normalized(OnnxImporter& importer, Value* x, int64_t groups, double epsilon);
// x * scale + bias with one of each per channel (axis 1).
Value* make_channel_affine(OnnxImporter& importer, Value* x, Value* scale, Value* bias);

}  // namespace tinyc::ir
