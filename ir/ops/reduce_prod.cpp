// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/reduce.h"

namespace tinyc::ir {
namespace {

constexpr char kName[] = "reduce_prod";

}  // namespace

extern const OpDef reduce_prod_op = reduce_op({
    .name = kName,
    .summary = "Product over axes",
    .doc = "1 over nothing. Plain integers wrap.",
    .functions = {.start = 1,
                  .real = [](double so_far, double x) { return so_far * x; },
                  .start_integer = [](Element) -> int64_t { return 1; },
                  .integer = [](int64_t so_far, int64_t x) -> int64_t {
                    return static_cast<int64_t>(static_cast<uint64_t>(so_far) * static_cast<uint64_t>(x));
                  },
                  .quantized = ReduceFunctions::Integers::none},
    .onnx = {{"", "ReduceProd", 1, kNewest, import_reduce<kName>}},
});

}  // namespace tinyc::ir
