// SPDX-License-Identifier: Apache-2.0
// Losses over classes (axis 1): models exported with them, and evaluation on the device.
#include <fmt/format.h>

#include "ir/onnx/formula.h"
#include "ir/onnx/rules.h"

namespace tinyc::ir {
namespace {

Term total(Term x) {
  std::vector<int64_t> axes;
  for (int d = 0; d < x.rank(); ++d) axes.push_back(d);
  return reshape(reduce("reduce_sum", x, axes), {});
}

// -weight[target] * x[n, target, ...], and how the elements become one number.
Term negative_log_likelihood(OnnxImporter& importer, Term x, Term target, Term weight) {
  if (!x || !target) return {&importer};
  const int64_t classes = x.dim(1);
  const int64_t rest = x.dim(0) * classes == 0 ? 0 : element_count(x.shape()) / (x.dim(0) * classes);
  if (x.rank() < 2 || element_count(target.shape()) != x.dim(0) * rest) {
    importer.error(Code::T0305,
                   fmt::format("scores {} and classes {}", shape_text(x.shape()), shape_text(target.shape())));
    return {&importer};
  }
  const Shape shape = target.shape();
  Term class_of = target;
  Term counts;  // the weight of every element
  Term valid;
  if (importer.has_attribute("ignore_index")) {
    const auto ignored = static_cast<double>(importer.integer("ignore_index", -1));
    valid = apply("logical_not", {apply("equal", {target, number_like(target, ignored)})});
    class_of = select(valid, target, number_like(target, 0));
  }
  const Term at = reshape(class_of, {x.dim(0), 1, rest});
  const Term picked = apply("gather_elements", {reshape(x, {x.dim(0), classes, rest}), at}, {{"axis", int64_t{1}}});
  Term loss = number_like(x, 0) - reshape(picked, shape);
  if (weight) counts = gather(weight, class_of, 0);
  if (valid) {
    const Term one = number_like(x, 1);
    counts = select(valid, counts ? counts : one, number_like(x, 0));
    counts = expand(counts, shape);
  }
  if (counts) loss = loss * counts;
  const std::string reduction = importer.text("reduction", "mean");
  if (reduction == "none") return loss;
  if (reduction == "sum") return total(loss);
  if (reduction != "mean")
    importer.error(Code::T0307, "reduction is '" + reduction + "'", "ONNX knows none, sum, mean");
  return counts ? total(loss) / total(counts) : total(loss) / static_cast<double>(element_count(shape));
}

void import_negative_log_likelihood_loss(OnnxImporter& importer) {
  const Term loss =
      negative_log_likelihood(importer, input_term(importer, 0), input_term(importer, 1), optional_term(importer, 2));
  importer.set_output(0, loss.value);
}

void import_softmax_cross_entropy_loss(OnnxImporter& importer) {
  const Term scores = input_term(importer, 0);
  if (!scores) return;
  const Term logarithms = apply("log_softmax", {scores}, {{"axis", int64_t{1}}});
  const Term loss = negative_log_likelihood(importer, logarithms, input_term(importer, 1), optional_term(importer, 2));
  importer.set_output(0, loss.value);
  importer.set_output(1, logarithms.value);
}

constexpr OnnxRule kRules[] = {
    {"", "NegativeLogLikelihoodLoss", 12, kNewest, import_negative_log_likelihood_loss},
    {"", "SoftmaxCrossEntropyLoss", 12, kNewest, import_softmax_cross_entropy_loss},
};

}  // namespace

std::span<const OnnxRule> loss_rules() { return kRules; }

}  // namespace tinyc::ir
