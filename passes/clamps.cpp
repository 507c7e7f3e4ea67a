// SPDX-License-Identifier: Apache-2.0
#include "passes/clamps.h"

#include <algorithm>
#include <limits>

#include "ir/ops/common.h"

namespace tinyc {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

bool is_unary(const ir::Op& op) { return op.def->scalar != nullptr && op.operands.size() == 1; }

FusedActivation activation_of_unary(const ir::Op& op) { return {std::string(op.name()), ir::real_attributes(op)}; }

std::optional<Clamp> clamp_of(const FusedActivation& activation) {
  if (activation.name == "relu") return Clamp{0, kInfinity};
  if (activation.name == "clip" && activation.args[0] <= activation.args[1])
    return Clamp{activation.args[0], activation.args[1]};
  return std::nullopt;
}

std::optional<FusedActivation> combined(const FusedActivation& inner, const FusedActivation& outer) {
  if (inner.name == "none") return outer;
  const std::optional<Clamp> a = clamp_of(inner);
  const std::optional<Clamp> b = clamp_of(outer);
  if (!a || !b) return std::nullopt;
  const Clamp both{std::clamp(a->low, b->low, b->high), std::clamp(a->high, b->low, b->high)};
  if (both.low == 0 && both.high == kInfinity) return FusedActivation{"relu", {}};
  return FusedActivation{"clip", {both.low, both.high}};
}

bool clamps_in_place(const ir::Op& op) {
  return is_unary(op) && op.operand_type(0) == op.result_type() && op.result_type().quantized() &&
         op.result_type().quant->per_tensor() && clamp_of(activation_of_unary(op));
}

}  // namespace tinyc
