// SPDX-License-Identifier: Apache-2.0
#include "compiler/analyser/machine.h"

#include <algorithm>

namespace tinyc {
Machine::Machine(const ElfFile& file) : stack_(kStackBytes), stack_known_(kStackBytes) {
  for (const ElfSection& section : file.sections) {
    (section.writable ? variables_ : constants_).push_back({section.address, section.contents});
  }
}

// Arguments are pointers to memory of which nothing is known: in registers first, then on the stack.
void Machine::start(uint32_t return_address, uint32_t in_registers) {
  state = {};
  lowest_ = kStackTop;
  std::fill(stack_known_.begin(), stack_known_.end(), uint8_t{0});
  constexpr uint32_t kEach = 0x02000000;
  for (uint32_t i = 0; i < in_registers; ++i) state.registers[i] = known(kArguments + i * kEach);
  state.registers[13] = known(kStackTop);
  state.registers[14] = known(return_address);
  Step ignored;
  constexpr uint32_t kMore = 12;
  for (uint32_t i = 0; i < kMore; ++i)
    write(known(kStackTop + 4 * i), 4, known(kArguments + (in_registers + i) * kEach), ignored);
}

void Machine::remember_stores(bool on) {
  remembers_ = on;
  undo_.clear();
}

void Machine::roll_back() {
  for (; !undo_.empty(); undo_.pop_back()) {
    stack_[undo_.back().offset] = undo_.back().byte;
    stack_known_[undo_.back().offset] = undo_.back().known;
  }
}

Value Machine::read_register(uint8_t number, uint32_t address) const {
  if (number == 15) return known(address + 4);
  if (number == kZeroRegister) return known(0);
  return number < state.registers.size() ? state.registers[number] : kUnknown;
}

void Machine::write_register(uint8_t number, Value value) {
  if (number >= state.registers.size()) return;
  state.registers[number] = value;
  if (number == 13 && value.known && value.bits < lowest_ && value.bits > kStackTop - kStackBytes) lowest_ = value.bits;
}

void Machine::set_sign(Value result) {
  state.sign_known = result.known;
  state.negative = result.bits >> 31;
  state.zero = result.bits == 0;
}

void Machine::lose_flags() { state.sign_known = state.carry_known = state.overflow_known = false; }

Value Machine::add(Value a, Value b, Value carry, bool sets_flags) {
  if (!a.known || !b.known || !carry.known) {
    if (sets_flags) lose_flags();
    return kUnknown;
  }
  const uint64_t wide = uint64_t{a.bits} + b.bits + carry.bits;
  const auto result = static_cast<uint32_t>(wide);
  if (sets_flags) {
    set_sign(known(result));
    state.carry_known = state.overflow_known = true;
    state.carry = wide >> 32;
    state.overflow = ((a.bits ^ result) & (b.bits ^ result)) >> 31;
  }
  return known(result);
}

Value Machine::operand(const Operation& o, uint32_t address, Value* carry) const {
  if (o.right == kNoRegister) return known(static_cast<uint32_t>(o.immediate));
  const Value value = read_register(o.right, address);
  return o.shift == Shift::none ? value : shifted(value, o.shift, known(o.amount), carry);
}

Machine::Step Machine::compute(const Operation& o, uint32_t address) {
  const Value a = o.op == Op::move_top ? read_register(o.to, address) : read_register(o.left, address);
  Value carry{state.carry ? 1u : 0u, state.carry_known};
  const Value carry_in = carry;
  const Value b = operand(o, address, &carry);
  const Value negated{~b.bits, b.known};
  Value result;
  bool logical = false;
  switch (o.op) {
    case Op::add:
      result = add(a, b, known(0), o.sets_flags);
      break;
    case Op::subtract:
      // x - x
      result = o.left == o.right && o.shift == Shift::none && !a.known
                   ? add(known(0), known(~0u), known(1), o.sets_flags)
                   : add(a, negated, known(1), o.sets_flags);
      break;
    case Op::reverse_subtract:
      result = add({~a.bits, a.known}, b, known(1), o.sets_flags);
      break;
    case Op::add_carry:
      result = add(a, b, carry_in, o.sets_flags);
      break;
    case Op::subtract_carry:
      result = add(a, negated, carry_in, o.sets_flags);
      break;
    case Op::shift_left:
    case Op::shift_right:
    case Op::shift_right_signed:
    case Op::rotate_right: {
      constexpr Shift kShifts[] = {Shift::left, Shift::right, Shift::right_signed, Shift::rotate};
      result = shifted(a, kShifts[static_cast<int>(o.op) - static_cast<int>(Op::shift_left)], b, &carry);
      logical = true;
      break;
    }
    case Op::multiply_long: {
      const LongValue product = product_of(a, b, o.is_signed);
      write_register(o.to_high, product.high);
      result = product.low;
      break;
    }
    case Op::address_of:
      result = known(((address + 4) & ~3u) + static_cast<uint32_t>(o.immediate));
      break;
    default:
      result = calculated(o, a, b, read_register(o.third, address));
      logical = true;
  }
  if (logical && o.sets_flags) {
    set_sign(result);
    state.carry_known = carry.known;
    state.carry = carry.bits != 0;
  }
  if (o.no_result) return {};
  if (o.to == 15) return jump_to(result);
  write_register(o.to, result);
  return {};
}

const Machine::Memory* Machine::memory_at(const std::vector<Memory>& among, uint32_t address, uint32_t width) {
  for (const Memory& memory : among) {
    const uint32_t offset = address - memory.address;
    if (address >= memory.address && offset < memory.bytes.size() && memory.bytes.size() - offset >= width)
      return &memory;
  }
  return nullptr;
}

Value Machine::read(Value address, uint32_t width, bool is_signed, Step& step) const {
  step.accesses += 1;
  if (!address.known) return kUnknown;
  const uint32_t offset = address.bits - (kStackTop - kStackBytes / 2);
  uint32_t bits = 0;
  if (offset < kStackBytes - 4) {
    for (uint32_t i = 0; i < width; ++i) {
      if (!stack_known_[offset + i]) return kUnknown;
      bits |= uint32_t{stack_[offset + i]} << 8 * i;
    }
    return known(extended(bits, width, is_signed));
  }
  const Memory* memory = memory_at(constants_, address.bits, width);
  step.constant = memory != nullptr;
  if (!memory && library_) memory = memory_at(variables_, address.bits, width);
  if (!memory) return kUnknown;
  for (uint32_t i = 0; i < width; ++i)
    bits |= uint32_t{static_cast<uint8_t>(memory->bytes[address.bits - memory->address + i])} << 8 * i;
  return known(extended(bits, width, is_signed));
}

// A store to an unknown place is taken to leave the stack alone: generated code passes no addresses of it through
// memory.
void Machine::write(Value address, uint32_t width, Value value, Step& step) {
  step.accesses += 1;
  if (!address.known) return;
  const uint32_t offset = address.bits - (kStackTop - kStackBytes / 2);
  if (offset >= kStackBytes - 4) return;
  for (uint32_t i = 0; i < width; ++i) {
    if (remembers_) undo_.push_back({offset + i, stack_[offset + i], stack_known_[offset + i]});
    stack_[offset + i] = static_cast<uint8_t>(value.bits >> 8 * i);
    stack_known_[offset + i] = value.known;
  }
}

// Word `i` of a load or store of floats or vectors.
void Machine::move_real(const Operation& o, uint32_t i, Value place, bool load, Step& step) {
  const uint32_t number = o.to + i;
  const bool followed = library_ && o.to != kNoRegister && number < state.reals.size();
  if (!load) return write(place, 4, followed ? state.reals[number] : kUnknown, step);
  const Value value = read(place, 4, false, step);
  if (followed) state.reals[number] = value;
}

Machine::Step Machine::access(const Operation& o, uint32_t address) {
  Step step;
  Value base = read_register(o.left, address);
  if (o.left == 15) base.bits &= ~3u;
  Value offset = operand(o, address, nullptr);
  const Value moved = base.known && offset.known ? known(base.bits + offset.bits) : kUnknown;
  const Value place = o.after ? base : moved;
  const bool pair = o.op == Op::load_pair || o.op == Op::store_pair;
  const Value second{place.bits + 4, place.known};
  const bool load = o.op == Op::load || o.op == Op::load_pair;
  Value result, result_high;
  if (load && o.general) {
    result = read(place, o.width, o.is_signed, step);
    if (pair) result_high = read(second, 4, false, step);
  } else if (o.general) {
    write(place, o.width, read_register(o.to, address), step);
    if (pair) write(second, 4, read_register(o.to_high, address), step);
  } else {
    for (uint32_t i = 0; i < o.words; ++i) {
      const Value word{place.bits + 4 * i, place.known};
      move_real(o, i, word, load, step);
    }
  }
  if (o.before || o.after) write_register(o.left, moved);
  if (!load || !o.general) return step;
  if (pair) write_register(o.to_high, result_high);
  if (o.to != 15) return write_register(o.to, result), step;
  Step jump = jump_to(result);
  jump.accesses = step.accesses, jump.constant = step.constant;
  return jump;
}

Machine::Step Machine::access_many(const Operation& o) {
  Step step;
  const Value base = state.registers[o.left];
  const uint32_t bytes = 4u * o.words;
  const Value moved{o.descending ? base.bits - bytes : base.bits + bytes, base.known};
  Value place = o.descending ? moved : base;
  const bool load = o.op == Op::load_many;
  if (o.before && o.left == 13) write_register(13, moved);
  Value target;
  if (o.general) {
    for (uint8_t r = 0; r < 16; ++r) {
      if (!(o.list >> r & 1)) continue;
      if (load) {
        const Value value = read(place, 4, false, step);
        r == 15 ? target = value : (write_register(r, value), value);
      } else {
        write(place, 4, r == o.left ? base : state.registers[r], step);
      }
      place.bits += 4;
    }
  } else {
    for (uint32_t i = 0; i < o.words; ++i, place.bits += 4) move_real(o, i, place, load, step);
  }
  const bool base_loaded = load && o.general && (o.list >> o.left & 1);
  if (o.before && !base_loaded) write_register(o.left, moved);
  if (!load || !o.general || !(o.list >> 15 & 1)) return step;
  Step jump = jump_to(target);
  jump.accesses = step.accesses;
  return jump;
}

Machine::Step Machine::execute(const Operation& o, uint32_t address) {
  if (o.condition != kAlways) {
    const Truth truth = holds(o.condition);
    if (truth == Truth::no) return {};
    if (truth == Truth::unknown) {
      if (o.op == Op::branch) return {Step::Way::undecided, o.target, 0, false};
      // Done or not: what it would change is unknown then.
      const State before = state;
      const Step step = execute_always(o, address);
      for (size_t r = 0; r < state.registers.size(); ++r) {
        const bool same = before.registers[r].known && state.registers[r].known &&
                          before.registers[r].bits == state.registers[r].bits;
        if (!same) state.registers[r].known = false;
        if (before.reals[r].bits != state.reals[r].bits) state.reals[r].known = false;
      }
      if (o.sets_flags) lose_flags();
      // A conditional return or jump through a register is an undecided jump.
      if (step.way == Step::Way::jump) return state = before, Step{Step::Way::undecided, step.target, 0, false};
      return step;
    }
  }
  return execute_always(o, address);
}

Machine::Step Machine::execute_always(const Operation& o, uint32_t address) {
  switch (o.op) {
    case Op::other:
      for (uint32_t r = 0; o.lost >> r != 0; ++r) {
        if (o.lost >> r & 1) state.registers[r].known = false;
      }
      if (o.flags_lost) lose_flags();
      if (o.real_lost != kNoRegister && o.real_lost < 32) state.reals[o.real_lost] = kUnknown;
      if (o.reals_lost) forget_reals();
      return {};
    case Op::if_then:
      return {};
    case Op::real:
      return compute_real(o), Step{};
    case Op::real_to_core:
      return write_register(o.to, state.reals[o.right]), Step{};
    case Op::real_from_core:
      state.reals[o.to] = library_ ? read_register(o.right, address) : kUnknown;
      return {};
    case Op::real_flags:
      return take_real_flags(), Step{};
    case Op::load:
    case Op::load_pair:
    case Op::store:
    case Op::store_pair:
      return access(o, address);
    case Op::load_many:
    case Op::store_many:
      return access_many(o);
    default:
      return o.op >= Op::branch ? branch(o, address) : compute(o, address);
  }
}

}  // namespace tinyc
