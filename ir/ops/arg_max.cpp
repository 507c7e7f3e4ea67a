// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/arg_extreme.h"

namespace tinyc::ir {
namespace {

constexpr char kName[] = "arg_max";

void import_arg_max(OnnxImporter& importer) { import_arg_as(importer, kName); }

void reference(const Op& op, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  find_extremes(op, *operands[0], results[0], [](double a, double b) { return a > b; });
}

}  // namespace

extern const OpDef arg_max_op = arg_op(kName, "Position of the largest element along an axis",
                                       {"", "ArgMax", 1, kNewest, import_arg_max}, reference);

}  // namespace tinyc::ir
