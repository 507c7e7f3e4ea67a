// SPDX-License-Identifier: Apache-2.0
#include "passes/leftovers.h"

#include <algorithm>

#include "ir/op_def.h"

namespace tinyc {
namespace {

// Moving floats is no computation in floats.
bool computes_in_float(const ir::Op& op) {
  if (op.results.empty() || op.def->traits.moves_only || op.is("constant") || op.is("dequantize")) return false;
  return ir::is_float(op.result_type().element);
}

bool computes_on_integers(const ir::Op& op) {
  return !op.results.empty() && !op.is("constant") && !op.is("quantize") && op.result_type().quantized();
}

}  // namespace

Leftovers find_leftovers(const ir::Graph& graph, const HasKernel& has_kernel) {
  Leftovers leftovers;
  const bool quantised =
      std::any_of(graph.ops().begin(), graph.ops().end(), [](const auto& op) { return computes_on_integers(*op); });
  for (const auto& op : graph.ops()) {
    if (quantised && computes_in_float(*op))
      leftovers.float_islands.push_back({op.get(), why_float(graph, *op, has_kernel)});
    if (!op->is("transpose")) continue;
    leftovers.transposes.push_back(op.get());
    leftovers.transposed_bytes += op->result_type().bytes();
  }
  return leftovers;
}

}  // namespace tinyc
