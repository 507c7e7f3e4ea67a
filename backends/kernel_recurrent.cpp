// SPDX-License-Identifier: Apache-2.0
#include "backends/kernel_recurrent.h"

#include <algorithm>

#include "ir/op_def.h"
#include "ir/ops/recurrent.h"

namespace tinyc {

namespace {

// In the order of gate_f32's kinds.
constexpr std::string_view kKinds[] = {"sigmoid",  "tanh", "relu",       "hard_sigmoid",    "softsign",
                                       "softplus", "elu",  "leaky_relu", "thresholded_relu"};

struct GateOf {
  int64_t kind;
  float alpha = 0, beta = 0;
  bool operator==(const GateOf&) const = default;
};

// Activations of all directions; kind = count of kinds if unknown.
std::vector<GateOf> gates_of(const ir::Op& op) {
  std::vector<GateOf> gates;
  size_t next = 0;
  for (const std::string& name : op.texts("activations")) {
    GateOf gate{std::find(std::begin(kKinds), std::end(kKinds), name) - std::begin(kKinds)};
    const size_t arguments = ir::real_attribute_count(ir::op_def(name));
    const std::vector<double>& all = op.reals("activation_args");
    if (arguments > 0) gate.alpha = static_cast<float>(all[next]);
    if (arguments > 1) gate.beta = static_cast<float>(all[next + 1]);
    next += arguments;
    gates.push_back(gate);
  }
  return gates;
}

}  // namespace

std::optional<std::string> need_gates(const ir::Op& op) {
  const std::vector<GateOf> gates = gates_of(op);
  const size_t half = gates.size() / 2;
  const bool both = op.operand_type(2).shape[0] == 2;
  if (both && !std::equal(gates.begin(), gates.begin() + static_cast<std::ptrdiff_t>(half),
                          gates.begin() + static_cast<std::ptrdiff_t>(half)))
    return "needs the same activations in both directions";
  for (const GateOf& gate : gates) {
    if (gate.kind == std::ssize(kKinds)) return "needs usual activations";
  }
  return std::nullopt;
}

std::vector<GeometryField> recurrent_geometry(const ir::Op& op, size_t activations,
                                              std::vector<GeometryField> further) {
  constexpr std::string_view kKind[] = {"kind_f", "kind_g", "kind_h"};
  constexpr std::string_view kAlpha[] = {"alpha_f", "alpha_g", "alpha_h"};
  constexpr std::string_view kBeta[] = {"beta_f", "beta_g", "beta_h"};
  const ir::Recurrence s = ir::recurrence_of(op, 1);
  std::vector<GeometryField> fields = {{"steps", s.steps},           {"batch", s.batch},
                                       {"inputs", s.inputs},         {"hidden", s.hidden},
                                       {"directions", s.directions}, {"reverse", op.text("direction") == "reverse"}};
  fields.insert(fields.end(), further.begin(), further.end());
  fields.push_back({"clip", static_cast<float>(op.real("clip"))});
  const std::vector<GateOf> gates = gates_of(op);
  for (size_t i = 0; i < activations; ++i) {
    fields.push_back({kKind[i], gates[i].kind});
    fields.push_back({kAlpha[i], gates[i].alpha});
    fields.push_back({kBeta[i], gates[i].beta});
  }
  return fields;
}

std::vector<int32_t> lengths_of(const ir::Op& op) {
  const ir::Shape& x = op.operand_type(0).shape;
  std::vector<int32_t> lengths;
  for (const int64_t length : op.integers("lengths")) lengths.push_back(static_cast<int32_t>(length));
  if (lengths.empty()) lengths.assign(static_cast<size_t>(x[1]), static_cast<int32_t>(x[0]));
  return lengths;
}

Needs recurrent_needs(const ir::Op& op, int64_t scratch_bytes) {
  Needs needs = whole(op);
  needs.scratch_bytes = scratch_bytes;
  return needs;
}

}  // namespace tinyc
