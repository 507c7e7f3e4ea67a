// SPDX-License-Identifier: Apache-2.0
// rnn, gru and lstm on integers; docs/numerics.md "rnn, gru, lstm" is the specification.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "ir/ops/recurrent.h"

namespace tinyc::ir {

// Inputs of gates and cell states are in units of 2^-20, gates in units of 2^-16, hidden states in units of 2^-15.
inline constexpr int kGateInputBits = 20;
inline constexpr int kHiddenBits = 15;
inline constexpr int64_t kLargestCell = (int64_t{1} << 30) - 1;

// 1 / (1 + e^(j / 8)) in units of 2^-16, j = 0 to 97.
std::vector<uint16_t> gate_table();

// What turns the sums of one gate and unit into units of gate inputs.
struct GateRow {
  FixedPoint from_x;
  FixedPoint from_h;
  int32_t bias_x;
  int32_t bias_h;
};

struct RecurrentSteps {
  std::vector<int32_t> w;     // [D][G*H][I], zero points taken off
  std::vector<int32_t> r;     // [D][G*H][H]
  std::vector<GateRow> rows;  // [D][G*H]
};
// Nothing if sums of 32 bits or gate inputs below 2^30 are not provably enough. w and r are quantised constants, the
// bias is a float constant or absent.
std::optional<RecurrentSteps> recurrent_steps(const Op& op, int64_t gates);

// Rules of an operator that is quantised; nothing to say about others.
Status verify_recurrent(const Op& op, int64_t gates);

// Functions and numbers that a step uses.
class GateFunctions {
 public:
  GateFunctions() : table_(gate_table()) {}
  int64_t sigmoid(int64_t x) const;  // units of 2^-20 to units of 2^-16
  int64_t tanh(int64_t x) const;

 private:
  std::vector<uint16_t> table_;
};

// One direction of one batch entry at one step, on integers.
struct IntegerStep {
  const Recurrence& sizes;
  const GateFunctions& functions;
  std::vector<int64_t> from_x;  // gate inputs from x, per gate and unit
  std::vector<int64_t> from_h;  // and from h
  std::vector<int64_t>& h;      // states; the step replaces them
  std::vector<int64_t>& c;
  const GateRow* rows;  // [G*H] of the direction
  const int32_t* r;     // [G*H][H] of the direction
};
// Gate input of one row from a hidden state.
int64_t gate_input(const GateRow& row, const int32_t* weights, std::span<const int64_t> h);
int64_t saturate_hidden(int64_t value);

void run_recurrent_integers(const Op& op, std::span<const Tensor* const> operands, std::span<Tensor> results,
                            int64_t gates, void (*step)(const Op& op, IntegerStep& step));

}  // namespace tinyc::ir
