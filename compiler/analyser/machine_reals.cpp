// SPDX-License-Identifier: Apache-2.0
// Floats, while library functions are followed on typical operands.
#include <bit>
#include <cmath>

#include "compiler/analyser/machine.h"

namespace tinyc {
namespace {

Value value_of(float number) { return known(std::bit_cast<uint32_t>(number)); }

// Towards zero, to the ends of the range; NaN gives 0.
template <class Integer>
uint32_t whole(float number) {
  constexpr auto kLowest = static_cast<double>(std::numeric_limits<Integer>::min());
  constexpr auto kHighest = static_cast<double>(std::numeric_limits<Integer>::max());
  if (std::isnan(number)) return 0;
  const double clamped = std::fmin(std::fmax(std::trunc(static_cast<double>(number)), kLowest), kHighest);
  return static_cast<uint32_t>(static_cast<Integer>(clamped));
}

Value real_result(RealOp op, float a, float b, float c, uint32_t bits) {
  switch (op) {
    case RealOp::add:
      return value_of(a + b);
    case RealOp::subtract:
      return value_of(a - b);
    case RealOp::multiply:
      return value_of(a * b);
    case RealOp::multiply_negated:
      return value_of(-(a * b));
    case RealOp::divide:
      return value_of(a / b);
    case RealOp::negate:
      return known(bits ^ 0x80000000u);
    case RealOp::absolute:
      return known(bits & 0x7FFFFFFFu);
    case RealOp::root:
      return value_of(std::sqrt(b));
    case RealOp::fused_add:
      return value_of(std::fma(a, b, c));
    case RealOp::fused_subtract:
      return value_of(std::fma(-a, b, c));
    case RealOp::fused_negated_add:
      return value_of(std::fma(-a, b, -c));
    case RealOp::fused_negated_subtract:
      return value_of(std::fma(a, b, -c));
    case RealOp::multiply_add:
      return value_of(c + a * b);
    case RealOp::multiply_subtract:
      return value_of(c - a * b);
    case RealOp::to_signed:
      return known(whole<int32_t>(b));
    case RealOp::to_unsigned:
      return known(whole<uint32_t>(b));
    case RealOp::from_signed:
      return value_of(static_cast<float>(static_cast<int32_t>(bits)));
    case RealOp::from_unsigned:
      return value_of(static_cast<float>(bits));
    default:
      return known(bits);
  }
}

}  // namespace

void Machine::compute_real(const Operation& o) {
  const auto real = [&](uint8_t number) { return number < 32 ? state.reals[number] : value_of(o.number); };
  const Value a = real(o.left), b = real(o.right), c = real(o.to);
  if (o.real == RealOp::compare) {
    const float x = std::bit_cast<float>(a.bits), y = std::bit_cast<float>(b.bits);
    state.real_flags = {x < y, x == y, !(x < y), std::isnan(x) || std::isnan(y), library_ && a.known && b.known};
    return;
  }
  const bool all = library_ && (o.left >= 32 || a.known) && b.known &&
                   (o.real < RealOp::fused_add || c.known || o.real >= RealOp::to_signed);
  const auto number = [](Value value) { return std::bit_cast<float>(value.bits); };
  state.reals[o.to] = all ? real_result(o.real, number(a), number(b), number(c), b.bits) : kUnknown;
}

void Machine::take_real_flags() {
  const State::RealFlags& flags = state.real_flags;
  state.sign_known = state.carry_known = state.overflow_known = flags.known;
  state.negative = flags.less, state.zero = flags.equal, state.carry = flags.not_less, state.overflow = flags.unordered;
}

void Machine::forget_reals() {
  state.reals.fill(kUnknown);
  state.real_flags = {};
}

}  // namespace tinyc
