// SPDX-License-Identifier: Apache-2.0
// RNN, GRU and LSTM of ONNX as rnn, gru and lstm.
#include <fmt/format.h>

#include <algorithm>

#include "ir/ops/recurrent.h"

namespace tinyc::ir {
namespace {

// ONNX's names of activations and ours. Affine and ScaledTanh have no unary operator.
constexpr std::pair<std::string_view, std::string_view> kActivations[] = {{"elu", "elu"},
                                                                          {"hardsigmoid", "hard_sigmoid"},
                                                                          {"leakyrelu", "leaky_relu"},
                                                                          {"relu", "relu"},
                                                                          {"sigmoid", "sigmoid"},
                                                                          {"softplus", "softplus"},
                                                                          {"softsign", "softsign"},
                                                                          {"tanh", "tanh"},
                                                                          {"thresholdedrelu", "thresholded_relu"}};

// Takes the next value of a list that only some activations consume.
double next_of(const std::vector<double>& list, size_t& at, double fallback) {
  return at < list.size() ? list[at++] : fallback;
}

bool import_activations(OnnxImporter& importer, std::vector<std::string> names, Attributes& attributes) {
  names = importer.texts("activations", std::move(names));
  const std::vector<double> alphas = importer.reals("activation_alpha");
  const std::vector<double> betas = importer.reals("activation_beta");
  size_t next_alpha = 0;
  size_t next_beta = 0;
  std::vector<double> args;
  for (std::string& name : names) {
    std::string wanted = name;
    for (char& c : wanted) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    const auto known = std::find_if(std::begin(kActivations), std::end(kActivations),
                                    [&](const auto& entry) { return entry.first == wanted; });
    if (known == std::end(kActivations)) {
      importer.unsupported("activation '" + name + "' is not supported", "Sigmoid, Tanh and Relu are");
      return false;
    }
    name = known->second;
    for (const AttributeDef& def : op_def(name).attributes) {
      if (def.kind != AttributeKind::real) continue;
      const double fallback = std::get<double>(*def.fallback);
      args.push_back(def.name == "alpha" ? next_of(alphas, next_alpha, fallback) : next_of(betas, next_beta, fallback));
    }
  }
  attributes["activations"] = names;
  attributes["activation_args"] = args;
  return true;
}

// Steps per batch entry, if not all of them.
bool import_lengths(OnnxImporter& importer, int64_t steps, Attributes& attributes) {
  if (!importer.has_input(4)) return true;
  const auto lengths = importer.required_integers(4, "the lengths of the sequences");
  if (!lengths) return false;
  const bool all = std::all_of(lengths->begin(), lengths->end(), [&](int64_t length) { return length == steps; });
  if (!all) attributes["lengths"] = *lengths;
  return true;
}

Value* permuted(OnnxImporter& importer, Value* value, std::vector<int64_t> perm) {
  return value ? importer.make("transpose", {value}, {{"perm", std::move(perm)}}) : nullptr;
}

}  // namespace

void import_recurrent(OnnxImporter& importer, std::string_view name, Attributes attributes,
                      const std::vector<std::string>& default_activations) {
  Value* x = importer.input(0);
  if (!x || !importer.input(1) || !importer.input(2)) return;
  if (x->type.rank() != 3) return importer.error(Code::T0305, "X must have rank 3");
  const bool batch_first = importer.integer("layout", 0) != 0;
  if (batch_first) x = permuted(importer, x, {1, 0, 2});
  const std::string direction = importer.text("direction", "forward");
  std::vector<std::string> activations = default_activations;
  if (direction == "bidirectional")
    activations.insert(activations.end(), default_activations.begin(), default_activations.end());
  attributes["direction"] = direction;
  attributes["clip"] = importer.real("clip", 0);
  if (!import_activations(importer, std::move(activations), attributes)) return;
  if (!x || !import_lengths(importer, x->type.shape[0], attributes)) return;
  std::vector<Value*> operands = {x, importer.input(1), importer.input(2),
                                  importer.has_input(3) ? importer.input(3) : nullptr};
  // After the lengths come initial states, then peepholes.
  for (size_t i = 5; operands.size() < op_def(name).operands.size(); ++i) {
    Value* value = importer.has_input(i) ? importer.input(i) : nullptr;
    const bool state = i < 7;
    if (value && state && batch_first && value->type.rank() == 3) value = permuted(importer, value, {1, 0, 2});
    operands.push_back(value);
  }
  Value* y = importer.make(name, operands, std::move(attributes));
  if (!y) return;
  const std::vector<Value*> results = y->producer->results;
  for (size_t i = 0; i < results.size(); ++i) {
    if (!importer.wants_output(i)) continue;
    Value* result = results[i];
    if (batch_first)
      result = permuted(importer, result, i == 0 ? std::vector<int64_t>{2, 0, 1, 3} : std::vector<int64_t>{1, 0, 2});
    importer.set_output(i, result);
  }
}

}  // namespace tinyc::ir
