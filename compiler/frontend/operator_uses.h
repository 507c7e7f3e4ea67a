// SPDX-License-Identifier: Apache-2.0
// Which ONNX operators a model uses, and whether tinyc translates them.
#pragma once

#include <string>
#include <vector>

#include "ir/onnx_node.h"

namespace tinyc {

struct OperatorUse {
  std::string domain;  // "" = ai.onnx
  std::string op_type;
  int count = 0;
  bool supported = false;
};

// Model-local functions inlined; sorted by domain and type. Empty when the nodes are inconsistent.
std::vector<OperatorUse> operators_of(const ir::OnnxModel& model);

}  // namespace tinyc
