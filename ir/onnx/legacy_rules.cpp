// SPDX-License-Identifier: Apache-2.0
// Operators as they were before opset 7, when broadcasting was an attribute: broadcast = 1 repeats the second operand,
// whose axes are those of the first from `axis` on (default: its last ones).
#include <fmt/format.h>

#include "ir/onnx/formula.h"
#include "ir/onnx/rules.h"

namespace tinyc::ir {
namespace {

// b with ones behind its axes, so that numpy's rule does the rest; nothing after an error.
Term aligned(OnnxImporter& importer, Term a, Term b) {
  if (!a || !b || importer.integer("broadcast", 0) == 0 || !importer.has_attribute("axis")) return b;
  const auto axis = importer.axis(importer.integer("axis", 0), std::max(a.rank(), 1));
  if (!axis) return {&importer};
  Shape shape = b.shape();
  while (*axis + static_cast<int>(shape.size()) < a.rank()) shape.push_back(1);
  return reshape(b, std::move(shape));
}

template <const char* name>
void import_binary_6(OnnxImporter& importer) {
  const Term a = input_term(importer, 0);
  const Term b = aligned(importer, a, input_term(importer, 1));
  if (!a || !b) return;
  if (importer.integer("broadcast", 0) == 0 && a.shape() != b.shape())
    return importer.error(
        Code::T0305, fmt::format("{} and {} differ, and broadcast is 0", shape_text(a.shape()), shape_text(b.shape())));
  importer.set_output(0, apply(name, {a, b}).value);
}

// alpha * A * B + beta * C
void import_gemm_6(OnnxImporter& importer) {
  Term a = input_term(importer, 0);
  Term b = input_term(importer, 1);
  const Term c = input_term(importer, 2);
  if (importer.integer("transA", 0) != 0) a = swap_last_two(a);
  if (importer.integer("transB", 0) != 0) b = swap_last_two(b);
  const double alpha = importer.real("alpha", 1);
  const double beta = importer.real("beta", 1);
  Term product = matmul(a, b);
  if (alpha != 1) product = product * alpha;
  importer.set_output(0, (product + (beta == 1 ? c : c * beta)).value);
}

// The slope is one number, or one per channel.
void import_prelu_6(OnnxImporter& importer) {
  const Term x = input_term(importer, 0);
  Term slope = input_term(importer, 1);
  if (!x || !slope) return;
  if (slope.rank() == 1 && x.rank() > 2) {
    Shape shape(static_cast<size_t>(x.rank() - 1), 1);
    shape[0] = slope.dim(0);
    slope = reshape(slope, shape);
  }
  importer.set_output(0, apply("prelu", {x, slope}).value);
}

void import_dropout_6(OnnxImporter& importer) {
  const Term x = input_term(importer, 0);
  if (importer.integer("is_test", 0) == 0 && importer.wants_output(1))
    return importer.unsupported("the mask of Dropout in training mode", "export the model for inference");
  importer.set_output(0, x.value);
}

constexpr char kAdd[] = "add";
constexpr char kAnd[] = "logical_and";
constexpr char kDiv[] = "div";
constexpr char kEqual[] = "equal";
constexpr char kGreater[] = "greater";
constexpr char kLess[] = "less";
constexpr char kMul[] = "mul";
constexpr char kOr[] = "logical_or";
constexpr char kPow[] = "pow";
constexpr char kSub[] = "sub";
constexpr char kXor[] = "logical_xor";

constexpr OnnxRule kRules[] = {
    {"", "Add", 1, 6, import_binary_6<kAdd>},
    {"", "And", 1, 6, import_binary_6<kAnd>},
    {"", "Div", 1, 6, import_binary_6<kDiv>},
    {"", "Dropout", 1, 6, import_dropout_6},
    {"", "Equal", 1, 6, import_binary_6<kEqual>},
    {"", "Gemm", 1, 6, import_gemm_6},
    {"", "Greater", 1, 6, import_binary_6<kGreater>},
    {"", "Less", 1, 6, import_binary_6<kLess>},
    {"", "Mul", 1, 6, import_binary_6<kMul>},
    {"", "Or", 1, 6, import_binary_6<kOr>},
    {"", "PRelu", 1, 6, import_prelu_6},
    {"", "Pow", 1, 6, import_binary_6<kPow>},
    {"", "Sub", 1, 6, import_binary_6<kSub>},
    {"", "Xor", 1, 6, import_binary_6<kXor>},
};

}  // namespace

std::span<const OnnxRule> legacy_rules() { return kRules; }

}  // namespace tinyc::ir
