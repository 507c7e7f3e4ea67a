// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {

void import_mod(OnnxImporter& importer) {
  import_binary_as(importer, importer.integer("fmod", 0) != 0 ? "fmod" : "mod");
}

int64_t mod_integer(int64_t a, int64_t b) {
  if (b == 0 || b == -1) return 0;
  const int64_t rest = a % b;
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

}  // namespace

extern const OpDef mod_op = binary_op({
    .name = "mod",
    .summary = "Rest of a / b with the sign of b",
    .doc = "Numpy broadcasting. Of plain integers, a divisor of 0 gives 0.",
    .real = [](double a, double b) { return a - std::floor(a / b) * b; },
    .integer = mod_integer,
    .onnx = {{"", "Mod", 10, kNewest, import_mod}},
});

}  // namespace tinyc::ir
