// SPDX-License-Identifier: Apache-2.0
#include "compiler/analyser/code.h"

#include <algorithm>
#include <string>

#include "backends/llvm/disassembler.h"

namespace tinyc {
namespace {

constexpr uint64_t kLargestCode = uint64_t{64} << 20;

// The conditions that "itte" and its operand give the next instructions.
class IfThen {
 public:
  void start(std::string_view mnemonic, std::string_view operand) {
    const uint8_t condition = condition_number(operand);
    if (condition == kNoRegister) return;
    conditions_.assign(1, condition);
    for (const char c : mnemonic.substr(2))
      conditions_.push_back(c == 't' ? condition : static_cast<uint8_t>(condition ^ 1));
    std::reverse(conditions_.begin(), conditions_.end());
  }
  uint8_t next() {
    if (conditions_.empty()) return kAlways;
    const uint8_t condition = conditions_.back();
    conditions_.pop_back();
    return condition;
  }

 private:
  std::vector<uint8_t> conditions_;
};

class Decoder {
 public:
  Decoder(const ElfFile& file, Disassembler& disassembler) : file_(file), disassembler_(disassembler) {}

  std::optional<Code> run() {
    uint32_t low = UINT32_MAX, high = 0;
    for (const ElfSection& section : file_.sections) {
      if (!section.executable) continue;
      low = std::min(low, section.address);
      high = std::max(high, section.address + static_cast<uint32_t>(section.contents.size()));
    }
    if (low >= high || high - low > kLargestCode) return std::nullopt;
    code_.base = low;
    code_.slots.assign((high - low + 1) / 2, Code::kNowhere);
    for (const ElfSection& section : file_.sections) {
      if (section.executable) decode_section(section);
    }
    return std::move(code_);
  }

 private:
  // Code from `at` on; the end of the data where data lies there.
  bool is_data(uint32_t address, uint32_t& end) const {
    const auto next = file_.data_starts.upper_bound(address);
    if (next == file_.data_starts.begin() || !std::prev(next)->second) return false;
    end = next == file_.data_starts.end() ? UINT32_MAX : next->first;
    return true;
  }

  void decode_section(const ElfSection& section) {
    IfThen if_then;
    std::string mnemonic, operands;
    const auto length = static_cast<uint32_t>(section.contents.size());
    for (uint32_t at = 0; at + 2 <= length;) {
      const uint32_t address = section.address + at;
      uint32_t end = 0;
      if (is_data(address, end)) {
        at = end - section.address <= length && end > address ? end - section.address : length;
        continue;
      }
      const uint32_t bytes = disassembler_.decode(section.contents.substr(at), address, mnemonic, operands);
      if (bytes == 0) {
        at += 2;
        continue;
      }
      add(address, bytes, mnemonic, operands, if_then);
      at += bytes;
    }
  }

  void add(uint32_t address, uint32_t bytes, const std::string& mnemonic, const std::string& operands,
           IfThen& if_then) {
    const bool arm = file_.machine == ElfFile::Machine::arm;
    const Operation operation = arm ? read_operation(mnemonic, operands, address, bytes, if_then.next())
                                    : read_riscv_operation(mnemonic, operands, address, bytes);
    if (operation.op == Op::if_then) if_then.start(mnemonic, operands);
    code_.slots[(address - code_.base) / 2] = static_cast<uint32_t>(code_.operations.size());
    code_.operations.push_back(operation);
    code_.addresses.push_back(address);
    code_.listing[address] = {bytes, arm ? read_arm(mnemonic, operands) : read_riscv(mnemonic, operands)};
  }

  const ElfFile& file_;
  Disassembler& disassembler_;
  Code code_;
};

}  // namespace

std::optional<Code> decode(const ElfFile& file) {
  const bool arm = file.machine == ElfFile::Machine::arm;
  const auto disassembler = Disassembler::create(arm ? Disassembler::Machine::thumb : Disassembler::Machine::riscv);
  return disassembler ? Decoder(file, *disassembler).run() : std::nullopt;
}

}  // namespace tinyc
