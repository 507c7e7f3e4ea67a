// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "ir/ops/recurrent_integer.h"

namespace tinyc::ir {
namespace {

// Gates in ONNX's order: input, output, forget, cell; peepholes in the order input, output, forget.
void step(const Op& op, Step& s) {
  const size_t hidden = s.h.size();
  const auto peep = [&](size_t gate, size_t i, double c) { return s.peephole ? s.peephole[gate * hidden + i] * c : 0; };
  const auto sum = [&](size_t gate, size_t i) { return s.from_x[gate * hidden + i] + s.from_h[gate * hidden + i]; };
  for (size_t i = 0; i < hidden; ++i) {
    const double in = s.activate(0, sum(0, i) + peep(0, i, s.c[i]));
    const double forget = op.flag("input_forget") ? 1 - in : s.activate(0, sum(2, i) + peep(2, i, s.c[i]));
    s.c[i] = forget * s.c[i] + in * s.activate(1, sum(3, i));
    s.h[i] = s.activate(0, sum(1, i) + peep(1, i, s.c[i])) * s.activate(2, s.c[i]);
  }
}

void integer_step(const Op& op, IntegerStep& s) {
  const size_t hidden = s.h.size();
  const auto sum = [&](size_t gate, size_t i) { return s.from_x[gate * hidden + i] + s.from_h[gate * hidden + i]; };
  for (size_t i = 0; i < hidden; ++i) {
    const int64_t in = s.functions.sigmoid(sum(0, i));
    const int64_t forget = op.flag("input_forget") ? 65536 - in : s.functions.sigmoid(sum(2, i));
    const int64_t cell = (forget * s.c[i] + in * s.functions.tanh(sum(3, i)) * 16 + 32768) >> 16;
    s.c[i] = std::clamp(cell, -kLargestCell, kLargestCell);
    s.h[i] = saturate_hidden((s.functions.sigmoid(sum(1, i)) * s.functions.tanh(s.c[i]) + 65536) >> 17);
  }
}

void reference(const Op& op, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  if (op.operand_type(0).quantized()) return run_recurrent_integers(op, operands, results, 4, integer_step);
  run_recurrent(op, operands, results, 4, step);
}

void import_lstm(OnnxImporter& importer) {
  import_recurrent(importer, "lstm", {{"input_forget", importer.integer("input_forget", 0) != 0}},
                   {"Sigmoid", "Tanh", "Tanh"});
}

}  // namespace

extern const OpDef lstm_op = {
    .name = "lstm",
    .summary = "Long short-term memory, kept as one operator over all steps.",
    .doc =
        "Gates in the order input, output, forget, cell: c = forget c + input g(cell), h = output h(c); peepholes add "
        "p c to the gates. x [T, B, I], w [D, 4H, I], r [D, 4H, H], bias [D, 8H] (of w, then of r), initial_h and "
        "initial_c [D, B, H], peephole [D, 3H], y [T, D, B, H], y_h and y_c [D, B, H]. Steps behind a sequence's "
        "length give 0 and leave the state.",
    .operands =
        recurrent_operands({{"initial_c", OperandKind::optional, "0 if absent"}, {"peephole", OperandKind::optional}}),
    .results = {"y", "y_h", "y_c"},
    .attributes = recurrent_attributes(
        {{"input_forget", AttributeKind::flag, Attribute{false}, "the forget gate is 1 - the input gate"}}),
    .traits = {.quantized_form = true},
    .infer = [](Op& op) { return infer_recurrent(op, 4); },
    .verify = [](const Op& op) { return verify_recurrent(op, 4); },
    .reference = reference,
    .macs = recurrent_macs,
    .onnx = {{"", "LSTM", 7, kNewest, import_lstm}},
};

}  // namespace tinyc::ir
