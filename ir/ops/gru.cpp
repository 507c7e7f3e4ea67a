// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/recurrent_integer.h"

namespace tinyc::ir {
namespace {

// Gates in ONNX's order: update z, reset r, hidden.
void step(const Op& op, Step& s) {
  const size_t hidden = s.h.size();
  const bool linear = op.flag("linear_before_reset");
  std::vector<double> reset(hidden), next(hidden);
  for (size_t i = 0; i < hidden; ++i) reset[i] = s.activate(0, s.from_x[hidden + i] + s.from_h[hidden + i]);
  for (size_t i = 0; i < hidden; ++i) {
    double recurrent = reset[i] * s.from_h[2 * hidden + i];
    if (!linear) {
      recurrent = s.r_bias ? s.r_bias[2 * hidden + i] : 0;
      const double* row = s.r + (2 * hidden + i) * hidden;
      for (size_t k = 0; k < hidden; ++k) recurrent += row[k] * reset[k] * s.h[k];
    }
    const double update = s.activate(0, s.from_x[i] + s.from_h[i]);
    next[i] = (1 - update) * s.activate(1, s.from_x[2 * hidden + i] + recurrent) + update * s.h[i];
  }
  s.h = next;
}

void integer_step(const Op& op, IntegerStep& s) {
  const size_t hidden = s.h.size();
  const bool linear = op.flag("linear_before_reset");
  std::vector<int64_t> reset(hidden), masked(hidden), next(hidden);
  for (size_t i = 0; i < hidden; ++i) {
    reset[i] = s.functions.sigmoid(s.from_x[hidden + i] + s.from_h[hidden + i]);
    masked[i] = (reset[i] * s.h[i] + 32768) >> 16;
  }
  for (size_t i = 0; i < hidden; ++i) {
    const size_t row = 2 * hidden + i;
    const int64_t recurrent =
        linear ? (reset[i] * s.from_h[row] + 32768) >> 16 : gate_input(s.rows[row], s.r + row * hidden, masked);
    const int64_t update = s.functions.sigmoid(s.from_x[i] + s.from_h[i]);
    const int64_t state = s.functions.tanh(s.from_x[row] + recurrent);
    next[i] = saturate_hidden(((65536 - update) * state + 2 * update * s.h[i] + 65536) >> 17);
  }
  s.h = next;
}

void reference(const Op& op, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  if (op.operand_type(0).quantized()) return run_recurrent_integers(op, operands, results, 3, integer_step);
  run_recurrent(op, operands, results, 3, step);
}

void import_gru(OnnxImporter& importer) {
  import_recurrent(importer, "gru", {{"linear_before_reset", importer.integer("linear_before_reset", 0) != 0}},
                   {"Sigmoid", "Tanh"});
}

}  // namespace

extern const OpDef gru_op = {
    .name = "gru",
    .summary = "Gated recurrent unit, kept as one operator over all steps.",
    .doc =
        "Gates in the order update z, reset r, hidden: h = (1 - z) g(Wh x + R') + z h with R' = Rh (r h) + its bias, "
        "or r (Rh h + its bias) with linear_before_reset. x [T, B, I], w [D, 3H, I], r [D, 3H, H], bias [D, 6H] (of w, "
        "then of r), y [T, D, B, H], y_h [D, B, H]. Steps behind a sequence's length give 0 and leave the state.",
    .operands = recurrent_operands({}),
    .results = {"y", "y_h"},
    .attributes = recurrent_attributes({{"linear_before_reset", AttributeKind::flag, Attribute{false},
                                         "the reset gate multiplies the product, not the state"}}),
    .traits = {.quantized_form = true},
    .infer = [](Op& op) { return infer_recurrent(op, 3); },
    .verify = [](const Op& op) { return verify_recurrent(op, 3); },
    .reference = reference,
    .macs = recurrent_macs,
    .onnx = {{"", "GRU", 7, kNewest, import_gru}},
};

}  // namespace tinyc::ir
