// SPDX-License-Identifier: Apache-2.0
// Operators over whole axes.
#include "ir/op_def.h"
#include "tests/kernels/cases.h"

namespace tinyc {

namespace {

const std::vector<ir::Shape> kShapes = {{6},       {1, 10},   {3, 4},       {1, 4, 5}, {1, 3, 4, 2},
                                        {2, 3, 4}, {1, 1, 7}, {2, 3, 2, 5}, {2, 300}};

void softmax(Random& random, const CaseSink& sink) {
  const ir::Shape shape = random.pick(kShapes);
  const int64_t axis = random.chance(50) ? static_cast<int64_t>(shape.size()) - 1
                                         : random.between(0, static_cast<int64_t>(shape.size()) - 1);
  for (const char* op : {"softmax", "log_softmax"}) {
    CaseMaker real(random);
    real.finish(sink, op, {real.input(float_type(shape))}, {{"axis", axis}});
  }
  CaseMaker quantized(random);
  ir::Type result = random_q8(random, {});
  result.quant->scales[0] =
      random.chance(80) ? 1.0 / 256 : random.pick(std::vector<double>{1.0 / 128, 0.00390625 * 1.3, 0.01});
  if (random.chance(60)) result.quant->zero_points[0] = result.element == ir::Element::i8 ? -128 : 0;
  quantized.finish(sink, "softmax", {quantized.input(random_q8(random, shape))}, {{"axis", axis}}, result);
  CaseMaker narrow(random);
  ir::Type wide = random_narrow(random, {});
  wide.quant->scales[0] = ir::element_bits(wide.element) == 8
                              ? 1.0 / 256
                              : random.pick(std::vector<double>{1.0 / 32768, 1.0 / 65536, 4e-5});
  narrow.finish(sink, "softmax", {narrow.input(random_narrow(random, shape))}, {{"axis", axis}}, wide);
  CaseMaker logarithm(random);
  ir::Type below = random_q8(random, {});
  if (random.chance(60)) below.quant->zero_points[0] = ir::highest(below.element);
  logarithm.finish(sink, "log_softmax", {logarithm.input(random_q8(random, shape))}, {{"axis", axis}}, below);
}

void reduce(Random& random, const CaseSink& sink, std::string_view op) {
  const ir::Shape shape = random.pick(kShapes);
  std::vector<int64_t> axes;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (random.chance(50)) axes.push_back(static_cast<int64_t>(i));
  }
  if (axes.empty()) axes.push_back(static_cast<int64_t>(shape.size()) - 1);
  CaseMaker real(random);
  real.finish(sink, op, {real.input(float_type(shape))}, {{"axes", axes}}, std::nullopt, 1e-5, 5);
  CaseMaker quantized(random);
  const ir::Type type = random_q8(random, shape);
  const ir::Type result = random.chance(40) ? type : random_q8(random, {});
  quantized.finish(sink, op, {quantized.input(type)}, {{"axes", axes}}, result);
  CaseMaker plain(random);
  const ir::Element element =
      random.pick(std::vector<ir::Element>{ir::Element::i8, ir::Element::u8, ir::Element::i32, ir::Element::i64});
  plain.finish(sink, op, {plain.input(plain_type(element, shape))}, {{"axes", axes}});
}

// Coarse values, so that equal ones occur.
ir::Tensor with_ties(Random& random, const ir::Type& type) {
  ir::Tensor tensor(type.element, type.shape);
  for (int64_t i = 0; i < tensor.size(); ++i)
    tensor.set_integer(i, random.between(ir::is_integer(type.element) && !ir::is_signed(type.element) ? 0 : -2, 3));
  return tensor;
}

void extremes(Random& random, const CaseSink& sink, std::string_view op) {
  const ir::Shape shape = random.pick(kShapes);
  const ir::Attributes attributes = {{"axis", random.between(0, static_cast<int64_t>(shape.size()) - 1)},
                                     {"last", random.chance(50)}};
  for (const ir::Element element : {ir::Element::f32, ir::Element::i8, ir::Element::u8, ir::Element::i32}) {
    CaseMaker make(random);
    const ir::Type type = plain_type(element, shape);
    make.finish(sink, op, {make.input(type, with_ties(random, type))}, attributes);
  }
  CaseMaker quantized(random);
  quantized.finish(sink, op, {quantized.input(random_q8(random, shape))}, attributes);
}

void layer_norm(Random& random, const CaseSink& sink) {
  const ir::Shape shape = random.pick(kShapes);
  const int64_t axis = random.between(0, static_cast<int64_t>(shape.size()) - 1);
  const ir::Shape rest(shape.begin() + axis, shape.end());
  CaseMaker make(random);
  ir::Tensor data(ir::Element::f32, shape);
  for (int64_t i = 0; i < data.size(); ++i) data.set_real(i, random.real(-3, 3));
  ir::Value* x = make.input(float_type(shape), data);
  const auto parameter = [&]() -> ir::Value* {
    if (random.chance(20)) return nullptr;
    return make.constant(float_type(random.chance(70) ? rest : ir::Shape{rest.back()}));
  };
  ir::Value* scale = parameter();
  make.finish(sink, "layer_norm", {x, scale, parameter()}, {{"axis", axis}, {"epsilon", 1e-5}}, std::nullopt, 1e-4);
  CaseMaker quantized(random);
  ir::Value* q = quantized.input(random_q8(random, shape));
  const auto constant = [&]() -> ir::Value* {
    return random.chance(20) ? nullptr : quantized.constant(float_type(rest));
  };
  ir::Value* factor = constant();
  const double epsilon = random.pick(std::vector<double>{0, 1e-5, 1e-2});
  quantized.finish(sink, "layer_norm", {q, factor, constant()}, {{"axis", axis}, {"epsilon", epsilon}},
                   random_q8(random, {}));
}

void dynamic_quantize(Random& random, const CaseSink& sink) {
  CaseMaker make(random);
  ir::Tensor data = random_tensor(random, float_type(random.pick(kShapes)));
  if (random.chance(30)) {
    for (int64_t i = 0; i < data.size(); ++i) data.set_real(i, std::abs(data.real(i)));
  }
  make.finish(sink, "dynamic_quantize", {make.input(float_type(data.shape()), data)});
}

// rnn, gru and lstm with all their options.
void recurrent(Random& random, const CaseSink& sink, std::string_view op, int64_t gates, size_t activations) {
  const int64_t steps = random.between(1, 4), batch = random.between(1, 2), inputs = random.between(1, 5);
  const int64_t hidden = random.between(1, 6), directions = random.chance(30) ? 2 : 1;
  CaseMaker make(random);
  const auto value = [&](ir::Shape shape, bool constant) {
    ir::Tensor data(ir::Element::f32, shape);
    for (int64_t i = 0; i < data.size(); ++i) data.set_real(i, random.real(-1, 1));
    return constant ? make.constant(float_type(shape), data) : make.input(float_type(shape), data);
  };
  const auto optional = [&](ir::Shape shape, bool constant) {
    return random.chance(50) ? value(std::move(shape), constant) : nullptr;
  };
  const ir::Shape state = {directions, batch, hidden};
  std::vector<ir::Value*> operands = {value({steps, batch, inputs}, false),
                                      value({directions, gates * hidden, inputs}, true),
                                      value({directions, gates * hidden, hidden}, true)};
  operands.push_back(optional({directions, 2 * gates * hidden}, true));
  operands.push_back(optional(state, random.chance(50)));
  if (op == "lstm") {
    operands.push_back(optional(state, random.chance(50)));
    operands.push_back(optional({directions, 3 * hidden}, true));
  }
  static const std::vector<std::string> kActivations = {"sigmoid", "tanh", "relu", "softsign", "softplus"};
  std::vector<std::string> names;
  for (size_t i = 0; i < activations; ++i) names.push_back(random.pick(kActivations));
  if (directions == 2) names.insert(names.end(), names.begin(), names.end());
  ir::Attributes attributes = {{"direction", std::string(directions == 2     ? "bidirectional"
                                                         : random.chance(30) ? "reverse"
                                                                             : "forward")},
                               {"activations", names},
                               {"clip", random.chance(30) ? 0.5 : 0.0}};
  if (random.chance(30)) {
    std::vector<int64_t> lengths;
    for (int64_t b = 0; b < batch; ++b) lengths.push_back(random.between(0, steps));
    attributes["lengths"] = lengths;
  }
  if (op == "lstm") attributes["input_forget"] = random.chance(20);
  if (op == "gru") attributes["linear_before_reset"] = random.chance(50);
  make.finish(sink, op, operands, std::move(attributes));
}

// The same on integers.
void recurrent_integers(Random& random, const CaseSink& sink, std::string_view op, int64_t gates) {
  const int64_t steps = random.between(1, 4), batch = random.between(1, 2), inputs = random.between(1, 9);
  const int64_t hidden = random.between(1, 6), directions = random.chance(30) ? 2 : 1;
  CaseMaker make(random);
  const auto weights = [&](int64_t columns) {
    ir::Type type = random_q8(random, {directions, gates * hidden, columns});
    type.quant->zero_points = {type.element == ir::Element::u8 ? 128 : 0};
    type.quant->scales = {random.real(1e-4, 0.02)};
    if (random.chance(40)) {
      type.quant->axis = 1;
      type.quant->zero_points.assign(static_cast<size_t>(gates * hidden), type.quant->zero_points[0]);
      type.quant->scales.clear();
      for (int64_t i = 0; i < gates * hidden; ++i) type.quant->scales.push_back(random.real(1e-4, 0.02));
    }
    return make.constant(type);
  };
  const ir::Type x = random_narrow(random, {steps, batch, inputs});
  const ir::Shape state = {directions, batch, hidden};
  const auto initial = [&]() { return random.chance(50) ? make.input(random_narrow(random, state)) : nullptr; };
  std::vector<ir::Value*> operands = {make.input(x), weights(inputs), weights(hidden)};
  operands.push_back(make.constant(float_type({directions, 2 * gates * hidden})));
  operands.push_back(initial());
  if (op == "lstm") operands.insert(operands.end(), {initial(), nullptr});
  std::vector<std::string> names;
  for (int64_t d = 0; d < directions; ++d) {
    if (op != "rnn") names.emplace_back("sigmoid");
    for (int i = op == "lstm" ? 0 : 1; i < 2; ++i) names.emplace_back("tanh");
  }
  ir::Attributes attributes = {{"direction", std::string(directions == 2     ? "bidirectional"
                                                         : random.chance(30) ? "reverse"
                                                                             : "forward")},
                               {"activations", names}};
  if (random.chance(30))
    attributes["lengths"] = std::vector<int64_t>(static_cast<size_t>(batch), random.between(0, steps));
  if (op == "lstm") attributes["input_forget"] = random.chance(20);
  if (op == "gru") attributes["linear_before_reset"] = random.chance(50);
  make.finish(sink, op, operands, std::move(attributes), random_narrow(random, {}));
}

}  // namespace

void reduction_cases(Random& random, int rounds, const CaseSink& sink) {
  for (int i = 0; i < 3 * rounds; ++i) {
    softmax(random, sink);
    layer_norm(random, sink);
    dynamic_quantize(random, sink);
    recurrent(random, sink, "rnn", 1, 1);
    recurrent(random, sink, "gru", 3, 2);
    recurrent(random, sink, "lstm", 4, 3);
    recurrent_integers(random, sink, "rnn", 1);
    recurrent_integers(random, sink, "gru", 3);
    recurrent_integers(random, sink, "lstm", 4);
    for (const char* op : {"arg_max", "arg_min"}) extremes(random, sink, op);
    for (const ir::OpDef* def : ir::all_ops()) {
      if (def->reduce) reduce(random, sink, def->name);
    }
  }
}

}  // namespace tinyc
