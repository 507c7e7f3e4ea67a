// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/recurrent.h"

#include <fmt/format.h>

#include <algorithm>

namespace tinyc::ir {
namespace {

constexpr size_t kBias = 3, kInitialH = 4, kInitialC = 5, kPeephole = 6;

Status expect(const Op& op, size_t index, const Shape& wanted) {
  if (!op.operand(index) || op.operand_type(index).shape == wanted) return {};
  return Failure{fmt::format("{} is {} where {} is needed", op.def->operands[index].name,
                             shape_text(op.operand_type(index).shape), shape_text(wanted))};
}

size_t activations_per_direction(const Op& op) { return op.def->name == "lstm" ? 3 : op.def->name == "gru" ? 2 : 1; }

size_t argument_count(std::string_view activation) { return real_attribute_count(op_def(activation)); }

Status check_activations(const Op& op, int64_t directions) {
  const std::vector<std::string>& names = op.texts("activations");
  if (names.size() != activations_per_direction(op) * static_cast<size_t>(directions))
    return Failure{fmt::format("{} activations for {} directions", names.size(), directions)};
  size_t wanted = 0;
  for (const std::string& name : names) {
    if (!unary_function(name)) return Failure{"unknown activation '" + name + "'"};
    wanted += argument_count(name);
  }
  if (op.reals("activation_args").size() != wanted)
    return Failure{fmt::format("the activations take {} arguments", wanted)};
  return {};
}

}  // namespace

std::vector<OperandDef> recurrent_operands(std::vector<OperandDef> further) {
  std::vector<OperandDef> operands = {
      {"x"}, {"w"}, {"r"}, {"bias", OperandKind::optional}, {"initial_h", OperandKind::optional, "0 if absent"}};
  operands.insert(operands.end(), further.begin(), further.end());
  return operands;
}

std::vector<AttributeDef> recurrent_attributes(std::vector<AttributeDef> further) {
  std::vector<AttributeDef> attributes = {
      {"direction", AttributeKind::text, Attribute{std::string("forward")}, "forward, reverse or bidirectional"},
      {"activations", AttributeKind::texts, std::nullopt, "unary operators, those of the first direction first"},
      {"activation_args", AttributeKind::reals, Attribute{std::vector<double>{}}, "their real attributes, in order"},
      {"clip", AttributeKind::real, Attribute{0.0}, "inputs of activations are clipped to +-clip; 0 = not"},
      {"lengths", AttributeKind::integers, Attribute{std::vector<int64_t>{}}, "steps per batch entry; empty = all"}};
  attributes.insert(attributes.end(), further.begin(), further.end());
  return attributes;
}

Recurrence recurrence_of(const Op& op, int64_t gates) {
  const Shape& x = op.operand_type(0).shape;
  const Shape& r = op.operand_type(2).shape;
  return {x[0], x[1], x[2], r[2], r[0], gates};
}

Status infer_recurrent(Op& op, int64_t gates) {
  for (size_t i = 0; i < 3; ++i) {
    if (op.operand_type(i).rank() != 3) return Failure{"x, w and r must have rank 3"};
  }
  const Recurrence s = recurrence_of(op, gates);
  const std::string& direction = op.text("direction");
  if (direction != "forward" && direction != "reverse" && direction != "bidirectional")
    return Failure{"direction is '" + direction + "'"};
  if (s.directions != (direction == "bidirectional" ? 2 : 1))
    return Failure{fmt::format("weights for {} directions, but direction is {}", s.directions, direction)};
  const Shape state = {s.directions, s.batch, s.hidden};
  const std::pair<size_t, Shape> wanted[] = {{1, {s.directions, gates * s.hidden, s.inputs}},
                                             {2, {s.directions, gates * s.hidden, s.hidden}},
                                             {kBias, {s.directions, 2 * gates * s.hidden}},
                                             {kInitialH, state},
                                             {kInitialC, state},
                                             {kPeephole, {s.directions, 3 * s.hidden}}};
  for (const auto& [index, shape] : wanted) {
    if (const Status status = expect(op, index, shape); !status) return status;
  }
  const std::vector<int64_t>& lengths = op.integers("lengths");
  const auto inside = [&](int64_t length) { return length >= 0 && length <= s.steps; };
  if (!lengths.empty() &&
      (static_cast<int64_t>(lengths.size()) != s.batch || !std::all_of(lengths.begin(), lengths.end(), inside)))
    return Failure{fmt::format("lengths {} of {} sequences of {} steps", shape_text(lengths), s.batch, s.steps)};
  for (size_t i = 0; i < op.results.size(); ++i) {
    op.results[i]->type.element = op.operand_type(0).element;
    op.results[i]->type.shape = i == 0 ? Shape{s.steps, s.directions, s.batch, s.hidden} : state;
  }
  return check_activations(op, s.directions);
}

int64_t recurrent_macs(const Op& op) {
  const Shape& x = op.operand_type(0).shape;
  return x[0] * x[1] * (op.operand_type(1).elements() + op.operand_type(2).elements());
}

std::vector<UnaryFunction> recurrent_functions(const Op& op, int64_t direction,
                                               std::vector<std::vector<double>>& args) {
  const std::vector<std::string>& names = op.texts("activations");
  const std::vector<double>& all = op.reals("activation_args");
  const size_t count = activations_per_direction(op);
  const size_t first = static_cast<size_t>(direction) * count;
  std::vector<UnaryFunction> functions;
  size_t next = 0;
  for (size_t i = 0; i < first + count; ++i) {
    const size_t taken = argument_count(names[i]);
    if (i >= first) {
      functions.push_back(unary_function(names[i]));
      args.emplace_back(all.begin() + static_cast<std::ptrdiff_t>(next),
                        all.begin() + static_cast<std::ptrdiff_t>(next + taken));
    }
    next += taken;
  }
  return functions;
}

double Step::activate(size_t which, double x) const {
  if (clip > 0) x = std::clamp(x, -clip, clip);
  return functions[which](x, args[which]);
}

namespace {

// matrix [rows, columns] times vector, plus bias (nullptr: none).
void multiply(const double* matrix, const double* vector, const double* bias, int64_t columns,
              std::vector<double>& result) {
  for (size_t i = 0; i < result.size(); ++i) {
    double sum = bias ? bias[i] : 0;
    const double* row = matrix + static_cast<int64_t>(i) * columns;
    for (int64_t k = 0; k < columns; ++k) sum += row[k] * vector[k];
    result[i] = sum;
  }
}

std::vector<double> state_of(const Tensor* initial, const Recurrence& s, int64_t direction, int64_t entry) {
  std::vector<double> state(static_cast<size_t>(s.hidden), 0.0);
  for (int64_t i = 0; initial && i < s.hidden; ++i)
    state[static_cast<size_t>(i)] = initial->real((direction * s.batch + entry) * s.hidden + i);
  return state;
}

struct Parameters {
  std::vector<double> x, w, r, bias, peephole;
};

Parameters parameters_of(std::span<const Tensor* const> operands) {
  Parameters p{operands[0]->reals(), operands[1]->reals(), operands[2]->reals(), {}, {}};
  if (operands[kBias]) p.bias = operands[kBias]->reals();
  if (operands.size() > kPeephole && operands[kPeephole]) p.peephole = operands[kPeephole]->reals();
  return p;
}

void store(Tensor& to, int64_t at, const std::vector<double>& from) {
  for (const double value : from) to.set_real(at++, value);
}

}  // namespace

void run_recurrent(const Op& op, std::span<const Tensor* const> operands, std::span<Tensor> results, int64_t gates,
                   void (*step)(const Op& op, Step& step)) {
  const Recurrence s = recurrence_of(op, gates);
  const Parameters p = parameters_of(operands);
  const int64_t rows = gates * s.hidden;
  const std::vector<int64_t>& lengths = op.integers("lengths");
  for (int64_t d = 0; d < s.directions; ++d) {
    const double* bias = p.bias.empty() ? nullptr : p.bias.data() + d * 2 * rows;
    const double* r_bias = bias ? bias + rows : nullptr;
    const bool backwards = op.text("direction") == "reverse" || d == 1;
    for (int64_t b = 0; b < s.batch; ++b) {
      std::vector<double> h = state_of(operands[kInitialH], s, d, b);
      std::vector<double> c = state_of(results.size() > 2 ? operands[kInitialC] : nullptr, s, d, b);
      Step state{s,
                 d,
                 std::vector<double>(static_cast<size_t>(rows)),
                 std::vector<double>(static_cast<size_t>(rows)),
                 h,
                 c,
                 p.r.data() + d * rows * s.hidden,
                 r_bias,
                 p.peephole.empty() ? nullptr : p.peephole.data() + d * 3 * s.hidden,
                 op.real("clip"),
                 {},
                 {}};
      state.functions = recurrent_functions(op, d, state.args);
      const int64_t length = lengths.empty() ? s.steps : lengths[static_cast<size_t>(b)];
      for (int64_t i = 0; i < length; ++i) {
        const int64_t t = backwards ? length - 1 - i : i;
        multiply(p.w.data() + d * rows * s.inputs, p.x.data() + (t * s.batch + b) * s.inputs, bias, s.inputs,
                 state.from_x);
        multiply(state.r, h.data(), r_bias, s.hidden, state.from_h);
        step(op, state);
        store(results[0], ((t * s.directions + d) * s.batch + b) * s.hidden, h);
      }
      store(results[1], (d * s.batch + b) * s.hidden, h);
      if (results.size() > 2) store(results[2], (d * s.batch + b) * s.hidden, c);
    }
  }
}

}  // namespace tinyc::ir
