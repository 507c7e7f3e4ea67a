// SPDX-License-Identifier: Apache-2.0
// Scaling, encoding and picking of features in ai.onnx.ml.
#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "ir/onnx/ml.h"
#include "ir/onnx/rules.h"

namespace tinyc::ir {
namespace {

// One number for all features, or one each.
bool fits_features(OnnxImporter& importer, std::string_view name, size_t count, Term x) {
  if (count == 1 || static_cast<int64_t>(count) == x.dim(-1)) return true;
  importer.error(Code::T0307, fmt::format("{} {} for {} features", count, name, x.dim(-1)));
  return false;
}

void import_scaler(OnnxImporter& importer) {
  Term x = cast(input_term(importer, 0), Element::f32);
  if (!x) return;
  const std::vector<double> offset = importer.reals("offset", {0}), scale = importer.reals("scale", {1});
  if (!fits_features(importer, "offset", offset.size(), x) || !fits_features(importer, "scale", scale.size(), x))
    return;
  importer.set_output(0, ((x - reals_term(importer, offset)) * reals_term(importer, scale)).value);
}

// Every sample divided by its norm; zeros stay zeros.
void import_normalizer(OnnxImporter& importer) {
  const Term given = input_term(importer, 0);
  const Term x = sample_input(importer);
  if (!x) return;
  const std::string kind = importer.text("norm", "MAX");
  Term norm;
  if (kind == "MAX") norm = reduce("reduce_max", apply("abs", {x}), {1});
  if (kind == "L1") norm = reduce("reduce_sum", apply("abs", {x}), {1});
  if (kind == "L2") norm = apply("sqrt", {reduce("reduce_sum", x * x, {1})});
  if (!norm) return importer.error(Code::T0307, "norm is '" + kind + "'", "ONNX knows MAX, L1 and L2");
  norm = select(apply("equal", {norm, number_like(norm, 0)}), number_like(norm, 1), norm);
  importer.set_output(0, reshape(x / norm, given.shape()).value);
}

void import_binarizer(OnnxImporter& importer) {
  const Term x = input_term(importer, 0);
  if (!x) return;
  const Term above = apply("greater", {x, number_like(x, importer.real("threshold", 0))});
  importer.set_output(0, cast(above, x.element()).value);
}

void import_imputer(OnnxImporter& importer) {
  const Term x = input_term(importer, 0);
  if (!x) return;
  const bool real = is_float(x.element());
  std::vector<double> values = importer.reals("imputed_value_floats");
  if (!real) {
    for (const int64_t value : importer.integers("imputed_value_int64s")) values.push_back(static_cast<double>(value));
  }
  if (!fits_features(importer, "imputed values", values.size(), x)) return;
  const double replaced = real ? importer.real("replaced_value_float", std::numeric_limits<double>::quiet_NaN())
                               : static_cast<double>(importer.integer("replaced_value_int64", 0));
  const Term missing = std::isnan(replaced) ? apply("is_nan", {x}) : apply("equal", {x, number_like(x, replaced)});
  const Term instead =
      tensor_term(importer, Tensor::of_reals(x.element(), {static_cast<int64_t>(values.size())}, values));
  importer.set_output(0, select(missing, instead, x).value);
}

// A table of numbers: an attribute list of integers or reals, or a tensor attribute.
std::optional<Tensor> table_of(OnnxImporter& importer, std::string_view name) {
  const std::string base(name);
  if (const OnnxAttribute* tensor = importer.attribute(base + "_tensor"); tensor && tensor->tensor)
    return *tensor->tensor;
  if (importer.has_attribute(base + "_int64s")) {
    const std::vector<int64_t> list = importer.integers(base + "_int64s");
    return Tensor::of_integers(Element::i64, {static_cast<int64_t>(list.size())}, list);
  }
  if (importer.has_attribute(base + "_floats")) {
    const std::vector<double> list = importer.reals(base + "_floats");
    return Tensor::of_reals(Element::f32, {static_cast<int64_t>(list.size())}, list);
  }
  return std::nullopt;
}

double default_value(OnnxImporter& importer, Element element) {
  if (const OnnxAttribute* given = importer.attribute("default_tensor");
      given && given->tensor && given->tensor->size() == 1)
    return given->tensor->real(0);
  return is_float(element) ? importer.real("default_float", -0.0)
                           : static_cast<double>(importer.integer("default_int64", -1));
}

// The value that stands beside the key; NaN is a key too.
void import_label_encoder(OnnxImporter& importer) {
  const Term x = input_term(importer, 0);
  const auto keys = table_of(importer, "keys"), values = table_of(importer, "values");
  if (!x) return;
  if (!keys || !values) return importer.unsupported("LabelEncoder of strings", "encode labels outside the model");
  if (keys->element() != x.element() || keys->size() != values->size() || keys->size() == 0)
    return importer.error(Code::T0305, "keys and values differ in number, or keys are of another type than the input");
  Shape spread = x.shape();
  spread.push_back(1);
  const Term wide = reshape(x, spread);
  const Shape line = {keys->size()};
  Term hit = apply("equal", {wide, tensor_term(importer, keys->reshaped(line))});
  if (is_float(x.element())) {
    Tensor unknown(Element::b1, line);
    bool any = false;
    for (int64_t i = 0; i < keys->size(); ++i) {
      unknown.set_integer(i, std::isnan(keys->real(i)) ? 1 : 0);
      any = any || std::isnan(keys->real(i));
    }
    if (any) {
      const Term both = apply("logical_and", {apply("is_nan", {wide}), tensor_term(importer, std::move(unknown))});
      hit = apply("logical_or", {hit, both});
    }
  }
  const Term found = cast(hit, Element::f32);
  const Term at = argument_of_max(found, -1);
  const Term any = apply("greater", {reduce("reduce_max", found, {found.rank() - 1}), number_like(found, 0)});
  const Term value = gather(tensor_term(importer, values->reshaped(line)), at, 0);
  const Term y = select(any, value, number_like(value, default_value(importer, values->element())));
  importer.set_output(0, reshape(y, x.shape()).value);
}

// A new last axis: 1 where the input equals the category.
void import_one_hot_encoder(OnnxImporter& importer) {
  const Term x = input_term(importer, 0);
  const std::vector<int64_t> categories = importer.integers("cats_int64s");
  if (!x) return;
  if (categories.empty()) return importer.unsupported("OneHotEncoder of strings", "encode labels outside the model");
  if (importer.integer("zeros", 1) == 0)
    return importer.unsupported("OneHotEncoder with zeros = 0, which fails at unknown categories",
                                "zeros = 1 gives zeros");
  Shape spread = x.shape();
  spread.push_back(1);
  Tensor row(x.element(), {static_cast<int64_t>(categories.size())});
  for (size_t i = 0; i < categories.size(); ++i) row.set_integer(static_cast<int64_t>(i), categories[i]);
  const Term hit = apply("equal", {reshape(x, spread), tensor_term(importer, std::move(row))});
  importer.set_output(0, cast(hit, Element::f32).value);
}

void import_feature_vectorizer(OnnxImporter& importer) {
  std::vector<Term> parts;
  for (size_t i = 0; i < importer.input_count(); ++i) {
    Term x = cast(input_term(importer, i), Element::f32);
    if (!x) return;
    if (x.rank() == 1) x = reshape(x, {1, x.dim(0)});
    parts.push_back(x);
  }
  if (!parts.empty()) importer.set_output(0, concat(parts, 1).value);
}

void import_array_feature_extractor(OnnxImporter& importer) {
  Term x = input_term(importer, 0);
  const Term at = input_term(importer, 1);
  if (!x || !at) return;
  if (x.rank() == 1) x = reshape(x, {1, x.dim(0)});
  const Term flat = reshape(at, {element_count(at.shape())});
  importer.set_output(0, gather(x, flat, x.rank() - 1).value);
}

// A sequence of maps from label to probability: the probabilities in the order of the labels.
void import_zip_map(OnnxImporter& importer) {
  const Term x = input_term(importer, 0);
  if (!x) return;
  std::string labels;
  for (const int64_t label : importer.integers("classlabels_int64s")) labels += fmt::format(" {}", label);
  for (const std::string& label : importer.texts("classlabels_strings")) labels += " " + label;
  importer.note("a map of labels becomes an array in the order of the labels:" + labels);
  importer.set_output(0, x.value);
}

constexpr OnnxRule kRules[] = {
    {"ai.onnx.ml", "ArrayFeatureExtractor", 1, kNewest, import_array_feature_extractor},
    {"ai.onnx.ml", "Binarizer", 1, kNewest, import_binarizer},
    {"ai.onnx.ml", "FeatureVectorizer", 1, kNewest, import_feature_vectorizer},
    {"ai.onnx.ml", "Imputer", 1, kNewest, import_imputer},
    {"ai.onnx.ml", "LabelEncoder", 2, kNewest, import_label_encoder},
    {"ai.onnx.ml", "Normalizer", 1, kNewest, import_normalizer},
    {"ai.onnx.ml", "OneHotEncoder", 1, kNewest, import_one_hot_encoder},
    {"ai.onnx.ml", "Scaler", 1, kNewest, import_scaler},
    {"ai.onnx.ml", "ZipMap", 1, kNewest, import_zip_map},
};

}  // namespace

std::span<const OnnxRule> ml_feature_rules() { return kRules; }

}  // namespace tinyc::ir
