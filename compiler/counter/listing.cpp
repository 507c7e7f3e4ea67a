// SPDX-License-Identifier: Apache-2.0
#include "compiler/counter/listing.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace tinyc {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// The part before the next tab, which is taken off.
std::string_view column(std::string_view& line) {
  const size_t tab = std::min(line.find('\t'), line.size());
  const std::string_view part = line.substr(0, tab);
  line.remove_prefix(std::min(tab + 1, line.size()));
  return trimmed(part);
}

void read_line(std::string_view line, ElfFile::Machine machine, Listing& listing) {
  std::string_view address_text = column(line);
  if (address_text.size() < 2 || address_text.back() != ':') return;
  address_text.remove_suffix(1);
  uint32_t address = 0;
  const auto [end, error] =
      std::from_chars(address_text.data(), address_text.data() + address_text.size(), address, 16);
  if (error != std::errc() || end != address_text.data() + address_text.size()) return;
  const std::string_view code = column(line);
  const auto digits = std::count_if(code.begin(), code.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
  const std::string_view mnemonic = column(line);
  if (digits == 0 || mnemonic.empty() || mnemonic[0] == '.') return;  // data
  ListedInstruction listed;
  listed.bytes = static_cast<uint32_t>(digits / 2);
  listed.instruction = machine == ElfFile::Machine::arm ? read_arm(mnemonic, line) : read_riscv(mnemonic, line);
  listing[address] = listed;
}

}  // namespace

Listing read_listing(std::string_view text, ElfFile::Machine machine) {
  Listing listing;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    read_line(text.substr(0, end), machine, listing);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return listing;
}

}  // namespace tinyc
