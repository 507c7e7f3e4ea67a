// SPDX-License-Identifier: Apache-2.0
// What: with --rounding tflite, integer operators take TensorFlow Lite's arithmetic.
// Why: users validate against the .tflite file that their ONNX model was converted from.
// Before: %y = conv(%x, %w).   After: %y = conv(%x, %w) {rounding = "tflite"}.
// Refuses: operators that compute on integers and whose TensorFlow Lite form is not known here; each is reported. Last
// of all, so that every other pass sees one arithmetic only.
#include <fmt/format.h>

#include "ir/tflite.h"
#include "passes/pass.h"

namespace tinyc {
namespace {

// Results are some of the operands' integers: no rounding.
bool only_moves(const ir::Op& op) {
  if (op.def->traits.moves_only || op.is("constant") || op.is("quant_cast") || op.is("dequantize")) return true;
  const bool selects = op.is("max_pool") || op.is("concat") || op.is("relu") || op.is("clip") || op.is("min") ||
                       op.is("max") || op.is("reduce_max") || op.is("reduce_min") || op.def->traits.view;
  if (!selects) return false;
  for (const ir::Value* operand : op.operands) {
    if (operand && !ir::same_numbers(operand->type, op.result_type())) return false;
  }
  return true;
}

std::string node_of(const ir::Op& op) { return op.origin.empty() ? op.result()->name : op.origin.front(); }

bool set_rounding(ir::Op& op, PassContext& context) {
  const auto refuse = [&](std::string_view why) {
    context.diagnostics.error(
        Code::T0502, {.node = node_of(op), .op = std::string(op.name())},
        fmt::format("{} has no form with --rounding {}: {}", op.name(), ir::rounding_name(context.rounding), why),
        "leave --rounding out: results are then rounded once, to nearest");
    return false;
  };
  if (!op.def->attribute("rounding")) return refuse("TensorFlow Lite's arithmetic for it is not known");
  op.attributes["rounding"] = std::string(ir::rounding_name(context.rounding));
  const Status status = ir::verify_rounding(op);
  if (status) return true;
  op.attributes.erase("rounding");
  return refuse(status.message());
}

bool run(ir::Graph& graph, PassContext& context) {
  bool changed = false;
  for (ir::Op* op : graph.op_list()) {
    if (context.rounding == ir::Rounding::nearest || op->results.empty() || !op->result_type().quantized()) continue;
    if (ir::rounding_of(*op) != context.rounding && !only_moves(*op)) changed |= set_rounding(*op, context);
  }
  return changed;
}

}  // namespace

extern const PassDef tflite_rounding_pass = {
    .name = "tflite_rounding",
    .summary = "round integers as TensorFlow Lite does, where asked to",
    .doc = "Only with --rounding tflite or tflite-single. Operators without such a form are errors.",
    .equality = Equality::qdq_to_integer,
    .run = run,
};

}  // namespace tinyc
