// SPDX-License-Identifier: Apache-2.0
#include "tests/kernels/cases.h"

#include <algorithm>

#include "ir/op_def.h"
#include "ir/verify.h"

namespace tinyc {

namespace {

enum class Fill { random, lowest, highest, both_ends, small, zero };

Fill random_fill(Random& random) {
  if (random.chance(70)) return Fill::random;
  return random.pick(std::vector<Fill>{Fill::lowest, Fill::highest, Fill::both_ends, Fill::small, Fill::zero});
}

int64_t integer_of(Random& random, Fill fill, const ir::Type& type, int64_t index) {
  const int64_t low = ir::lowest(type.element);
  const int64_t high = ir::highest(type.element);
  const int64_t zero = type.quant && type.quant->per_tensor() ? type.quant->zero_point() : 0;
  switch (fill) {
    case Fill::lowest:
      return low;
    case Fill::highest:
      return high;
    case Fill::both_ends:
      return index % 2 ? low : high;
    case Fill::zero:
      return zero;
    case Fill::small:
      return std::clamp<int64_t>(zero + random.between(-3, 3), low, high);
    default:
      break;
  }
  if (ir::element_bits(type.element) <= 16) return random.between(low, high);
  if (random.chance(10)) return random.pick(std::vector<int64_t>{low, high, 0, 1, -1});
  return random.between(std::max<int64_t>(low, -1000), std::min<int64_t>(high, 1000));
}

double real_of(Random& random, Fill fill, int64_t index) {
  switch (fill) {
    case Fill::lowest:
      return -30;
    case Fill::highest:
      return 30;
    case Fill::both_ends:
      return index % 2 ? -8 : 8;
    case Fill::zero:
      return 0;
    case Fill::small:
      return random.real(-1e-3, 1e-3);
    default:
      return random.real(-3, 3);
  }
}

}  // namespace

ir::Tensor random_tensor(Random& random, const ir::Type& type) {
  const Fill fill = random_fill(random);
  ir::Tensor tensor(type.element, type.shape);
  for (int64_t i = 0; i < tensor.size(); ++i) {
    if (ir::is_float(type.element)) {
      tensor.set_real(i, real_of(random, fill, i));
    } else if (type.element == ir::Element::b1) {
      tensor.set_integer(i, random.between(0, 1));
    } else {
      tensor.set_integer(i, integer_of(random, fill, type, i));
    }
  }
  return tensor;
}

ir::Type float_type(ir::Shape shape) { return {ir::Element::f32, std::move(shape), std::nullopt}; }
ir::Type plain_type(ir::Element element, ir::Shape shape) { return {element, std::move(shape), std::nullopt}; }

ir::Type random_q8(Random& random, ir::Shape shape) {
  const ir::Element element = random.chance(70) ? ir::Element::i8 : ir::Element::u8;
  const int64_t low = ir::lowest(element);
  const int64_t high = ir::highest(element);
  const int64_t zero = random.chance(40) ? random.pick(std::vector<int64_t>{low, high, std::max<int64_t>(low, 0)})
                                         : random.between(low, high);
  const double scale =
      random.chance(50) ? random.pick(std::vector<double>{0.5, 0.25, 1.0, 0.0625}) : random.real(0.01, 0.3);
  return {element, std::move(shape), ir::Quantization{{static_cast<double>(static_cast<float>(scale))}, {zero}, -1}};
}

ir::Type random_narrow(Random& random, ir::Shape shape) {
  ir::Type type = random_q8(random, std::move(shape));
  if (random.chance(40)) return type;
  type.element = random.chance(70) ? ir::Element::i16 : ir::Element::u16;
  const bool symmetric = type.element == ir::Element::i16 && random.chance(60);
  type.quant->zero_points = {symmetric ? 0 : random.between(ir::lowest(type.element), ir::highest(type.element))};
  type.quant->scales = {static_cast<double>(static_cast<float>(random.real(1e-5, 1e-2)))};
  return type;
}

CaseMaker::CaseMaker(Random& random) : random_(random) { case_.graph = std::make_unique<ir::Graph>(); }

ir::Value* CaseMaker::input(const ir::Type& type) { return input(type, random_tensor(random_, type)); }
ir::Value* CaseMaker::input(const ir::Type& type, ir::Tensor data) {
  case_.inputs.push_back(std::move(data));
  return case_.graph->add_input("x", type);
}
ir::Value* CaseMaker::flattened_input(const ir::Type& type) {
  ir::Type flat = type;
  flat.shape = {1, type.elements()};
  case_.inputs.push_back(random_tensor(random_, flat));
  ir::Builder builder(*case_.graph);
  return builder.make("reshape", {case_.graph->add_input("x", type)}, {{"shape", flat.shape}});
}
ir::Value* CaseMaker::constant(const ir::Type& type) { return constant(type, random_tensor(random_, type)); }
ir::Value* CaseMaker::constant(const ir::Type& type, ir::Tensor data) {
  ir::Builder builder(*case_.graph);
  return type.quant ? builder.constant(std::move(data), *type.quant) : builder.constant(std::move(data));
}

namespace {

// TensorFlow Lite's arithmetic for some of the operators that have it, with the quantisation that it asks for.
void vary_rounding(Random& random, ir::Op& op) {
  if (!op.def->attribute("rounding") || !op.result_type().quantized() || !random.chance(25)) return;
  const ir::Type before = op.result_type();
  ir::Type& y = op.results[0]->type;
  if (op.is("softmax") || op.is("sigmoid")) {
    y.element = ir::Element::i8;
    y.quant = ir::Quantization{{1.0 / 256}, {-128}, -1};
  }
  if (op.is("average_pool")) {
    y.element = op.operand_type(0).element;
    y.quant = op.operand_type(0).quant;
  }
  op.attributes["rounding"] = random.pick(std::vector<std::string>{"tflite", "tflite-single"});
  if (ir::verify(op)) return;
  op.attributes.erase("rounding");
  y = before;
}

}  // namespace

void CaseMaker::finish(const CaseSink& sink, std::string_view op, std::vector<ir::Value*> operands,
                       ir::Attributes attributes, std::optional<ir::Type> result, double tolerance, double scale) {
  ir::Builder builder(*case_.graph);
  Result<ir::Op*> made = builder.try_create(op, std::move(operands), std::move(attributes));
  if (!made) return;
  if (result) {
    for (ir::Value* value : (*made)->results) {
      value->type.element = result->element;
      value->type.quant = result->quant;
    }
  }
  vary_rounding(random_, **made);
  if (const Status status = ir::verify(*(*made)); !status) return;
  if ((*made)->result()->type.elements() == 0) return;
  for (ir::Value* value : (*made)->results) case_.graph->add_output(value);
  case_.op = (*made);
  case_.tolerance = tolerance;
  case_.scale = scale;
  sink(std::move(case_));
}

}  // namespace tinyc
