// SPDX-License-Identifier: Apache-2.0
#include "backends/kernel_recurrent_q8.h"

#include <algorithm>
#include <cmath>

#include "ir/op_def.h"
#include "ir/ops/recurrent_integer.h"

namespace tinyc {
namespace {

constexpr size_t kInitialH = 4, kInitialC = 5;

bool fits_8_bits(const std::vector<int32_t>& values) {
  return std::all_of(values.begin(), values.end(), [](int32_t value) { return value >= -128 && value <= 127; });
}

std::vector<int8_t> narrowed(const std::vector<int32_t>& values) { return {values.begin(), values.end()}; }

// From a state of `bits` to a result.
ir::FixedPoint result_scale(const ir::Type& result, int bits) {
  return ir::to_fixed_point(std::ldexp(1 / result.quant->scale(), -bits));
}

ir::FixedPoint initial_scale(const ir::Type& state, int bits) {
  return ir::to_fixed_point(std::ldexp(state.quant->scale(), bits));
}

struct StateNames {
  std::string_view multiplier, shift, zero, kind;
};

void add_initial(std::vector<GeometryField>& fields, const ir::Op& op, size_t operand, int bits, StateNames names) {
  const ir::Value* initial = op.operand(operand);
  const ir::FixedPoint scale = initial ? initial_scale(initial->type, bits) : ir::FixedPoint{};
  fields.push_back({names.multiplier, scale.multiplier});
  fields.push_back({names.shift, scale.shift});
  fields.push_back({names.zero, initial ? initial->type.quant->zero_point() : 0});
  fields.push_back({names.kind, initial ? narrow_kind(initial->type) : 0});
}

void add_result(std::vector<GeometryField>& fields, const ir::Op& op, size_t result, int bits, StateNames names) {
  const ir::Type& type = op.results[result]->type;
  const ir::FixedPoint scale = result_scale(type, bits);
  fields.push_back({names.multiplier, scale.multiplier});
  fields.push_back({names.shift, scale.shift});
  fields.push_back({names.zero, type.quant->zero_point()});
  fields.push_back({names.kind, narrow_kind(type)});
}

}  // namespace

std::optional<std::string> need_recurrent_q8(const ir::Op& op) {
  if (auto reason = need_narrow(op.operand_type(0), "its input")) return reason;
  const int64_t gates = op.is("lstm") ? 4 : op.is("gru") ? 3 : 1;
  const std::optional<ir::RecurrentSteps> steps = ir::recurrent_steps(op, gates);
  if (!steps || !fits_8_bits(steps->w) || !fits_8_bits(steps->r))
    return "needs weights that fit 8 bits after their zero point is taken off";
  if (!op.operand(3)) return "needs a bias";
  for (const size_t i : {kInitialH, kInitialC}) {
    if (i >= op.def->operands.size() || !op.operand(i)) continue;
    if (ir::constant_data(op.operand(i))) return "needs initial states that the model computes, or none";
    if (auto reason = need_narrow(op.operand_type(i), "its initial states")) return reason;
  }
  for (size_t i = 0; i < op.results.size(); ++i) {
    const ir::Type& result = op.results[i]->type;
    if (auto reason = need_narrow(result, "its results")) return reason;
    const int bits = i == 2 ? ir::kGateInputBits : ir::kHiddenBits;
    const int64_t largest = i == 2 ? ir::kLargestCell : 32768;
    if (!fits_requantize(result_scale(result, bits), largest)) return "needs larger output scales";
  }
  return std::nullopt;
}

Built build_recurrent_q8(const ir::Op& op, int64_t gates, std::vector<GeometryField> further) {
  const ir::Recurrence s = ir::recurrence_of(op, gates);
  const ir::RecurrentSteps steps = *ir::recurrent_steps(op, gates);
  const ir::Type& x = op.operand_type(0);
  std::vector<int32_t> rows;
  for (size_t i = 0; i < steps.rows.size(); ++i) {
    const ir::GateRow& row = steps.rows[i];
    int64_t sum = 0;
    for (int64_t k = 0; k < s.inputs; ++k) sum += steps.w[i * static_cast<size_t>(s.inputs) + static_cast<size_t>(k)];
    rows.insert(rows.end(),
                {static_cast<int32_t>(static_cast<uint32_t>(-sum * x.quant->zero_point())), row.from_x.multiplier,
                 row.from_x.shift, row.bias_x, row.from_h.multiplier, row.from_h.shift, row.bias_h});
  }
  Built built;
  built.geometry = {{"steps", s.steps},           {"batch", s.batch},
                    {"inputs", s.inputs},         {"hidden", s.hidden},
                    {"directions", s.directions}, {"reverse", op.text("direction") == "reverse"},
                    {"in_kind", narrow_kind(x)}};
  add_initial(built.geometry, op, kInitialH, ir::kHiddenBits,
              {"start_h_multiplier", "start_h_shift", "start_h_zero", "start_h_kind"});
  add_result(built.geometry, op, 0, ir::kHiddenBits, {"y_multiplier", "y_shift", "y_zero", "y_kind"});
  add_result(built.geometry, op, 1, ir::kHiddenBits,
             {"last_h_multiplier", "last_h_shift", "last_h_zero", "last_h_kind"});
  if (op.is("lstm")) {
    add_initial(built.geometry, op, kInitialC, ir::kGateInputBits,
                {"start_c_multiplier", "start_c_shift", "start_c_zero", "start_c_kind"});
    add_result(built.geometry, op, 2, ir::kGateInputBits,
               {"last_c_multiplier", "last_c_shift", "last_c_zero", "last_c_kind"});
  }
  built.geometry.insert(built.geometry.end(), further.begin(), further.end());
  built.constants = {
      packed("w", "[directions][gates * hidden][inputs], zero points taken off", narrowed(steps.w)),
      packed("r", "[directions][gates * hidden][hidden], zero points taken off", narrowed(steps.r)),
      packed("gate_rows",
             "[directions][gates * hidden]: start of the sum, then of x and of h multiplier, shift and bias", rows),
      packed("sigmoid", "1 / (1 + exp(j / 8)) in units of 2^-16", ir::gate_table()),
      packed("lengths", "steps per batch entry", lengths_of(op))};
  return built;
}

}  // namespace tinyc
