// SPDX-License-Identifier: Apache-2.0
// What rnn, gru and lstm share: operands, shapes, the walk over time, activations, and their ONNX form.
#pragma once

#include <functional>
#include <vector>

#include "ir/ops/common.h"

namespace tinyc::ir {

// x [T, B, I], w [D, G*H, I], r [D, G*H, H], bias [D, 2*G*H] (of w, then of r), initial_h [D, B, H], results
// y [T, D, B, H] and y_h [D, B, H]; G gates. Further operands and results have the states' shape or are checked by
// `rest`.
std::vector<OperandDef> recurrent_operands(std::vector<OperandDef> further);
std::vector<AttributeDef> recurrent_attributes(std::vector<AttributeDef> further);
Status infer_recurrent(Op& op, int64_t gates);
int64_t recurrent_macs(const Op& op);

struct Recurrence {
  int64_t steps, batch, inputs, hidden, directions, gates;
};
Recurrence recurrence_of(const Op& op, int64_t gates);

// Activations of one direction, in the operator's order.
std::vector<UnaryFunction> recurrent_functions(const Op& op, int64_t direction, std::vector<std::vector<double>>& args);

// One direction of one batch entry at one step.
struct Step {
  const Recurrence& sizes;
  int64_t direction;
  std::vector<double> from_x;  // w * x + its bias, per gate and unit
  std::vector<double> from_h;  // r * h + its bias
  std::vector<double>& h;      // states; the step replaces them
  std::vector<double>& c;
  const double* r;         // [G*H, H] of the direction
  const double* r_bias;    // [G*H] of the direction, or nullptr
  const double* peephole;  // [3*H] of the direction, or nullptr
  double clip;             // 0 = none
  std::vector<UnaryFunction> functions;
  std::vector<std::vector<double>> args;

  // functions[which] of x clipped.
  double activate(size_t which, double x) const;
};
// Runs `step` over time for every direction and batch entry, and fills all results.
void run_recurrent(const Op& op, std::span<const Tensor* const> operands, std::span<Tensor> results, int64_t gates,
                   void (*step)(const Op& op, Step& step));

// ONNX inputs X, W, R, B, sequence_lens, initial_h, ... to the operator `name`; both layouts.
void import_recurrent(OnnxImporter& importer, std::string_view name, Attributes attributes,
                      const std::vector<std::string>& default_activations);

}  // namespace tinyc::ir
