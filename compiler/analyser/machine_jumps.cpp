// SPDX-License-Identifier: Apache-2.0
// Where a program goes on.
#include "compiler/analyser/machine.h"

namespace tinyc {
namespace {

constexpr uint8_t kReturnAddress = 14;

}  // namespace

Truth Machine::holds(uint8_t condition) const {
  const State& s = state;
  bool have = false, is = false;
  switch (condition >> 1) {
    case 0:
      have = s.sign_known, is = s.zero;
      break;
    case 1:
      have = s.carry_known, is = s.carry;
      break;
    case 2:
      have = s.sign_known, is = s.negative;
      break;
    case 3:
      have = s.overflow_known, is = s.overflow;
      break;
    case 4:
      have = s.carry_known && s.sign_known, is = s.carry && !s.zero;
      break;
    case 5:
      have = s.overflow_known && s.sign_known, is = s.negative == s.overflow;
      break;
    case 6:
      have = s.overflow_known && s.sign_known, is = !s.zero && s.negative == s.overflow;
      break;
    default:
      return Truth::yes;
  }
  if (!have) return Truth::unknown;
  return is != ((condition & 1) != 0) ? Truth::yes : Truth::no;
}

Machine::Step Machine::jump_to(Value target) const {
  Step step;
  step.way = target.known ? Step::Way::jump : Step::Way::lost;
  step.target = target.bits & ~1u;
  return step;
}

Value Machine::place_of(const Operation& o, uint32_t address) const {
  const Value base = read_register(o.left, address);
  return {base.bits + static_cast<uint32_t>(o.immediate), base.known};
}

Truth Machine::holds(const Operation& o, uint32_t address) const {
  const Value a = read_register(o.left, address), b = read_register(o.right, address);
  if (!a.known || !b.known)
    return o.left == o.right ? truth_of(o.compare == Compare::equal || o.compare == Compare::not_less) : Truth::unknown;
  if (o.compare == Compare::equal || o.compare == Compare::not_equal)
    return truth_of((a.bits == b.bits) == (o.compare == Compare::equal));
  return truth_of(is_less(a.bits, b.bits, o.is_signed) == (o.compare == Compare::less));
}

Machine::Step Machine::branch(const Operation& o, uint32_t address) {
  Step step;
  step.target = o.target;
  Value& lr = state.registers[kReturnAddress];
  switch (o.op) {
    case Op::branch:
      step.way = Step::Way::jump;
      return step;
    case Op::branch_compare: {
      const Truth truth = holds(o, address);
      if (truth != Truth::no) step.way = truth == Truth::yes ? Step::Way::jump : Step::Way::undecided;
      return step;
    }
    case Op::branch_if_zero:
    case Op::branch_unless_zero: {
      const Value value = read_register(o.left, address);
      if (!value.known) return step.way = Step::Way::undecided, step;
      if ((value.bits == 0) == (o.op == Op::branch_if_zero)) step.way = Step::Way::jump;
      return step;
    }
    case Op::branch_table: {
      const Value base = read_register(o.left, address), index = read_register(o.right, address);
      const Value entry =
          base.known && index.known ? read(known(base.bits + index.bits * o.width), o.width, false, step) : kUnknown;
      const uint32_t accesses = step.accesses;
      step = jump_to({address + 4 + 2 * entry.bits, entry.known});
      step.accesses = accesses, step.constant = true;
      return step;
    }
    case Op::call:
      write_register(o.to == kNoRegister ? kReturnAddress : o.to, known((address + o.bytes) | 1));
      step.way = Step::Way::jump;
      return step;
    case Op::call_register:
      step = jump_to(place_of(o, address));
      lr = known((address + o.bytes) | 1);
      return step;
    case Op::branch_register:
      return jump_to(place_of(o, address));
    case Op::loop_start:
    case Op::while_start: {
      lr = read_register(o.left, address);
      state.steps_a_round = o.words;
      if (o.op == Op::while_start && !lr.known) return step.way = Step::Way::undecided, step;
      if (o.op == Op::while_start && lr.bits == 0) step.way = Step::Way::jump;
      return step;
    }
    case Op::loop_end: {
      const uint32_t steps = o.words == 0 ? state.steps_a_round : 1;
      if (!lr.known) return step.way = Step::Way::undecided, step;
      if (lr.bits <= steps) return step;
      lr.bits -= steps;
      step.way = Step::Way::jump;
      return step;
    }
    default:
      step.way = Step::Way::stop;
      return step;
  }
}

}  // namespace tinyc
