// SPDX-License-Identifier: Apache-2.0
// Functions of one and two variables, comparisons, choices.
#include <cmath>
#include <limits>

#include "ir/op_def.h"
#include "ir/ops/common.h"
#include "tests/kernels/cases.h"

namespace tinyc {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

const std::vector<ir::Shape> kShapes = {{1},       {7}, {1, 5},    {1, 3, 4},    {1, 4, 3, 2},
                                        {2, 3, 2}, {},  {1, 1, 6}, {1, 5, 1, 1}, {2, 1, 3, 2}};

// A pair of shapes that broadcast: equal, scalar, last axis, one row, or axes of 1 on either side.
std::pair<ir::Shape, ir::Shape> shape_pair(Random& random) {
  const ir::Shape shape = random.pick(kShapes);
  ir::Shape other = shape;
  switch (random.between(0, 5)) {
    case 0:
      break;
    case 1:
      other = {};
      break;
    case 2:
      other = shape.empty() ? ir::Shape{} : ir::Shape{shape.back()};
      break;
    case 3:
      if (other.size() > 1) other[1] = 1;
      break;
    case 4:
      if (!other.empty()) other.erase(other.begin());
      break;
    default:
      for (int64_t& size : other) size = random.chance(50) ? 1 : size;
  }
  ir::Shape first = shape;
  if (random.chance(20) && first.size() == other.size()) {
    for (size_t i = 0; i < first.size(); ++i) first[i] = random.chance(30) ? 1 : first[i];
  }
  return random.chance(50) ? std::pair{first, other} : std::pair{other, first};
}

// Where a function is defined and smooth enough to compare.
ir::Tensor domain_of(Random& random, std::string_view op, const ir::Type& type) {
  double low = -4;
  double high = 4;
  if (op == "acos" || op == "asin" || op == "atanh") low = -0.99, high = 0.99;
  if (op == "acosh") low = 1, high = 20;
  if (op == "log" || op == "sqrt") low = 0.01, high = 50;
  if (op == "tan") low = -1.4, high = 1.4;
  if (op == "reciprocal") low = 0.1, high = 9;
  ir::Tensor tensor(type.element, type.shape);
  const bool steps = op == "round" || op == "ceil" || op == "floor" || op == "sign" || random.chance(20);
  for (int64_t i = 0; i < tensor.size(); ++i) {
    const double value = random.real(low, high);
    tensor.set_real(i, steps && low < 0 ? std::round(value * 2) / 2 : value);
  }
  return tensor;
}

ir::Attributes attributes_of(Random& random, const ir::OpDef& def) {
  ir::Attributes attributes;
  for (const ir::AttributeDef& attribute : def.attributes) {
    if (attribute.kind == ir::AttributeKind::real && random.chance(40))
      attributes[std::string(attribute.name)] = random.real(0.1, 1.5);
  }
  if (def.name == "clip") {
    attributes["min"] = random.chance(30) ? -kInfinity : random.real(-2, 0.5);
    attributes["max"] = random.chance(30) ? kInfinity : random.real(0, 3);
  }
  if (def.name == "is_inf")
    attributes = {{"negative", random.chance(50) ? 1.0 : 0.0}, {"positive", random.chance(50) ? 1.0 : 0.0}};
  return attributes;
}

ir::Tensor with_specials(Random& random, ir::Tensor tensor) {
  for (int64_t i = 0; i < tensor.size(); ++i) {
    if (random.chance(40))
      tensor.set_real(i, random.pick(std::vector<double>{std::nan(""), kInfinity, -kInfinity, 0.0}));
  }
  return tensor;
}

void unary(Random& random, const CaseSink& sink, const ir::OpDef& def) {
  const ir::Shape shape = random.pick(kShapes);
  CaseMaker real(random);
  const ir::Type type = float_type(shape);
  const bool tests = def.name == "is_nan" || def.name == "is_inf";
  ir::Tensor data = domain_of(random, def.name, type);
  if (tests || def.name == "relu" || def.name == "clip" || def.name == "abs")
    data = with_specials(random, std::move(data));
  real.finish(sink, def.name, {real.input(type, data)}, attributes_of(random, def), std::nullopt, 1e-5);
  if (!tests) {
    CaseMaker quantized(random);
    const ir::Type result = random.chance(30) ? ir::Type{} : random_q8(random, {});
    const ir::Type in = random_q8(random, shape);
    quantized.finish(sink, def.name, {quantized.input(in)}, attributes_of(random, def), result.quant ? result : in);
    CaseMaker narrow(random);
    narrow.finish(sink, def.name, {narrow.input(random_narrow(random, shape))}, attributes_of(random, def),
                  random_narrow(random, {}));
  }
  if (!def.scalar_integer) return;
  static const std::vector<ir::Element> kElements = {ir::Element::i8,  ir::Element::u8,  ir::Element::i16,
                                                     ir::Element::i32, ir::Element::u32, ir::Element::i64};
  CaseMaker plain(random);
  const bool logical = def.name == "logical_not";
  plain.finish(sink, def.name, {plain.input(plain_type(logical ? ir::Element::b1 : random.pick(kElements), shape))},
               attributes_of(random, def));
}

bool is_logical(std::string_view name) { return name.substr(0, 8) == "logical_"; }

// Divisors and exponents that keep away from jumps.
ir::Tensor second_operand(Random& random, std::string_view op, const ir::Type& type) {
  ir::Tensor tensor = random_tensor(random, type);
  if (!ir::is_float(type.element)) return tensor;
  for (int64_t i = 0; i < tensor.size(); ++i) {
    if (op == "div" || op == "mod" || op == "fmod") tensor.set_real(i, random.pick(std::vector<double>{0.5, 2, -4, 8}));
    if (op == "pow") tensor.set_real(i, static_cast<double>(random.between(-2, 3)));
  }
  return tensor;
}

void binary(Random& random, const CaseSink& sink, const ir::OpDef& def) {
  const auto [a, b] = shape_pair(random);
  CaseMaker real(random);
  ir::Attributes attributes;
  if (def.attribute("activation") && random.chance(30)) attributes["activation"] = std::string("relu");
  const bool exact = def.name == "mod" || def.name == "fmod" || def.name == "equal" || random.chance(20);
  const auto data = [&](const ir::Type& type, bool second) {
    ir::Tensor tensor = second ? second_operand(random, def.name, type) : random_tensor(random, type);
    for (int64_t i = 0; exact && !second && i < tensor.size(); ++i) tensor.set_real(i, std::round(tensor.real(i)));
    return tensor;
  };
  if (!is_logical(def.name)) {
    ir::Value* x = real.input(float_type(a), data(float_type(a), false));
    const ir::Tensor other = data(float_type(b), true);
    ir::Value* y = random.chance(40) ? real.constant(float_type(b), other) : real.input(float_type(b), other);
    real.finish(sink, def.name, {x, y}, attributes, std::nullopt, 2e-5);
  }
  if (def.name == "add" || def.name == "sub" || def.name == "mul" || def.name == "div") {
    CaseMaker wide(random);
    const ir::Type type = plain_type(ir::Element::f64, a);
    ir::Value* x = wide.input(type, random_tensor(random, type));
    const ir::Type other = plain_type(ir::Element::f64, b);
    wide.finish(sink, def.name, {x, wide.input(other, second_operand(random, def.name, other))});
  }
  if (def.binary->quantized) {
    for (int i = 0; i < 3; ++i) {
      CaseMaker quantized(random);
      const bool clamps = def.attribute("activation") && random.chance(30);
      ir::Value* x = quantized.operand(random_narrow(random, a));
      ir::Value* y = quantized.operand(random_narrow(random, b));
      quantized.finish(sink, def.name, {x, y},
                       clamps ? ir::Attributes{{"activation", std::string("relu")}} : ir::Attributes{},
                       random_narrow(random, {}));
    }
  }
  static const std::vector<ir::Element> kElements = {ir::Element::i8, ir::Element::u8, ir::Element::i16,
                                                     ir::Element::i32, ir::Element::i64};
  const ir::Element element = is_logical(def.name)                ? ir::Element::b1
                              : def.name.substr(0, 6) == "shift_" ? ir::Element::u8
                                                                  : random.pick(kElements);
  CaseMaker plain(random);
  ir::Value* x = plain.input(plain_type(element, a));
  plain.finish(sink, def.name, {x, plain.operand(plain_type(element, b))});
}

void choice(Random& random, const CaseSink& sink) {
  const auto [a, b] = shape_pair(random);
  const auto [c, d] = shape_pair(random);
  static_cast<void>(d);
  const ir::Element element =
      random.pick(std::vector<ir::Element>{ir::Element::f32, ir::Element::i8, ir::Element::i64, ir::Element::b1});
  CaseMaker make(random);
  const bool same = random.chance(50);
  ir::Value* condition = make.input(plain_type(ir::Element::b1, same ? a : c));
  ir::Value* yes = make.operand(plain_type(element, a));
  make.finish(sink, "select", {condition, yes, make.operand(plain_type(element, b))});
}

// Residuals: sums and differences of two 8-bit tensors of one shape.
void same_shape_sum(Random& random, const CaseSink& sink) {
  CaseMaker make(random);
  const ir::Shape shape = {1, random.between(1, 4), random.between(1, 4), random.between(1, 9)};
  ir::Value* a = make.input(random_q8(random, shape));
  ir::Value* b = make.input(random_q8(random, shape));
  make.finish(sink, random.chance(70) ? "add" : "sub", {a, b}, {}, random_q8(random, {}));
}

}  // namespace

void elementwise_cases(Random& random, int rounds, const CaseSink& sink) {
  for (const ir::OpDef* def : ir::all_ops()) {
    for (int i = 0; i < rounds; ++i) {
      if (def->scalar) unary(random, sink, *def);
      if (def->binary) binary(random, sink, *def);
    }
  }
  for (int i = 0; i < 4 * rounds; ++i) choice(random, sink);
  for (int i = 0; i < 8 * rounds; ++i) same_shape_sum(random, sink);
}

}  // namespace tinyc
