// SPDX-License-Identifier: Apache-2.0
// Activations as data, and clamps among them, which combine.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ir/graph.h"

namespace tinyc {

struct FusedActivation {
  std::string name = "none";  // mnemonic of a unary operator
  std::vector<double> args = {};
};
// What a unary operator does; only for operators with a scalar function.
FusedActivation activation_of_unary(const ir::Op& op);
bool is_unary(const ir::Op& op);

struct Clamp {
  double low;
  double high;
};
// relu and clip, the latter if its bounds are in order.
std::optional<Clamp> clamp_of(const FusedActivation& activation);
// First `inner`, then `outer`, as one; nothing if both are something and not both are clamps.
std::optional<FusedActivation> combined(const FusedActivation& inner, const FusedActivation& outer);

// A clamp of integers that stay in their quantisation.
bool clamps_in_place(const ir::Op& op);

}  // namespace tinyc
