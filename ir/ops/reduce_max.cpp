// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>

#include "ir/ops/reduce.h"

namespace tinyc::ir {
namespace {

constexpr char kName[] = "reduce_max";

}  // namespace

extern const OpDef reduce_max_op = reduce_op({
    .name = kName,
    .summary = "Largest element over axes",
    .doc = "NaN if any element is. Over nothing: minus infinity, or the lowest integer. Quantised: the largest "
           "integer, requantised when the result's quantisation differs.",
    .functions = {.start = -std::numeric_limits<double>::infinity(),
                  .real = [](double so_far, double x) { return std::isnan(x) || x > so_far ? x : so_far; },
                  .start_integer = [](Element element) -> int64_t { return lowest(element); },
                  .integer = [](int64_t so_far, int64_t x) -> int64_t { return std::max(so_far, x); },
                  .quantized = ReduceFunctions::Integers::extreme},
    .onnx = {{"", "ReduceMax", 1, kNewest, import_reduce<kName>}},
});

}  // namespace tinyc::ir
