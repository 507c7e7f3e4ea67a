// SPDX-License-Identifier: Apache-2.0
#include "compiler/frontend/operator_uses.h"

#include <map>

#include "compiler/frontend/onnx_prepare.h"
#include "ir/onnx/rules.h"

namespace tinyc {

std::vector<OperatorUse> operators_of(const ir::OnnxModel& model) {
  Diagnostics quiet;  // the importer reports problems
  std::map<std::pair<std::string, std::string>, OperatorUse> uses;
  for (const ir::OnnxNode& node : prepared_nodes(model, model.graph, {}, quiet)) {
    const auto opset = model.opsets.find(node.domain);
    const int64_t version = node.opset ? *node.opset : opset == model.opsets.end() ? 1 : opset->second;
    const bool branches = node.domain.empty() && node.op_type == "If";  // the importer's own
    OperatorUse& use = uses[{node.domain, node.op_type}];
    use.domain = node.domain;
    use.op_type = node.op_type;
    use.supported = branches || ir::find_onnx_rule(node.domain, node.op_type, version) != nullptr;
    ++use.count;
  }
  std::vector<OperatorUse> list;
  for (auto& [key, use] : uses) list.push_back(std::move(use));
  return list;
}

}  // namespace tinyc
