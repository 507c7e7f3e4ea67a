// SPDX-License-Identifier: Apache-2.0
// Linear models and support vector machines of ai.onnx.ml as matrix products.
#include <fmt/format.h>

#include <cmath>

#include "ir/onnx/ml.h"
#include "ir/onnx/rules.h"

namespace tinyc::ir {
namespace {

Term linear(Term x, Term rows, Term bias) { return apply("fully_connected", {x, rows, bias}); }

// x * coefficients + intercepts, [samples, rows]; no value after an error.
Term linear_scores(OnnxImporter& importer, Term x, std::string_view intercepts) {
  const std::vector<double> weights = importer.reals("coefficients");
  const int64_t features = x.dim(1);
  const int64_t rows = features < 1 ? 0 : static_cast<int64_t>(weights.size()) / features;
  std::vector<double> bias = importer.reals(intercepts);
  if (bias.empty()) bias.assign(static_cast<size_t>(rows), 0);
  if (rows < 1 || rows * features != static_cast<int64_t>(weights.size()) ||
      static_cast<int64_t>(bias.size()) != rows) {
    importer.error(Code::T0307, fmt::format("{} coefficients and {} intercepts for {} features", weights.size(),
                                            bias.size(), features));
    return {&importer};
  }
  return linear(x, reals_term(importer, weights, {rows, features}), reals_term(importer, bias));
}

void import_linear_regressor(OnnxImporter& importer) {
  const Term x = sample_input(importer);
  if (x) importer.set_output(0, post_transformed(importer, linear_scores(importer, x, "intercepts")).value);
}

// One score for two classes: the second class's, the first one gets the rest.
Term both_classes(OnnxImporter& importer, Term score) {
  const bool logistic = importer.text("post_transform", "NONE") == "LOGISTIC";
  const Term second = logistic ? apply("sigmoid", {score}) : score;
  return concat({number_like(second, 1) - second, second}, 1);
}

void import_linear_classifier(OnnxImporter& importer) {
  const Term x = sample_input(importer);
  if (!x) return;
  const Term scores = linear_scores(importer, x, "intercepts");
  if (!scores) return;
  const bool single = scores.dim(1) == 1;
  const Term best = single ? class_if(apply("greater", {scores, number_like(scores, 0)})) : best_class(scores);
  set_labels(importer, best, "classlabels_ints", "classlabels_strings");
  const bool paired = single && class_count(importer, "classlabels_ints", "classlabels_strings") == 2;
  importer.set_output(1, (paired ? both_classes(importer, scores) : post_transformed(importer, scores)).value);
}

// Similarity of every sample with every support vector, [samples, vectors].
Term kernel_values(OnnxImporter& importer, Term x, int64_t vectors) {
  const std::vector<double> support = importer.reals("support_vectors");
  const std::vector<double> given = importer.reals("kernel_params", {0, 0, 0});
  const int64_t features = x.dim(1);
  if (vectors < 1 || given.size() < 3 || static_cast<int64_t>(support.size()) != vectors * features) {
    importer.error(Code::T0307,
                   fmt::format("{} numbers for {} support vectors of {} features", support.size(), vectors, features));
    return {&importer};
  }
  const double gamma = given[0], offset = given[1], degree = given[2];
  const Term rows = reals_term(importer, support, {vectors, features});
  const std::string kind = importer.text("kernel_type", "LINEAR");
  if (kind == "RBF") {  // |x - s|^2 = |x|^2 - 2 x s + |s|^2
    std::vector<double> norms(static_cast<size_t>(vectors), 0), doubled;
    for (size_t i = 0; i < support.size(); ++i) {
      norms[i / static_cast<size_t>(features)] += support[i] * support[i];
      doubled.push_back(-2 * support[i]);
    }
    const Term own = reduce("reduce_sum", x * x, {1});
    const Term distance =
        linear(x, reals_term(importer, doubled, {vectors, features}), reals_term(importer, norms)) + own;
    return apply("exp", {distance * -gamma});
  }
  const Term product = linear(x, rows, {&importer});
  if (kind == "LINEAR") return product;
  const Term shifted = product * gamma + offset;
  if (kind == "SIGMOID") return apply("tanh", {shifted});
  if (kind == "POLY") return apply("pow", {shifted, number_like(shifted, degree)});
  importer.error(Code::T0307, "kernel_type is '" + kind + "'", "ONNX knows LINEAR, POLY, RBF and SIGMOID");
  return {&importer};
}

void import_svm_regressor(OnnxImporter& importer) {
  const Term x = sample_input(importer);
  if (!x) return;
  const int64_t vectors = importer.integer("n_supports", 0);
  const std::vector<double> weights = importer.reals("coefficients");
  const std::vector<double> rho = importer.reals("rho", {0});
  Term y;
  if (vectors > 0) {
    const Term similar = kernel_values(importer, x, vectors);
    if (static_cast<int64_t>(weights.size()) != vectors || rho.size() != 1)
      return importer.error(Code::T0307, "coefficients or rho do not fit the support vectors");
    y = linear(similar, reals_term(importer, weights, {1, vectors}), reals_term(importer, rho));
  } else {
    y = linear_scores(importer, x, "rho");
  }
  if (importer.integer("one_class", 0) != 0)
    y = select(apply("greater", {y, number_like(y, 0)}), number_like(y, 1), number_like(y, -1));
  importer.set_output(0, post_transformed(importer, y).value);
}

// Decision values of all pairs of classes, i < j, [samples, pairs]: positive speaks for i.
Term pair_decisions(OnnxImporter& importer, Term x, const std::vector<int64_t>& per_class) {
  const auto classes = static_cast<int64_t>(per_class.size());
  std::vector<int64_t> first(1, 0);
  for (const int64_t count : per_class) first.push_back(first.back() + count);
  const int64_t vectors = first.back();
  const int64_t pairs = classes * (classes - 1) / 2;
  const std::vector<double> weights = importer.reals("coefficients");
  const std::vector<double> rho = importer.reals("rho");
  const Term similar = kernel_values(importer, x, vectors);
  if (!similar) return similar;
  if (static_cast<int64_t>(weights.size()) != (classes - 1) * vectors || static_cast<int64_t>(rho.size()) != pairs) {
    importer.error(Code::T0307, fmt::format("{} coefficients and {} rho for {} classes and {} vectors", weights.size(),
                                            rho.size(), classes, vectors));
    return {&importer};
  }
  Tensor rows(Element::f32, {pairs, vectors});
  int64_t pair = 0;
  for (int64_t i = 0; i < classes; ++i) {
    for (int64_t j = i + 1; j < classes; ++j, ++pair) {
      const auto take = [&](int64_t of, int64_t row) {
        for (int64_t v = first[static_cast<size_t>(of)]; v < first[static_cast<size_t>(of) + 1]; ++v)
          rows.set_real(pair * vectors + v, weights[static_cast<size_t>(row * vectors + v)]);
      };
      take(i, j - 1);
      take(j, i);
    }
  }
  return linear(similar, tensor_term(importer, std::move(rows)), reals_term(importer, rho));
}

// Votes of the pairs, [samples, classes]: a constant matrix counts them.
Term votes_of(OnnxImporter& importer, Term decisions, int64_t classes) {
  const int64_t pairs = decisions.dim(1);
  Tensor rows(Element::f32, {classes, pairs}), bias(Element::f32, {classes});
  int64_t pair = 0;
  for (int64_t i = 0; i < classes; ++i) {
    for (int64_t j = i + 1; j < classes; ++j, ++pair) {
      rows.set_real(i * pairs + pair, 1);
      rows.set_real(j * pairs + pair, -1);
      bias.set_real(j, bias.real(j) + 1);
    }
  }
  const Term positive = cast(apply("greater", {decisions, number_like(decisions, 0)}), Element::f32);
  return linear(positive, tensor_term(importer, std::move(rows)), tensor_term(importer, std::move(bias)));
}

void import_svm_classifier(OnnxImporter& importer) {
  const Term x = sample_input(importer);
  if (!x) return;
  const std::vector<int64_t> per_class = importer.integers("vectors_per_class");
  const int64_t classes = class_count(importer, "classlabels_ints", "classlabels_strings");
  if (per_class.empty()) {  // a linear machine: one row per class
    const Term scores = linear_scores(importer, x, "rho");
    if (!scores) return;
    set_labels(importer, best_class(scores), "classlabels_ints", "classlabels_strings");
    return importer.set_output(1, post_transformed(importer, scores).value);
  }
  for (const int64_t count : per_class) {
    if (count < 0 || count > (1 << 24)) return importer.error(Code::T0307, "vectors_per_class holds nonsense");
  }
  if (classes < 2 || static_cast<int64_t>(per_class.size()) != classes)
    return importer.error(Code::T0307, fmt::format("{} labels for {} classes", classes, per_class.size()));
  const Term decisions = pair_decisions(importer, x, per_class);
  if (!decisions) return;
  const std::vector<double> a = importer.reals("prob_a"), b = importer.reals("prob_b");
  const int64_t pairs = decisions.dim(1);
  if (a.empty()) {
    set_labels(importer, best_class(votes_of(importer, decisions, classes)), "classlabels_ints", "classlabels_strings");
    const Term scores = classes == 2 ? concat({decisions, number_like(decisions, 0) - decisions}, 1) : decisions;
    return importer.set_output(1, post_transformed(importer, scores).value);
  }
  if (static_cast<int64_t>(a.size()) != pairs || b.size() != a.size())
    return importer.error(Code::T0307, "prob_a and prob_b do not fit the pairs of classes");
  const Term margin = decisions * reals_term(importer, a) + reals_term(importer, b);
  const Term sigmoid = apply("sigmoid", {number_like(margin, 0) - margin});
  const Term clipped = apply("clip", {sigmoid}, {{"min", 1e-7}, {"max", 1 - 1e-7}});
  const Term probabilities = apply("couple_probabilities", {clipped}, {{"classes", classes}});
  if (!probabilities) return;
  set_labels(importer, best_class(probabilities), "classlabels_ints", "classlabels_strings");
  importer.set_output(1, post_transformed(importer, probabilities).value);
}

constexpr OnnxRule kRules[] = {
    {"ai.onnx.ml", "LinearClassifier", 1, kNewest, import_linear_classifier},
    {"ai.onnx.ml", "LinearRegressor", 1, kNewest, import_linear_regressor},
    {"ai.onnx.ml", "SVMClassifier", 1, kNewest, import_svm_classifier},
    {"ai.onnx.ml", "SVMRegressor", 1, kNewest, import_svm_regressor},
};

}  // namespace

std::span<const OnnxRule> ml_linear_rules() { return kRules; }

}  // namespace tinyc::ir
