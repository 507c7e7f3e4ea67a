// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/arg_extreme.h"

namespace tinyc::ir {
namespace {

constexpr char kName[] = "arg_min";

void import_arg_min(OnnxImporter& importer) { import_arg_as(importer, kName); }

void reference(const Op& op, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  find_extremes(op, *operands[0], results[0], [](double a, double b) { return a < b; });
}

}  // namespace

extern const OpDef arg_min_op = arg_op(kName, "Position of the smallest element along an axis",
                                       {"", "ArgMin", 1, kNewest, import_arg_min}, reference);

}  // namespace tinyc::ir
