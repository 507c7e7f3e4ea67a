// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/reduce.h"

namespace tinyc::ir {
namespace {

constexpr char kName[] = "reduce_sum";

// Reductions of something made from x, and something made from the result.
Value* summed(OnnxImporter& importer, Value* x, const Reduction& reduction) {
  return make_reduced(importer, kName, x, reduction);
}

void import_l1(OnnxImporter& importer) {
  Value* x = importer.input(0);
  const auto reduction = x ? import_reduction(importer, x->type) : std::nullopt;
  if (reduction) importer.set_output(0, summed(importer, importer.make("abs", {x}), *reduction));
}

void import_sum_square(OnnxImporter& importer) {
  Value* x = importer.input(0);
  const auto reduction = x ? import_reduction(importer, x->type) : std::nullopt;
  if (reduction) importer.set_output(0, summed(importer, importer.make("mul", {x, x}), *reduction));
}

// Square roots and logarithms of integers are taken in float, then truncated.
void emit_of_sum(OnnxImporter& importer, std::string_view name, Value* x, const Reduction& reduction) {
  const Element element = x->type.element;
  if (!is_float(element)) x = importer.make("cast", {x}, {{"to", Element::f32}});
  if (x && name == "sqrt") x = importer.make("mul", {x, x});
  Value* y = x ? importer.make(name, {summed(importer, x, reduction)}) : nullptr;
  if (y && !is_float(element)) y = importer.make("cast", {y}, {{"to", element}});
  importer.set_output(0, y);
}

void import_l2(OnnxImporter& importer) {
  Value* x = importer.input(0);
  const auto reduction = x ? import_reduction(importer, x->type) : std::nullopt;
  if (reduction) emit_of_sum(importer, "sqrt", x, *reduction);
}

void import_log_sum(OnnxImporter& importer) {
  Value* x = importer.input(0);
  const auto reduction = x ? import_reduction(importer, x->type) : std::nullopt;
  if (reduction) emit_of_sum(importer, "log", x, *reduction);
}

// The largest element is taken out first, so that no exponential overflows; an infinite one stays in.
void import_log_sum_exp(OnnxImporter& importer) {
  Value* x = importer.input(0);
  auto reduction = x ? import_reduction(importer, x->type) : std::nullopt;
  if (!reduction) return;
  Reduction kept{reduction->axes, x->type.shape};
  for (const int64_t axis : kept.axes) kept.shape[static_cast<size_t>(axis)] = 1;
  constexpr double kLargest = 3.0e38;
  Value* largest = make_reduced(importer, "reduce_max", x, kept);
  if (largest) largest = importer.make("clip", {largest}, {{"min", -kLargest}, {"max", kLargest}});
  Value* shifted = importer.make("exp", {importer.make("sub", {x, largest})});
  Value* total = shifted ? importer.make("log", {summed(importer, shifted, kept)}) : nullptr;
  Value* y = importer.make("add", {total, largest});
  if (y && y->type.shape != reduction->shape) y = importer.make("reshape", {y}, {{"shape", reduction->shape}});
  importer.set_output(0, y);
}

}  // namespace

extern const OpDef reduce_sum_op = reduce_op({
    .name = kName,
    .summary = "Sum over axes",
    .doc = "0 over nothing. Plain integers wrap. Quantised: the exact sum of (x - zero_x) times scale_x / scale_y, one "
           "rounding.",
    .functions = {.start = 0,
                  .real = [](double so_far, double x) { return so_far + x; },
                  .start_integer = [](Element) -> int64_t { return 0; },
                  .integer = [](int64_t so_far, int64_t x) -> int64_t {
                    return static_cast<int64_t>(static_cast<uint64_t>(so_far) + static_cast<uint64_t>(x));
                  },
                  .quantized = ReduceFunctions::Integers::sum},
    .onnx = {{"", "ReduceL1", 1, kNewest, import_l1},
             {"", "ReduceL2", 1, kNewest, import_l2},
             {"", "ReduceLogSum", 1, kNewest, import_log_sum},
             {"", "ReduceLogSumExp", 1, kNewest, import_log_sum_exp},
             {"", "ReduceSum", 1, kNewest, import_reduce<kName>},
             {"", "ReduceSumSquare", 1, kNewest, import_sum_square}},
});

}  // namespace tinyc::ir
