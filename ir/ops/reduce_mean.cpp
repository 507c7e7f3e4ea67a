// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/reduce.h"

namespace tinyc::ir {
namespace {

constexpr char kName[] = "reduce_mean";

}  // namespace

extern const OpDef reduce_mean_op = reduce_op({
    .name = kName,
    .summary = "Mean over axes",
    .doc = "Floats over nothing give NaN. Plain integers truncate towards 0. Quantised: the exact sum of (x - zero_x) "
           "times scale_x / (scale_y * count), one rounding.",
    .functions = {.start = 0,
                  .real = [](double so_far, double x) { return so_far + x; },
                  .start_integer = [](Element) -> int64_t { return 0; },
                  .integer = [](int64_t so_far, int64_t x) -> int64_t {
                    return static_cast<int64_t>(static_cast<uint64_t>(so_far) + static_cast<uint64_t>(x));
                  },
                  .quantized = ReduceFunctions::Integers::mean},
    .onnx = {{"", "ReduceMean", 1, kNewest, import_reduce<kName>}},
});

}  // namespace tinyc::ir
