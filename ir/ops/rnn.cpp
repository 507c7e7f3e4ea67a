// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/recurrent.h"

namespace tinyc::ir {
namespace {

void step(const Op&, Step& s) {
  for (size_t i = 0; i < s.h.size(); ++i) s.h[i] = s.activate(0, s.from_x[i] + s.from_h[i]);
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
    .infer = [](Op& op) { return infer_recurrent(op, 1); },
    .reference = [](const Op& op, std::span<const Tensor* const> operands,
                    std::span<Tensor> results) { run_recurrent(op, operands, results, 1, step); },
    .macs = recurrent_macs,
    .onnx = {{"", "RNN", 7, kNewest, import_rnn}},
};

}  // namespace tinyc::ir
