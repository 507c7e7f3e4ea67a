// SPDX-License-Identifier: Apache-2.0
// Layout: "Executable and Linking Format", System V ABI, edition 4.1, chapters 4 and 5.
#include "compiler/counter/elf_file.h"

#include <cxxabi.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <optional>

namespace tinyc {
namespace {

constexpr uint32_t kArm = 40;
constexpr uint32_t kRiscv = 243;
constexpr uint32_t kHeaderBytes = 52;
constexpr uint32_t kSectionBytes = 40;
constexpr uint32_t kSymbolBytes = 16;
constexpr uint32_t kSymbols = 2;  // SHT_SYMTAB
constexpr uint32_t kArmAttributes = 0x70000003;
constexpr uint32_t kNoContents = 8;    // SHT_NOBITS
constexpr uint32_t kWritable = 1;      // SHF_WRITE
constexpr uint32_t kAllocated = 2;     // SHF_ALLOC
constexpr uint32_t kExecutable = 4;    // SHF_EXECINSTR
constexpr uint32_t kFunctionType = 2;  // STT_FUNC

struct Section {
  uint32_t type, flags, address, offset, bytes, link;
};

std::string demangled(const std::string& name) {
  int status = 0;
  char* text = abi::__cxa_demangle(name.c_str(), nullptr, nullptr, &status);
  std::string result = status == 0 && text ? text : name;
  std::free(text);
  return result;
}

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  Result<ElfFile> run() {
    if (bytes_.size() < kHeaderBytes || bytes_.substr(0, 6) != std::string_view("\x7f"
                                                                                "ELF\x01\x01"))
      return Failure{"is no 32-bit little-endian ELF file"};
    const uint32_t machine = half(18);
    if (machine != kArm && machine != kRiscv) return Failure{"is neither for Arm nor for RISC-V"};
    file_.machine = machine == kArm ? ElfFile::Machine::arm : ElfFile::Machine::riscv;
    if (!read_sections()) return Failure{"is damaged: section headers lie outside the file"};
    add_memory();
    for (const Section& section : sections_) {
      if (machine == kArm && section.type == kArmAttributes)
        file_.architecture = noted_architecture(bytes_.substr(section.offset, section.bytes));
      if (section.type == kSymbols && !add_functions(section))
        return Failure{"is damaged: symbols lie outside the file"};
    }
    if (file_.functions.empty()) return Failure{"has no function symbols (stripped?)"};
    std::sort(file_.functions.begin(), file_.functions.end(),
              [](const ElfFunction& a, const ElfFunction& b) { return a.address < b.address; });
    return std::move(file_);
  }

 private:
  bool inside(uint64_t offset, uint64_t length) const {
    return offset <= bytes_.size() && length <= bytes_.size() - offset;
  }
  uint32_t byte(size_t at) const { return static_cast<uint8_t>(bytes_[at]); }
  uint32_t half(size_t at) const { return byte(at) | byte(at + 1) << 8; }
  uint32_t word(size_t at) const { return half(at) | half(at + 2) << 16; }

  bool read_sections() {
    const uint64_t offset = word(32);
    const uint64_t each = half(46);
    const uint64_t count = half(48);
    if (each < kSectionBytes || !inside(offset, each * count)) return false;
    for (uint64_t i = 0; i < count; ++i) {
      const size_t at = offset + i * each;
      const Section section{word(at + 4), word(at + 8), word(at + 12), word(at + 16), word(at + 20), word(at + 24)};
      if (section.type != kNoContents && !inside(section.offset, section.bytes)) return false;
      sections_.push_back(section);
    }
    return true;
  }

  void add_memory() {
    uint32_t low = UINT32_MAX, high = 0;
    for (const Section& section : sections_) {
      if (!(section.flags & kAllocated) || section.bytes == 0) continue;
      if (section.flags & kWritable) {
        low = std::min(low, section.address);
        high = std::max(high, section.address + std::min(section.bytes, UINT32_MAX - section.address));
      }
      if (section.type == kNoContents) continue;
      (section.flags & kExecutable ? file_.code_bytes : file_.constant_bytes) += section.bytes;
      file_.sections.push_back({section.address, (section.flags & kWritable) != 0, (section.flags & kExecutable) != 0,
                                bytes_.substr(section.offset, section.bytes)});
    }
    if (low < high) file_.ram_low = low, file_.ram_high = high;
  }

  std::optional<std::string> text(const Section& strings, uint32_t index) const {
    if (index >= strings.bytes) return std::nullopt;
    const std::string_view rest = bytes_.substr(strings.offset + index, strings.bytes - index);
    return std::string(rest.substr(0, rest.find('\0')));
  }

  bool add_functions(const Section& symbols) {
    if (symbols.link >= sections_.size() || sections_[symbols.link].type == kNoContents) return false;
    for (uint32_t i = 0; i + kSymbolBytes <= symbols.bytes; i += kSymbolBytes) {
      const size_t at = symbols.offset + i;
      const bool function = (byte(at + 12) & 15) == kFunctionType;
      const bool untyped = (byte(at + 12) & 15) == 0;
      if ((!function && !untyped) || half(at + 14) == 0) continue;
      const auto name = text(sections_[symbols.link], word(at));
      if (!name) return false;
      if (*name == "__global_pointer$") file_.global_pointer = word(at + 4);
      const uint32_t home = half(at + 14);  // debugging sections have such marks, too
      const bool loaded = home < sections_.size() && (sections_[home].flags & kAllocated);
      if (loaded && (name->starts_with("$d") || name->starts_with("$t")))
        file_.data_starts[word(at + 4)] = name->at(1) == 'd';
      if (!function) continue;
      const uint32_t thumb = file_.machine == ElfFile::Machine::arm ? 1 : 0;
      file_.functions.push_back({word(at + 4) & ~thumb, word(at + 8), demangled(*name)});
    }
    return true;
  }

  std::string_view bytes_;
  std::vector<Section> sections_;
  ElfFile file_;
};

}  // namespace

const ElfFunction* ElfFile::at(uint32_t address) const {
  auto next = std::upper_bound(functions.begin(), functions.end(), address,
                               [](uint32_t value, const ElfFunction& f) { return value < f.address; });
  while (next != functions.begin()) {
    --next;
    if (next->bytes == 0 || address - next->address < next->bytes) return &*next;
    if (address - next->address > 0x100000) break;
  }
  return nullptr;
}

const ElfFunction* ElfFile::named(std::string_view name) const {
  const auto found =
      std::find_if(functions.begin(), functions.end(), [&](const ElfFunction& f) { return f.name == name; });
  return found == functions.end() ? nullptr : &*found;
}

const ElfFunction* ElfFile::unnamed(std::string_view name) const {
  const std::string wanted = "::" + std::string(name) + "(";
  const auto found = std::find_if(functions.begin(), functions.end(),
                                  [&](const ElfFunction& f) { return f.name.find(wanted) != std::string::npos; });
  return found == functions.end() ? nullptr : &*found;
}

Result<ElfFile> read_elf(std::string_view bytes) { return Reader(bytes).run(); }

Status fits_core(const ElfFile& file, const Target& target) {
  const bool riscv = file.machine == ElfFile::Machine::riscv;
  if (riscv != (target.toolchain == Toolchain::riscv_gnu))
    return Failure{fmt::format("is a program for {}, not for {}", riscv ? "RISC-V" : "Arm", target.name)};
  if (file.architecture && *file.architecture > architecture_of(target))
    return Failure{fmt::format("is a program for {}, but {} is a core of {}", architecture_name(*file.architecture),
                               target.name, architecture_name(architecture_of(target)))};
  return {};
}

}  // namespace tinyc
