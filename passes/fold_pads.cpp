// SPDX-License-Identifier: Apache-2.0
// What: a pad becomes padding of the convolution or pool that reads it.
// Why: exporters (TensorFlow's, for strides of 2) pad by an operator of its own, which copies the whole tensor.
// Before: %p = pad(%x) {pads = [0, 1, 1, 0, ...]}  %y = conv(%p, %w).   After: %y = conv(%x, %w) {pads = [1, 1, ...]}.
// Refuses: padding of batch or channels; modes other than constant; a filling that the reader does not pad with: zero
// for convolutions and averages, a number that never wins for maxima (the lowest, or zero when nothing is negative).
// Average pools then count their padding, so one that has padding of its own which it does not count is refused.
#include <algorithm>
#include <cmath>

#include "ir/numerics.h"
#include "passes/pass.h"
#include "passes/rewrite.h"

namespace tinyc {
namespace {

using ir::Op;

// The filling as an integer of the quantised tensor.
int64_t filled(const Op& pad) {
  const ir::Type& type = pad.result_type();
  return ir::quantize(pad.real("value"), type.quant->scale(), type.quant->zero_point(), type.element);
}

bool fills_zero(const Op& pad) {
  const ir::Type& type = pad.result_type();
  if (!type.quantized()) return ir::is_float(type.element) && pad.real("value") == 0;
  return type.quant->per_tensor() && filled(pad) == type.quant->zero_point();
}

bool never_negative(const ir::Value* value) {
  const Op* op = value->producer;
  if (!op) return false;
  if (op->is("relu") || op->is("sigmoid") || op->is("softmax")) return true;
  if (!op->def->attribute("activation")) return false;
  const std::string& activation = op->text("activation");
  return activation == "relu" || (activation == "clip" && op->reals("activation_args")[0] >= 0);
}

bool fills_lowest(const Op& pad) {
  const ir::Type& type = pad.result_type();
  if (type.quantized()) return type.quant->per_tensor() && filled(pad) == ir::lowest(type.element);
  if (!ir::is_float(type.element)) return false;
  const double value = pad.real("value");
  return value == -INFINITY || (value == 0 && never_negative(pad.operand(0)));
}

// Every window has at least one element of the tensor itself, if it is not spread by dilation.
bool windows_reach_inside(const Op& pool, const std::vector<int64_t>& pads) {
  const auto& kernel = pool.integers("kernel");
  const auto& dilations = pool.integers("dilations");
  if (!std::all_of(dilations.begin(), dilations.end(), [](int64_t d) { return d == 1; })) return false;
  for (size_t i = 0; i < pads.size(); ++i) {
    if (pads[i] >= kernel[i % kernel.size()]) return false;
  }
  return true;
}

// Padding of the spatial axes, begins then ends; nothing if others are padded too.
std::optional<std::vector<int64_t>> spatial_pads(const Op& pad) {
  const auto& pads = pad.integers("pads");
  const size_t rank = pads.size() / 2;
  if (rank < 3) return std::nullopt;
  for (const size_t axis : {size_t{0}, rank - 1}) {
    if (pads[axis] != 0 || pads[rank + axis] != 0) return std::nullopt;
  }
  std::vector<int64_t> spatial(pads.begin() + 1, pads.begin() + static_cast<std::ptrdiff_t>(rank) - 1);
  spatial.insert(spatial.end(), pads.begin() + static_cast<std::ptrdiff_t>(rank) + 1, pads.end() - 1);
  return spatial;
}

bool accepts(const Op& window, const Op& pad, const std::vector<int64_t>& total) {
  if (window.is("conv")) return fills_zero(pad);
  if (window.is("max_pool")) return fills_lowest(pad) && windows_reach_inside(window, total);
  const auto& own = window.integers("pads");
  const bool padded = std::any_of(own.begin(), own.end(), [](int64_t p) { return p != 0; });
  return fills_zero(pad) && (window.flag("count_include_pad") || !padded);
}

bool fold(ir::Graph& graph, Op* window) {
  if (!window->is("conv") && !window->is("max_pool") && !window->is("average_pool")) return false;
  Op* pad = window->operand(0)->producer;
  if (!pad || !pad->is("pad") || pad->text("mode") != "constant") return false;
  std::optional<std::vector<int64_t>> total = spatial_pads(*pad);
  if (!total) return false;
  const auto& own = window->integers("pads");
  for (size_t i = 0; i < own.size(); ++i) (*total)[i] += own[i];
  if (!accepts(*window, *pad, *total)) return false;
  window->attributes["pads"] = *total;
  if (window->is("average_pool")) window->attributes["count_include_pad"] = true;
  graph.set_operand(window, 0, pad->operand(0));
  merge_origin(window, pad->origin);
  if (!graph.has_uses(pad->result())) graph.erase(pad);
  return true;
}

bool run(ir::Graph& graph, PassContext&) {
  bool changed = false;
  for (Op* op : graph.op_list()) changed |= fold(graph, op);
  return changed;
}

}  // namespace

extern const PassDef fold_pads_pass = {
    .name = "fold_pads",
    .summary = "let convolutions and pools pad",
    .doc = "Moves constant padding of spatial axes into the window attributes of the operator that reads it.",
    .equality = Equality::exact,
    .run = run,
};

}  // namespace tinyc
