// SPDX-License-Identifier: Apache-2.0
// Mnemonics: Armv7-M and Armv8-M Architecture Reference Manuals, as GNU objdump spells them.
#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "compiler/counter/instruction.h"

namespace tinyc {
namespace {

using Text = std::string_view;

struct Row {
  Text prefix;
  Kind kind;
};

// The first row whose prefix fits counts; what no row names is plain arithmetic.
constexpr Row kCore[] = {
    {"ldrd", Kind::load_double},
    {"ldr", Kind::load},
    {"ldm", Kind::load_multiple},
    {"pop", Kind::load_multiple},
    {"lda", Kind::load},
    {"strd", Kind::store_double},
    {"str", Kind::store},
    {"stm", Kind::store_multiple},
    {"push", Kind::store_multiple},
    {"stl", Kind::store},
    {"smull", Kind::multiply_long},
    {"umull", Kind::multiply_long},
    {"smlal", Kind::multiply_add_long},
    {"umlal", Kind::multiply_add_long},
    {"umaal", Kind::multiply_add_long},
    {"smlsld", Kind::multiply_add_long},
    {"smlad", Kind::multiply_dual},
    {"smlsd", Kind::multiply_dual},
    {"smuad", Kind::multiply_dual},
    {"smusd", Kind::multiply_dual},
    {"smla", Kind::multiply_half},
    {"smul", Kind::multiply_half},
    {"smm", Kind::multiply_half},
    {"mla", Kind::multiply_add},
    {"mls", Kind::multiply_add},
    {"mul", Kind::multiply},
    {"sdiv", Kind::divide},
    {"udiv", Kind::divide},
    {"tbb", Kind::branch_table},
    {"tbh", Kind::branch_table},
    {"cbz", Kind::branch},
    {"cbnz", Kind::branch},
    {"dls", Kind::alu},
    {"wls", Kind::loop},
    {"le", Kind::loop},
    {"lctp", Kind::alu},
    {"mrs", Kind::system},
    {"msr", Kind::system},
    {"dsb", Kind::system},
    {"dmb", Kind::system},
    {"isb", Kind::system},
    {"bkpt", Kind::system},
    {"svc", Kind::system},
    {"cps", Kind::system},
};
constexpr Row kFloat[] = {
    {"vldr", Kind::float_load},
    {"vldm", Kind::float_load_multiple},
    {"vpop", Kind::float_load_multiple},
    {"vstr", Kind::float_store},
    {"vstm", Kind::float_store_multiple},
    {"vpush", Kind::float_store_multiple},
    {"vdiv", Kind::float_divide},
    {"vsqrt", Kind::float_divide},
    {"vfma", Kind::float_mac},
    {"vfms", Kind::float_mac},
    {"vfnm", Kind::float_mac},
    {"vmla", Kind::float_mac},
    {"vmls", Kind::float_mac},
    {"vnml", Kind::float_mac},
    {"vmov", Kind::float_move},
    {"vmrs", Kind::float_move},
    {"vmsr", Kind::float_move},
};
constexpr Row kVector[] = {
    {"vld", Kind::vector_load},  {"vst", Kind::vector_store}, {"vmla", Kind::vector_mac}, {"vml", Kind::vector_mac},
    {"vrml", Kind::vector_mac},  {"vfma", Kind::vector_mac},  {"vmul", Kind::vector_mac}, {"vqdm", Kind::vector_mac},
    {"vqrdm", Kind::vector_mac}, {"vrmul", Kind::vector_mac},
};

template <size_t n>
std::optional<Kind> find(const Row (&rows)[n], Text word) {
  for (const Row& row : rows) {
    if (word.starts_with(row.prefix)) return row.kind;
  }
  return std::nullopt;
}

bool is_condition(Text text) {
  constexpr Text kConditions[] = {"eq", "ne", "cs", "cc", "hs", "lo", "mi", "pl", "vs",
                                  "vc", "hi", "ls", "ge", "lt", "gt", "le", "al"};
  return text.empty() || std::find(std::begin(kConditions), std::end(kConditions), text) != std::end(kConditions);
}

std::optional<Kind> branch_kind(Text word) {
  if (word.starts_with("b") && is_condition(word.substr(1))) return Kind::branch;
  if (word.starts_with("blx") && is_condition(word.substr(3))) return Kind::branch_register;
  if (word.starts_with("bx") && (is_condition(word.substr(2)) || word == "bxns")) return Kind::branch_register;
  if (word.starts_with("bl") && is_condition(word.substr(2))) return Kind::call;
  return std::nullopt;
}

bool is_it(Text word) {
  return word.starts_with("it") && word.size() <= 5 && word.find_first_not_of("te", 2) == Text::npos;
}

Kind kind_of(Text word, Text operands) {
  if (const auto branch = branch_kind(word)) return *branch;
  if (is_it(word)) return Kind::it;
  if (word.starts_with('v')) {
    // Objdump calls the lanes of q3 those of d6 and d7: "vmov.32 d7[1], r0".
    const bool moves_lane = word.starts_with("vmov") && operands.find('[') != Text::npos;
    const bool vector =
        moves_lane || operands.find('q') != Text::npos || word.starts_with("vp") || word.starts_with("vctp");
    if (vector && !word.starts_with("vpop") && !word.starts_with("vpush"))
      return find(kVector, word).value_or(Kind::vector_alu);
    return find(kFloat, word).value_or(Kind::float_alu);
  }
  return find(kCore, word).value_or(Kind::alu);
}

constexpr int kNoRegister = -1;

// "r7", "sl", "ip" ... as a number; floats as 32 + number.
int register_number(Text name) {
  constexpr std::array<std::pair<Text, int>, 7> kNamed = {
      {{"sl", 10}, {"fp", 11}, {"ip", 12}, {"sp", 13}, {"lr", 14}, {"pc", 15}, {"sb", 9}}};
  for (const auto& [known, number] : kNamed) {
    if (name == known) return number;
  }
  if (name.size() < 2 || name.size() > 3 || (name[0] != 'r' && name[0] != 's')) return kNoRegister;
  int number = 0;
  for (const char c : name.substr(1)) {
    if (c < '0' || c > '9') return kNoRegister;
    number = number * 10 + (c - '0');
  }
  if (number > (name[0] == 'r' ? 15 : 31)) return kNoRegister;
  return name[0] == 'r' ? number : 32 + number;
}

bool is_load(Kind kind) {
  return kind == Kind::load || kind == Kind::load_double || kind == Kind::load_multiple || kind == Kind::float_load ||
         kind == Kind::float_load_multiple;
}
bool is_store(Kind kind) {
  return kind == Kind::store || kind == Kind::store_double || kind == Kind::store_multiple ||
         kind == Kind::float_store || kind == Kind::float_store_multiple;
}
bool is_multiple(Kind kind) {
  return kind == Kind::load_multiple || kind == Kind::store_multiple || kind == Kind::float_load_multiple ||
         kind == Kind::float_store_multiple;
}

// Walks over the operands' words.
class Operands {
 public:
  Operands(Instruction& to, Text mnemonic, Text text) : to_(to), mnemonic_(mnemonic), text_(text) {}

  void run() {
    const Text words = text_.substr(0, text_.find_first_of("@;<"));
    int previous = kNoRegister;
    for (size_t at = 0; at < words.size();) {
      const char c = words[at];
      if (c == '[') in_address_ = true, register_in_address_ = 0;
      if (c == ']') in_address_ = false, after_address_ = true;
      if (c == '{') in_list_ = true, listed_ = 0;
      if (c == '}') in_list_ = false;
      if (c == '!') to_.writes_base = true;
      if (c == ',' && after_address_ && !in_list_) to_.writes_base = true;  // [r0], #4
      if (c == '#') {
        at = std::min(words.find_first_of(",]}", at), words.size());
        continue;
      }
      if (!std::isalpha(static_cast<unsigned char>(c))) {
        ++at;
        continue;
      }
      size_t end = at;
      while (end < words.size() && std::isalnum(static_cast<unsigned char>(words[end]))) ++end;
      const int number = register_number(words.substr(at, end - at));
      const bool range = at > 0 && words[at - 1] == '-' && in_list_;
      for (int n = range ? previous + 1 : number; n <= number; ++n) use(n);
      previous = number;
      at = end;
    }
    if (is_multiple(to_.kind)) to_.registers = static_cast<uint8_t>(std::clamp(listed_, 1, 32));
    to_.loads_pc = is_load(to_.kind) && (to_.written & (1u << 15)) != 0;
  }

 private:
  void use(int number) {
    if (number == kNoRegister) return;
    const bool real = number >= 32;
    const uint32_t bit = 1u << (number & 31);
    if (in_address_) {
      to_.address |= bit;
      to_.read |= bit;
      if (++register_in_address_ == 2) to_.register_offset = true;
      return;
    }
    if (in_list_) ++listed_;
    const bool base = is_multiple(to_.kind) && !in_list_;
    if (base) to_.address |= bit;
    const bool result = is_load(to_.kind) ? !base : first_ && !is_store(to_.kind) && writes_first();
    // A multiply-add of four operands reads three; one that accumulates in place reads its result, too.
    const bool read = !result || to_.kind == Kind::float_mac || to_.kind == Kind::multiply_add_long;
    if (result) (real ? to_.float_written : to_.written) |= bit;
    if (read) (real ? to_.float_read : to_.read) |= bit;
    const bool two_results = to_.kind == Kind::multiply_long || to_.kind == Kind::multiply_add_long;
    first_ = two_results && first_ && !second_;
    second_ = true;
  }
  bool writes_first() const {
    return !(mnemonic_.starts_with("cmp") || mnemonic_.starts_with("cmn") || mnemonic_.starts_with("tst") ||
             mnemonic_.starts_with("teq") || mnemonic_.starts_with("cb") || mnemonic_.starts_with("vcmp") ||
             mnemonic_.starts_with("b"));
  }

  Instruction& to_;
  Text mnemonic_;
  Text text_;
  bool in_address_ = false, after_address_ = false, in_list_ = false, first_ = true, second_ = false;
  int register_in_address_ = 0;
  int listed_ = 0;
};

}  // namespace

Instruction read_arm(std::string_view mnemonic, std::string_view operands) {
  Instruction result;
  const Text word = mnemonic.substr(0, mnemonic.find('.'));
  result.kind = kind_of(word, operands);
  Operands(result, word, operands).run();
  const bool moves_to_pc = result.kind == Kind::alu && (result.written & (1u << 15)) != 0;
  if (moves_to_pc) result.kind = Kind::branch_register;
  return result;
}

}  // namespace tinyc
