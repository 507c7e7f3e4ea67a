// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/recurrent_integer.h"

namespace tinyc::ir {
namespace {

void step(const Op&, Step& s) {
  for (size_t i = 0; i < s.h.size(); ++i) s.h[i] = s.activate(0, s.from_x[i] + s.from_h[i]);
}

void integer_step(const Op&, IntegerStep& s) {
  for (size_t i = 0; i < s.h.size(); ++i)
    s.h[i] = saturate_hidden((s.functions.tanh(s.from_x[i] + s.from_h[i]) + 1) >> 1);
}

void reference(const Op& op, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  if (op.operand_type(0).quantized()) return run_recurrent_integers(op, operands, results, 1, integer_step);
  run_recurrent(op, operands, results, 1, step);
}

void import_rnn(OnnxImporter& importer) { import_recurrent(importer, "rnn", {}, {"Tanh"}); }

}  // namespace

extern const OpDef rnn_op = {
    .name = "rnn",
    .summary = "Simple recurrent layer, kept as one operator over all steps.",
    .doc =
        "h = f(W x + R h + b). x [T, B, I], w [D, H, I], r [D, H, H], bias [D, 2H] (of w, then of r), y [T, D, B, H], "
        "y_h [D, B, H]. Steps behind a sequence's length give 0 and leave the state.",
    .operands = recurrent_operands({}),
    .results = {"y", "y_h"},
    .attributes = recurrent_attributes({}),
    .traits = {.quantized_form = true},
    .infer = [](Op& op) { return infer_recurrent(op, 1); },
    .verify = [](const Op& op) { return verify_recurrent(op, 1); },
    .reference = reference,
    .macs = recurrent_macs,
    .onnx = {{"", "RNN", 7, kNewest, import_rnn}},
};

}  // namespace tinyc::ir
