// SPDX-License-Identifier: Apache-2.0
#include "ir/onnx/ml.h"

#include <fmt/format.h>

namespace tinyc::ir {

Term reals_term(OnnxImporter& importer, const std::vector<double>& values, Shape shape) {
  if (shape.empty()) shape = {static_cast<int64_t>(values.size())};
  return tensor_term(importer, Tensor::of_reals(Element::f32, std::move(shape), values));
}

Term sample_input(OnnxImporter& importer) {
  const Term x = cast(input_term(importer, 0), Element::f32);
  if (!x) return x;
  if (x.rank() == 1) return reshape(x, {1, x.dim(0)});
  if (x.rank() == 2) return x;
  importer.error(Code::T0305, "needs samples of features, got " + shape_text(x.shape()));
  return {&importer};
}

Term post_transformed(OnnxImporter& importer, Term scores) {
  const std::string kind = importer.text("post_transform", "NONE");
  if (kind == "NONE") return scores;
  if (kind == "LOGISTIC") return apply("sigmoid", {scores});
  if (kind == "SOFTMAX") return softmax(scores, 1);
  if (kind == "SOFTMAX_ZERO") {  // scores of 0 stay out of it
    const Term nothing = apply("equal", {scores, number_like(scores, 0)});
    const Term powers =
        select(nothing, number_like(scores, 0), apply("exp", {scores - reduce("reduce_max", scores, {1})}));
    return powers / reduce("reduce_sum", powers, {1});
  }
  importer.unsupported("post_transform " + kind, "NONE, LOGISTIC, SOFTMAX and SOFTMAX_ZERO are known");
  return {&importer};
}

int64_t class_count(OnnxImporter& importer, std::string_view integers, std::string_view strings) {
  const size_t numbers = importer.integers(integers).size();
  return static_cast<int64_t>(numbers != 0 ? numbers : importer.texts(strings).size());
}

void set_labels(OnnxImporter& importer, Term classes, std::string_view integers, std::string_view strings) {
  const std::vector<int64_t> labels = importer.integers(integers);
  if (!labels.empty()) {
    const Term table{&importer, importer.builder().integers(labels)};
    return importer.set_output(0, gather(table, classes, 0).value);
  }
  const std::vector<std::string> names = importer.texts(strings);
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
  if (!names.empty() && importer.wants_output(0))
    importer.note("the label is the number of the class instead of a string: " + list);
  importer.set_output(0, classes.value);
}

Term best_class(Term scores) { return reshape(argument_of_max(scores, 1), {scores.dim(0)}); }

Term class_if(Term condition) { return reshape(cast(condition, Element::i64), {condition.dim(0)}); }

}  // namespace tinyc::ir
