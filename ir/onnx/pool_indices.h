// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ir/onnx_import.h"

namespace tinyc::ir {

// MaxPool whose second output, the places of the maxima, is used. (pool_index_rules.cpp)
void import_max_pool_with_indices(OnnxImporter& importer);

}  // namespace tinyc::ir
