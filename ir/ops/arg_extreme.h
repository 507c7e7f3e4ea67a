// SPDX-License-Identifier: Apache-2.0
// arg_max and arg_min: position of an extreme element along an axis.
#pragma once

#include "ir/ops/common.h"

namespace tinyc::ir {

OpDef arg_op(std::string_view name, std::string_view summary, OnnxRule rule,
             void (*reference)(const Op&, std::span<const Tensor* const>, std::span<Tensor>));
void import_arg_as(OnnxImporter& importer, std::string_view name);
// `better(a, b)`: a replaces b.
void find_extremes(const Op& op, const Tensor& x, Tensor& y, bool (*better)(double a, double b));

}  // namespace tinyc::ir
