// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>

#include "ir/ops/reduce.h"

namespace tinyc::ir {
namespace {

constexpr char kName[] = "reduce_min";

}  // namespace

extern const OpDef reduce_min_op = reduce_op({
    .name = kName,
    .summary = "Smallest element over axes",
    .doc = "NaN if any element is. Over nothing: infinity, or the highest integer. Quantised: the smallest integer, "
           "requantised when the result's quantisation differs.",
    .functions = {.start = std::numeric_limits<double>::infinity(),
                  .real = [](double so_far, double x) { return std::isnan(x) || x < so_far ? x : so_far; },
                  .start_integer = [](Element element) -> int64_t { return highest(element); },
                  .integer = [](int64_t so_far, int64_t x) -> int64_t { return std::min(so_far, x); },
                  .quantized = ReduceFunctions::Integers::extreme},
    .onnx = {{"", "ReduceMin", 1, kNewest, import_reduce<kName>}},
});

}  // namespace tinyc::ir
