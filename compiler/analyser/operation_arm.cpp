// SPDX-License-Identifier: Apache-2.0
// Operands and mnemonics: Armv8-M Architecture Reference Manual (DDI 0553), as LLVM spells them.
#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <vector>

#include "compiler/analyser/mnemonics_arm.h"
#include "compiler/analyser/operation.h"

namespace tinyc {
namespace {

using Text = std::string_view;

constexpr std::array<Text, 15> kConditions = {"eq", "ne", "hs", "lo", "mi", "pl", "vs", "vc",
                                              "hi", "ls", "ge", "lt", "gt", "le", "al"};

uint8_t core_register(Text name) {
  constexpr std::array<std::pair<Text, uint8_t>, 3> kNamed = {{{"sp", 13}, {"lr", 14}, {"pc", 15}}};
  for (const auto& [known, number] : kNamed) {
    if (name == known) return number;
  }
  if (name.size() < 2 || name[0] != 'r') return kNoRegister;
  uint8_t number = 0;
  const auto [end, error] = std::from_chars(name.data() + 1, name.data() + name.size(), number);
  return error == std::errc() && end == name.data() + name.size() && number < 13 ? number : kNoRegister;
}

std::optional<int32_t> number_in(Text text) {
  if (!text.starts_with('#')) return std::nullopt;
  text.remove_prefix(1);
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const bool hex = text.starts_with("0x");
  if (hex) text.remove_prefix(2);
  uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, hex ? 16 : 10);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return static_cast<int32_t>(negative ? 0u - value : value);
}

std::optional<std::pair<Shift, uint8_t>> shift_in(Text text) {
  constexpr std::array<std::pair<Text, Shift>, 4> kShifts = {
      {{"lsl ", Shift::left}, {"lsr ", Shift::right}, {"asr ", Shift::right_signed}, {"ror ", Shift::rotate}}};
  for (const auto& [word, shift] : kShifts) {
    if (!text.starts_with(word)) continue;
    const auto amount = number_in(text.substr(4));
    if (amount && *amount >= 0 && *amount <= 32) return {{shift, static_cast<uint8_t>(*amount)}};
  }
  return std::nullopt;
}

// "r0, [r1, #4]!, {r2}" -> "r0", "[r1, #4]!", "{r2}".
std::vector<Text> split(Text text) {
  std::vector<Text> parts;
  int depth = 0;
  size_t start = 0;
  for (size_t i = 0; i <= text.size(); ++i) {
    const char c = i < text.size() ? text[i] : ',';
    if (c == '[' || c == '{') ++depth;
    if (c == ']' || c == '}') --depth;
    if (c != ',' || (depth > 0 && i < text.size())) continue;
    Text part = text.substr(start, i - start);
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    if (!part.empty()) parts.push_back(part);
    start = i + 1;
  }
  return parts;
}

class Reader {
 public:
  Reader(Text mnemonic, Text operands, uint32_t address, uint32_t bytes, uint8_t condition)
      : word_(mnemonic.substr(0, mnemonic.find('.'))),
        type_(mnemonic.substr(word_.size())),
        parts_(split(operands)),
        address_(address) {
    result_.bytes = static_cast<uint8_t>(bytes);
    result_.condition = condition;
    if (mnemonic.ends_with(".8")) lanes_ = 16;
    if (mnemonic.ends_with(".16")) lanes_ = 8;
    if (mnemonic.ends_with(".32")) lanes_ = 4;
  }

  Operation run() {
    if (is_it()) return result_.op = Op::if_then, result_;
    const MnemonicRow* row = find_row();
    if (!row && read_float()) return result_;
    if (!row) return other();
    result_.op = row->op;
    if (word_ == "letp") result_.words = 0;
    if (word_ == "dlstp" || word_ == "wlstp") result_.words = lanes_;
    result_.width = row->width;
    result_.is_signed = row->is_signed;
    result_.no_result = word_ == "cmp" || word_ == "cmn" || word_ == "tst" || word_ == "teq";
    result_.sets_flags |= result_.no_result;
    return read_operands() ? result_ : other();
  }

 private:
  bool is_it() const { return word_.starts_with("it") && word_.find_first_not_of("te", 2) == Text::npos; }

  // Within an if-then block every mnemonic ends in its condition; outside, "s" at the end sets flags.
  const MnemonicRow* find_row() {
    if (result_.condition != kAlways && word_.size() > 2) word_.remove_suffix(2);
    if (const MnemonicRow* row = mnemonic_row(word_)) return row;
    if (word_.starts_with('b') && condition_number(word_.substr(1)) != kNoRegister) {
      result_.condition = condition_number(word_.substr(1));
      return mnemonic_row("b");
    }
    if (!word_.ends_with('s')) return nullptr;
    const MnemonicRow* row = mnemonic_row(word_.substr(0, word_.size() - 1));
    if (row) result_.sets_flags = true;
    return row;
  }

  // find_row() has taken the condition off.
  bool read_float() {
    if (!word_.starts_with('v')) return false;
    if (word_ == "vmrs") {
      if (parts_.empty() || !parts_[0].starts_with("apsr")) return false;
      return result_.op = Op::real_flags, true;
    }
    if (word_ == "vmov" && type_.empty() && parts_.size() == 2) {
      const uint8_t core = core_register(parts_[0]), real = real_register(parts_[0]);
      const uint8_t from_core = core_register(parts_[1]), from_real = real_register(parts_[1]);
      if (core != kNoRegister && from_real != kNoRegister)
        return result_.op = Op::real_to_core, result_.to = core, result_.right = from_real, true;
      if (real != kNoRegister && from_core != kNoRegister)
        return result_.op = Op::real_from_core, result_.to = real, result_.right = from_core, true;
      return false;
    }
    return read_real(std::string(word_).append(type_), parts_, result_);
  }

  // The first of the float registers that are named; kNoRegister for vectors.
  static uint8_t first_real(Text name) {
    if (!name.starts_with('d')) return real_register(name);
    const uint8_t half = real_register(std::string("s").append(name.substr(1)));
    return half < 16 ? static_cast<uint8_t>(2 * half) : kNoRegister;
  }

  // Unknown work: every general register that is not the base of an access may be a result.
  Operation other() {
    Operation result;
    result.bytes = result_.bytes;
    result.condition = result_.condition;
    // Results come first: one register, two of a long product, up to two that a vector or float is moved to.
    size_t results = word_.starts_with('v') ? 2 : 1;
    for (const Text prefix : {"smlal", "smlsl", "umlal", "umaal", "smull", "umull"}) {
      if (word_.starts_with(prefix)) results = 2;
    }
    if (word_.starts_with("vctp")) results = 0;
    for (size_t i = 0; i < std::min(results, parts_.size()); ++i) {
      const uint8_t number = core_register(parts_[i]);
      if (number == kNoRegister) break;
      result.lost |= 1u << number;
    }
    const bool moves_second = word_.starts_with("vidup") || word_.starts_with("vddup") || word_.starts_with("viwdup") ||
                              word_.starts_with("vdwdup") || word_.starts_with("vshlc");
    uint8_t moved = 0;
    if (moves_second && to_register(1, moved)) result.lost |= 1u << moved;
    if (word_.starts_with('v') && !parts_.empty()) {
      result.real_lost = real_register(parts_[0]);
      result.reals_lost = parts_[0].starts_with('d') || parts_[0].starts_with('q');
    }
    const bool to_flags = word_ == "vmrs" && !parts_.empty() && parts_[0].starts_with("apsr");
    result.flags_lost = to_flags || word_ == "msr" || word_ == "rrxs" || result_.sets_flags;
    if (word_.starts_with("vst") || word_.starts_with("vld")) read_vector_access(result);
    return result;
  }

  // The base register of a vector load or store moves; what it stores is not known.
  void read_vector_access(Operation& result) {
    result.lost = 0;
    for (size_t i = 0; i < parts_.size(); ++i) {
      if (!parts_[i].starts_with('[')) continue;
      result_ = result;
      if (!read_memory(i)) return;
      result = result_;
      result.op = word_.starts_with("vst") ? Op::store : Op::load;
      result.general = false;
      result.width = word_.starts_with("vstr") || word_.starts_with("vldr") ? 8 : 16;
      const bool vector = !parts_.empty() && (parts_[0].starts_with('q') || parts_[0].starts_with('{'));
      if (vector) result.width = 16;
      if (!vector && parts_[0].starts_with('s')) result.width = 4;
      result.words = static_cast<uint8_t>(result.width / 4);
      result.to = first_real(parts_[0]);
    }
  }

  bool to_register(size_t part, uint8_t& number) const {
    if (part >= parts_.size()) return false;
    number = core_register(parts_[part]);
    return number != kNoRegister;
  }

  bool read_operands() {
    switch (result_.op) {
      case Op::load:
      case Op::store:
        return to_register(0, result_.to) && read_memory(1);
      case Op::load_pair:
      case Op::store_pair:
        return to_register(0, result_.to) && to_register(1, result_.to_high) && read_memory(2);
      case Op::load_many:
      case Op::store_many:
        return read_many();
      case Op::branch_table:
        return !parts_.empty() && read_memory(0);
      case Op::branch:
      case Op::call:
        return read_target(0);
      case Op::branch_if_zero:
      case Op::branch_unless_zero:
        return to_register(0, result_.left) && read_target(1);
      case Op::call_register:
      case Op::branch_register:
        return to_register(0, result_.left);
      case Op::loop_start:
        return to_register(1, result_.left);
      case Op::while_start:
        return to_register(1, result_.left) && read_target(2);
      case Op::loop_end:
        return read_target(parts_.size() > 1 ? 1 : 0) && parts_.size() > 1;
      case Op::stop:
        return true;
      default:
        return read_arithmetic();
    }
  }

  bool read_target(size_t part) {
    if (part >= parts_.size()) return false;
    const auto offset = number_in(parts_[part]);
    if (offset) result_.target = address_ + 4 + static_cast<uint32_t>(*offset);
    return offset.has_value();
  }

  // "r0, r1, r2, lsl #3", "r0, r1" (r0 = r0 op r1 for two-operand work), "r0, #1".
  bool read_arithmetic() {
    size_t at = 0;
    if (!to_register(at++, result_.to)) return false;
    std::vector<uint8_t> registers;
    bool immediate = false;
    for (; at < parts_.size(); ++at) {
      if (const uint8_t number = core_register(parts_[at]); number != kNoRegister) {
        registers.push_back(number);
      } else if (const auto value = number_in(parts_[at])) {
        if (immediate) {
          result_.amount = static_cast<uint8_t>(*value);
        } else {
          result_.immediate = *value;
        }
        immediate = true;
      } else if (const auto shift = shift_in(parts_[at])) {
        result_.shift = shift->first;
        result_.amount = shift->second;
      } else {
        return false;
      }
    }
    return place(registers, immediate);
  }

  bool place(const std::vector<uint8_t>& registers, bool immediate) {
    const bool unary = result_.op == Op::move || result_.op == Op::move_not || result_.op == Op::sign_extend ||
                       result_.op == Op::zero_extend || result_.op == Op::count_zeros || result_.op == Op::address_of;
    if (result_.op == Op::extract || result_.op == Op::extract_signed)
      return result_.left = registers.size() == 1 ? registers[0] : kNoRegister, registers.size() == 1;
    if (unary || result_.op == Op::move_top) {
      if (!registers.empty()) result_.right = registers[0];
      return registers.size() + (immediate ? 1 : 0) == 1;
    }
    if (result_.op == Op::multiply_long) {
      if (registers.size() != 3) return false;
      result_.to_high = registers[0], result_.left = registers[1], result_.right = registers[2];
      return true;
    }
    if (result_.op == Op::multiply_add || result_.op == Op::multiply_subtract) {
      if (registers.size() != 3) return false;
      result_.left = registers[0], result_.right = registers[1], result_.third = registers[2];
      return true;
    }
    const size_t operands = registers.size() + (immediate ? 1 : 0);
    if (operands == 0 || operands > 2) return false;
    result_.left = operands == 2 ? registers[0] : result_.to;
    if (!immediate) result_.right = registers.back();
    return true;
  }

  // "[r1]", "[r1, #4]!", "[r1], #4", "[r1, r2, lsl #2]".
  bool read_memory(size_t part) {
    if (part >= parts_.size() || !parts_[part].starts_with('[')) return false;
    Text text = parts_[part];
    result_.before = text.ends_with('!');
    if (result_.before) text.remove_suffix(1);
    if (!text.ends_with(']')) return false;
    const std::vector<Text> inner = split(text.substr(1, text.size() - 2));
    if (inner.empty()) return false;
    result_.left = core_register(inner[0]);
    for (size_t i = 1; i < inner.size(); ++i) {
      if (const auto value = number_in(inner[i])) {
        result_.immediate = *value;
      } else if (const auto shift = shift_in(inner[i])) {
        result_.shift = shift->first;
        result_.amount = shift->second;
      } else if (const uint8_t number = core_register(inner[i]); number != kNoRegister) {
        result_.right = number;
      } else {
        result_.left = kNoRegister;  // [q0, #8], [r0, q1]: a place per lane
      }
    }
    if (part + 1 < parts_.size()) {
      const auto value = number_in(parts_[part + 1]);
      result_.after = value.has_value();
      if (value) result_.immediate = *value;
      if (!value && core_register(parts_[part + 1]) != kNoRegister) return false;
    }
    return result_.left != kNoRegister || !inner.empty();
  }

  // "{r4, pc}" of PUSH and POP, "r0!, {r1, r2}", "sp!, {d8, d9}".
  bool read_many() {
    const bool stack = word_ == "push" || word_ == "pop" || word_ == "vpush" || word_ == "vpop";
    result_.descending = word_ == "push" || word_ == "vpush" || word_.ends_with("db");
    result_.left = 13;
    result_.before = stack;
    if (!stack) {
      if (parts_.size() != 2) return false;
      Text base = parts_[0];
      result_.before = base.ends_with('!');
      if (result_.before) base.remove_suffix(1);
      result_.left = core_register(base);
      if (result_.left == kNoRegister) return false;
    }
    const Text list = parts_.empty() ? Text() : parts_.back();
    if (!list.starts_with('{') || !list.ends_with('}')) return false;
    uint32_t words = 0;
    result_.general = !word_.starts_with('v');
    for (const Text name : split(list.substr(1, list.size() - 2))) {
      const uint8_t number = core_register(name);
      if (result_.general && number == kNoRegister) return false;
      if (result_.general) result_.list |= 1u << number;
      if (!result_.general && words == 0) result_.to = first_real(name);
      words += name.starts_with('d') ? 2 : 1;
    }
    result_.words = static_cast<uint8_t>(words);
    return words > 0 && words <= 32;
  }

  Text word_;
  Text type_;  // ".f32"
  std::vector<Text> parts_;
  uint32_t address_;
  uint8_t lanes_ = 1;  // of a vector, by the mnemonic's type
  Operation result_;
};

}  // namespace

uint8_t condition_number(std::string_view text) {
  if (text == "cs") return 2;
  if (text == "cc") return 3;
  for (uint8_t i = 0; i < kConditions.size(); ++i) {
    if (text == kConditions[i]) return i;
  }
  return kNoRegister;
}

Operation read_operation(std::string_view mnemonic, std::string_view operands, uint32_t address, uint32_t bytes,
                         uint8_t condition) {
  return Reader(mnemonic, operands, address, bytes, condition).run();
}

}  // namespace tinyc
