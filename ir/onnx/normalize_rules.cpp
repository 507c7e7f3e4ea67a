// SPDX-License-Identifier: Apache-2.0
// Normalisations as arithmetic.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ir/onnx/formula.h"
#include "ir/onnx/rules.h"
#include "ir/ops/normalize.h"
#include "ir/ops/reduce.h"

namespace tinyc::ir {
namespace {

// scale / sqrt(variance + epsilon) and bias - mean * that, in double when all are known, else as operators.
struct Affine {
  Value* scale;
  Value* bias;
};

Affine known_affine(OnnxImporter& importer, double epsilon) {
  const Tensor& scale = *importer.constant(1);
  Tensor factor(scale.element(), scale.shape());
  Tensor shift(scale.element(), scale.shape());
  for (int64_t i = 0; i < scale.size(); ++i) {
    const double value = scale.real(i) / std::sqrt(importer.constant(4)->real(i) + epsilon);
    factor.set_real(i, value);
    shift.set_real(i, importer.constant(2)->real(i) - importer.constant(3)->real(i) * value);
  }
  return {importer.builder().constant(std::move(factor)), importer.builder().constant(std::move(shift))};
}

Affine computed_affine(OnnxImporter& importer, double epsilon) {
  Value* variance = importer.input(4);
  Value* small = importer.builder().constant(Tensor::of_reals(variance->type.element, {}, {epsilon}));
  Value* deviation = importer.make("sqrt", {importer.make("add", {variance, small})});
  Value* factor = importer.make("div", {importer.input(1), deviation});
  return {factor, importer.make("sub", {importer.input(2), importer.make("mul", {importer.input(3), factor})})};
}

// Training mode: the statistics are the batch's own; the second and third output are the running ones.
void normalize_batch(OnnxImporter& importer, double epsilon) {
  const Term x = input_term(importer, 0);
  const int64_t channels = x.dim(1);
  std::vector<int64_t> axes;
  for (int d = 0; d < x.rank(); ++d) {
    if (d != 1) axes.push_back(d);
  }
  const Term mean = reduce("reduce_mean", x, axes);
  const Term distance = x - mean;
  const Term variance = reduce("reduce_mean", distance * distance, axes);
  const Term normal = distance / apply("sqrt", {variance + epsilon});
  importer.set_output(0, make_channel_affine(importer, normal.value, importer.input(1), importer.input(2)));
  const double kept = importer.real("momentum", 0.9);
  const auto running = [&](size_t index, Term now) {
    const Term before = input_term(importer, index);
    return (before * kept + reshape(cast(now, before.element()), {channels}) * (1 - kept)).value;
  };
  importer.set_output(1, running(3, mean));
  importer.set_output(2, running(4, variance));
}

void import_batch_normalization(OnnxImporter& importer) {
  Value* x = importer.input(0);
  if (!x) return;
  if (x->type.rank() < 2) return importer.error(Code::T0305, "needs an input of rank 2 or more");
  if (importer.opset() < 7 && importer.integer("is_test", 0) == 0)
    return importer.unsupported("BatchNormalization with is_test = 0", "export the model for inference");
  if (importer.integer("spatial", 1) == 0)
    return importer.unsupported("BatchNormalization with spatial = 0", "export with a newer opset");
  bool known = true;
  for (size_t i = 1; i <= 4; ++i) {
    const Value* parameter = importer.input(i);
    if (!parameter) return;
    if (parameter->type.shape != Shape{x->type.shape[1]})
      return importer.error(Code::T0305, fmt::format("parameters {} for {} channels", shape_text(parameter->type.shape),
                                                     x->type.shape[1]));
    known = known && importer.constant(i);
  }
  const double epsilon = importer.real("epsilon", static_cast<double>(1e-5F));
  if (importer.integer("training_mode", 0) != 0) return normalize_batch(importer, epsilon);
  const Affine affine = known ? known_affine(importer, epsilon) : computed_affine(importer, epsilon);
  importer.set_output(0, make_channel_affine(importer, x, affine.scale, affine.bias));
}

// (x - mean) / (standard deviation + 1e-9) over the axes.
void import_mean_variance_normalization(OnnxImporter& importer) {
  Value* x = importer.input(0);
  if (!x) return;
  Reduction reduction{{}, x->type.shape};
  for (const int64_t value : importer.integers("axes", {0, 2, 3})) {
    const auto axis = importer.axis(value, x->type.rank());
    if (!axis) return;
    reduction.axes.push_back(*axis);
    reduction.shape[static_cast<size_t>(*axis)] = 1;
  }
  std::sort(reduction.axes.begin(), reduction.axes.end());
  Value* distance = importer.make("sub", {x, make_reduced(importer, "reduce_mean", x, reduction)});
  Value* squares = importer.make("mul", {distance, distance});
  if (!squares) return;
  Value* deviation = importer.make("sqrt", {make_reduced(importer, "reduce_mean", squares, reduction)});
  Value* small = importer.builder().constant(Tensor::of_reals(x->type.element, {}, {1e-9}));
  importer.emit("div", {distance, importer.make("add", {deviation, small})});
}

// x / (sum |x|^p)^(1/p) along an axis.
void import_lp_normalization(OnnxImporter& importer) {
  Value* x = importer.input(0);
  if (!x) return;
  const int64_t p = importer.integer("p", 2);
  const auto axis = importer.axis(importer.integer("axis", -1), x->type.rank());
  if (!axis) return;
  if (p != 1 && p != 2) return importer.error(Code::T0307, fmt::format("p is {}", p), "ONNX knows 1 and 2");
  Reduction reduction{{*axis}, x->type.shape};
  reduction.shape[static_cast<size_t>(*axis)] = 1;
  Value* terms = p == 1 ? importer.make("abs", {x}) : importer.make("mul", {x, x});
  Value* norm = terms ? make_reduced(importer, "reduce_sum", terms, reduction) : nullptr;
  if (p == 2) norm = importer.make("sqrt", {norm});
  // A line of zeros stays zeros.
  Value* zero = importer.builder().constant(Tensor::of_reals(x->type.element, {}, {0}));
  Value* one = importer.builder().constant(Tensor::of_reals(x->type.element, {}, {1}));
  norm = importer.make("select", {importer.make("equal", {norm, zero}), one, norm});
  importer.emit("div", {x, norm});
}

// x / sqrt(mean(x^2) + epsilon) * scale over the last axes.
void import_rms_normalization(OnnxImporter& importer) {
  Value* x = importer.input(0);
  Value* scale = importer.input(1);
  if (!x || !scale) return;
  const auto first = importer.axis(importer.integer("axis", -1), x->type.rank());
  if (!first) return;
  Reduction reduction{{}, x->type.shape};
  for (int d = *first; d < x->type.rank(); ++d) {
    reduction.axes.push_back(d);
    reduction.shape[static_cast<size_t>(d)] = 1;
  }
  Value* mean = make_reduced(importer, "reduce_mean", importer.make("mul", {x, x}), reduction);
  if (!mean) return;
  const double epsilon = importer.real("epsilon", static_cast<double>(1e-5F));
  Value* small = importer.builder().constant(Tensor::of_reals(x->type.element, {}, {epsilon}));
  Value* y = importer.make("div", {x, importer.make("sqrt", {importer.make("add", {mean, small})})});
  importer.emit("mul", {y, scale});
}

constexpr OnnxRule kRules[] = {
    {"", "BatchNormalization", 1, kNewest, import_batch_normalization},
    {"", "LpNormalization", 1, kNewest, import_lp_normalization},
    {"", "MeanVarianceNormalization", 9, kNewest, import_mean_variance_normalization},
    {"", "RMSNormalization", 23, kNewest, import_rms_normalization},
};

}  // namespace

std::span<const OnnxRule> normalize_rules() { return kRules; }

}  // namespace tinyc::ir
