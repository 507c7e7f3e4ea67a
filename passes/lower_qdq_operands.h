// SPDX-License-Identifier: Apache-2.0
// Integer forms of the operands of a float operator; part of lower_qdq.
#pragma once

#include <optional>
#include <vector>

#include "ir/builder.h"

namespace tinyc {

// The operands for the operator's integer form: what is under a dequantize, a bias in units of the accumulator, other
// constants if they have an exact integer form. Nothing if one has none. Adds the constants it makes to `made`.
std::optional<std::vector<ir::Value*>> integer_operands(ir::Graph& graph, ir::Op* op, std::vector<ir::Op*>& made);

// Types of the results of the operator's integer form: what each one's readers quantise it to. One that nobody reads
// gets some. Nothing if a reader wants another type, or floats (of one of several results).
std::optional<std::vector<ir::Type>> integer_results(const ir::Graph& graph, const ir::Op& op);

// Whether fixed point can hold the ratios of these scales that the operator's integer form needs.
bool scales_fit(const ir::Op& op, const std::vector<ir::Type>& operands, const ir::Type& result);

}  // namespace tinyc
