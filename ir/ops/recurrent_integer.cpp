// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/recurrent_integer.h"

#include <algorithm>
#include <cmath>

#include "ir/ops/accumulator.h"

namespace tinyc::ir {
namespace {

constexpr size_t kBias = 3, kInitialH = 4, kInitialC = 5, kPeephole = 6;
constexpr double kLargestGateInput = 1073741824.0;  // 2^30

int64_t half_up(int64_t value, FixedPoint scale) {
  const __int128 product = static_cast<__int128>(value) * scale.multiplier;
  return static_cast<int64_t>((product + (static_cast<__int128>(1) << (scale.shift - 1))) >> scale.shift);
}

double row_scale(const Type& weights, int64_t direction, int64_t row) {
  return weights.quant->scale(weights.quant->axis == 0 ? direction : row);
}

// The largest possible sum of `count` weights times numbers of at most `largest`.
int64_t largest_sum(const int32_t* weights, int64_t count, int64_t largest) {
  int64_t sum = 0;
  for (int64_t k = 0; k < count; ++k) sum += std::abs(static_cast<int64_t>(weights[k])) * largest;
  return sum;
}

// Nothing if a sum, a scale or their product is too large; else the fixed-point factor.
std::optional<FixedPoint> gate_scale(double scale, int64_t largest, double& bound) {
  bound += static_cast<double>(largest) * scale;
  if (largest >= int64_t{1} << 31 || !(scale < kLargestGateInput / 4)) return std::nullopt;
  return to_fixed_point(scale);
}

bool is_state(const Value* value) {
  if (!value) return true;
  const Type& type = value->type;
  return type.quantized() && type.quant->per_tensor() && element_bits(type.element) <= 16;
}

bool usual_activations(const Op& op, int64_t gates) {
  const std::vector<std::string>& names = op.texts("activations");
  const size_t each = gates == 4 ? 3 : gates == 3 ? 2 : 1;
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i] != (gates > 1 && i % each == 0 ? "sigmoid" : "tanh")) return false;
  }
  return op.real("clip") == 0;
}

}  // namespace

std::vector<uint16_t> gate_table() {
  std::vector<uint16_t> table;
  for (int j = 0; j <= 97; ++j)
    table.push_back(static_cast<uint16_t>(round_half_even(65536 / (1 + std::exp(j / 8.0)))));
  return table;
}

// Between two entries a line and, by the second differences at both, a parabola.
int64_t GateFunctions::sigmoid(int64_t x) const {
  const int64_t magnitude = std::abs(x);
  const int64_t entry = magnitude >> 17;
  int64_t rest = 0;
  if (entry < 96) {
    const auto at = [&](int64_t j) { return int64_t{j < 0 ? 65536 - table_[1] : table_[static_cast<size_t>(j)]}; };
    const int64_t along = magnitude & 131071;
    const int64_t coarse = along >> 6;
    const int64_t fall = at(entry) - at(entry + 1);
    const int64_t bend = at(entry - 1) - at(entry) - at(entry + 1) + at(entry + 2);
    rest = at(entry) - ((fall * along + bend * (coarse * (2048 - coarse) >> 7) + 65536) >> 17);
  }
  return x < 0 ? rest : 65536 - rest;
}

int64_t GateFunctions::tanh(int64_t x) const { return 2 * sigmoid(2 * x) - 65536; }

std::optional<RecurrentSteps> recurrent_steps(const Op& op, int64_t gates) {
  const Recurrence s = recurrence_of(op, gates);
  const Type& x = op.operand_type(0);
  const int64_t rows = gates * s.hidden;
  RecurrentSteps steps{centred(*constant_data(op.operand(1)), op.operand_type(1)),
                       centred(*constant_data(op.operand(2)), op.operand_type(2)),
                       {}};
  const Tensor* bias = constant_data(op.operand(kBias));
  const int64_t zero = x.quant->zero_point();
  const int64_t largest_x = std::max(highest(x.element) - zero, zero - lowest(x.element));
  for (int64_t i = 0; i < s.directions * rows; ++i) {
    const int64_t d = i / rows;
    const int64_t row = i % rows;
    const auto bias_at = [&](int64_t at) { return bias ? bias->real(2 * d * rows + at) * (1 << kGateInputBits) : 0; };
    const double bias_x = bias_at(row);
    const double bias_h = bias_at(rows + row);
    double bound = std::fabs(bias_x) + std::fabs(bias_h);
    const double unit = std::ldexp(1, kGateInputBits);
    const auto from_x = gate_scale(x.quant->scale() * row_scale(op.operand_type(1), d, row) * unit,
                                   largest_sum(steps.w.data() + i * s.inputs, s.inputs, largest_x), bound);
    const auto from_h = gate_scale(std::ldexp(row_scale(op.operand_type(2), d, row) * unit, -kHiddenBits),
                                   largest_sum(steps.r.data() + i * s.hidden, s.hidden, 1 << kHiddenBits), bound);
    if (!from_x || !from_h || !(bound < kLargestGateInput - 4)) return std::nullopt;
    steps.rows.push_back({*from_x, *from_h, static_cast<int32_t>(round_half_even(bias_x)),
                          static_cast<int32_t>(round_half_even(bias_h))});
  }
  return steps;
}

Status verify_recurrent(const Op& op, int64_t gates) {
  const Type& x = op.operand_type(0);
  const auto quantized = [](const Value* value) { return value->type.quantized(); };
  const bool results = std::any_of(op.results.begin(), op.results.end(), quantized);
  if (!x.quantized() && !results) return {};
  if (!is_state(op.operand(0)) || !std::all_of(op.results.begin(), op.results.end(), is_state))
    return Failure{"operand and results must be quantised per tensor, in up to 16 bits"};
  for (size_t i = 1; i <= 2; ++i) {
    const Type& w = op.operand_type(i);
    if (!constant_data(op.operand(i)) || !w.quantized() || element_bits(w.element) > 8 || w.quant->axis > 1)
      return Failure{"weights must be constants of 8 bits, quantised per tensor or per gate and unit"};
  }
  if (op.operand(kBias) && (!constant_data(op.operand(kBias)) || op.operand_type(kBias).quantized()))
    return Failure{"the bias must be a float constant"};
  if (!usual_activations(op, gates)) return Failure{"has an integer form for sigmoid and tanh without clip only"};
  if (op.operand(kPeephole)) return Failure{"has no integer form with peepholes"};
  if (!is_state(op.operand(kInitialH)) || !is_state(op.operand(kInitialC)))
    return Failure{"initial states must be quantised per tensor, in up to 16 bits"};
  if (!recurrent_steps(op, gates)) return Failure{"its sums are too large for its integer form"};
  return {};
}

int64_t gate_input(const GateRow& row, const int32_t* weights, std::span<const int64_t> h) {
  int64_t sum = 0;
  for (size_t k = 0; k < h.size(); ++k) sum += weights[k] * h[k];
  return half_up(sum, row.from_h) + row.bias_h;
}

int64_t saturate_hidden(int64_t value) { return std::clamp<int64_t>(value, -32768, 32767); }

namespace {

// An initial state in units of 2^-bits.
std::vector<int64_t> start_state(const Op& op, const Tensor* initial, size_t operand, int64_t first, int64_t count,
                                 int bits) {
  std::vector<int64_t> state(static_cast<size_t>(count), 0);
  if (!initial) return state;
  const Quantization& quant = *op.operand_type(operand).quant;
  const FixedPoint scale = to_fixed_point(std::ldexp(quant.scale(), bits));
  for (int64_t i = 0; i < count; ++i) {
    const int64_t value = half_up(initial->integer(first + i) - quant.zero_point(), scale);
    state[static_cast<size_t>(i)] =
        bits == kHiddenBits ? saturate_hidden(value) : std::clamp(value, -kLargestCell, kLargestCell);
  }
  return state;
}

void store(Tensor& to, const Type& type, int64_t at, const std::vector<int64_t>& from, int bits) {
  const FixedPoint scale = to_fixed_point(std::ldexp(1 / type.quant->scale(), -bits));
  for (const int64_t value : from)
    to.set_integer(at++, saturate(type.quant->zero_point() + requantize(value, scale), type.element));
}

}  // namespace

void run_recurrent_integers(const Op& op, std::span<const Tensor* const> operands, std::span<Tensor> results,
                            int64_t gates, void (*step)(const Op& op, IntegerStep& step)) {
  const Recurrence s = recurrence_of(op, gates);
  const RecurrentSteps steps = *recurrent_steps(op, gates);
  const GateFunctions functions;
  const int64_t rows = gates * s.hidden;
  const std::vector<int32_t> x = centred(*operands[0], op.operand_type(0));
  const std::vector<int64_t>& lengths = op.integers("lengths");
  const auto operand = [&](size_t i) { return i < operands.size() ? operands[i] : nullptr; };
  for (int64_t i = 0; i < results[0].size(); ++i) results[0].set_integer(i, op.results[0]->type.quant->zero_point());
  for (int64_t d = 0; d < s.directions; ++d) {
    const bool backwards = op.text("direction") == "reverse" || d == 1;
    for (int64_t b = 0; b < s.batch; ++b) {
      const int64_t at = (d * s.batch + b) * s.hidden;
      std::vector<int64_t> h = start_state(op, operand(kInitialH), kInitialH, at, s.hidden, kHiddenBits);
      std::vector<int64_t> c;
      if (results.size() > 2) c = start_state(op, operand(kInitialC), kInitialC, at, s.hidden, kGateInputBits);
      IntegerStep state{s,
                        functions,
                        std::vector<int64_t>(static_cast<size_t>(rows)),
                        std::vector<int64_t>(static_cast<size_t>(rows)),
                        h,
                        c,
                        steps.rows.data() + d * rows,
                        steps.r.data() + d * rows * s.hidden};
      const int64_t length = lengths.empty() ? s.steps : lengths[static_cast<size_t>(b)];
      for (int64_t i = 0; i < length; ++i) {
        const int64_t t = backwards ? length - 1 - i : i;
        for (int64_t row = 0; row < rows; ++row) {
          int64_t sum = 0;
          for (int64_t k = 0; k < s.inputs; ++k)
            sum += static_cast<int64_t>(steps.w[static_cast<size_t>((d * rows + row) * s.inputs + k)]) *
                   x[static_cast<size_t>((t * s.batch + b) * s.inputs + k)];
          const auto index = static_cast<size_t>(row);
          state.from_x[index] = half_up(sum, state.rows[row].from_x) + state.rows[row].bias_x;
          state.from_h[index] = gate_input(state.rows[row], state.r + row * s.hidden, h);
        }
        step(op, state);
        store(results[0], op.results[0]->type, ((t * s.directions + d) * s.batch + b) * s.hidden, h, kHiddenBits);
      }
      store(results[1], op.results[1]->type, at, h, kHiddenBits);
      if (results.size() > 2) store(results[2], op.results[2]->type, at, c, kGateInputBits);
    }
  }
}

}  // namespace tinyc::ir
