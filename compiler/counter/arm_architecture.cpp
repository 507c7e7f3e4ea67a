// SPDX-License-Identifier: Apache-2.0
#include "compiler/counter/arm_architecture.h"

#include <algorithm>

namespace tinyc {
namespace {

constexpr uint64_t kFile = 1, kRawName = 4, kCpuName = 5, kArchitecture = 6, kCompatibility = 32;

class Attributes {
 public:
  explicit Attributes(std::string_view bytes) : rest_(bytes) {}

  bool empty() const { return rest_.empty(); }

  // Nothing behind the end, or of more than 64 bits.
  std::optional<uint64_t> number() {  // ULEB128
    uint64_t value = 0;
    for (int shift = 0; shift < 63 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<uint8_t>(take(1)[0]);
      value |= static_cast<uint64_t>(byte & 127) << shift;
      if (byte < 128) return value;
    }
    return std::nullopt;
  }

  std::optional<uint32_t> word() {
    if (rest_.size() < 4) return std::nullopt;
    uint32_t value = 0;
    for (int i = 0; i < 4; ++i)
      value |= static_cast<uint32_t>(static_cast<uint8_t>(rest_[static_cast<size_t>(i)])) << 8 * i;
    take(4);
    return value;
  }

  std::string_view text() {
    const std::string_view value = rest_.substr(0, rest_.find('\0'));
    take(value.size() + 1);
    return value;
  }

  std::string_view take(size_t bytes) {
    const std::string_view taken = rest_.substr(0, bytes);
    rest_.remove_prefix(std::min(bytes, rest_.size()));
    return taken;
  }

 private:
  std::string_view rest_;
};

std::optional<ArmArchitecture> architecture_of_value(uint64_t value) {
  switch (value) {
    case 11:  // v6-M
    case 12:  // v6S-M
      return ArmArchitecture::v6m;
    case 10:  // v7
      return ArmArchitecture::v7m;
    case 13:
      return ArmArchitecture::v7em;
    case 16:  // base line
    case 17:  // main line
      return ArmArchitecture::v8m;
    case 21:
      return ArmArchitecture::v81m;
    default:
      return std::nullopt;
  }
}

// Attributes of the whole file: a tag and a number or a text each.
std::optional<ArmArchitecture> of_file(Attributes list) {
  while (!list.empty()) {
    const auto tag = list.number();
    if (!tag) return std::nullopt;
    const bool is_text = *tag == kRawName || *tag == kCpuName || (*tag > kCompatibility && *tag % 2 == 1);
    if (is_text) {
      list.text();
      continue;
    }
    const auto value = list.number();
    if (!value) return std::nullopt;
    if (*tag == kArchitecture) return architecture_of_value(*value);
    if (*tag == kCompatibility) list.text();
  }
  return std::nullopt;
}

}  // namespace

std::string_view architecture_name(ArmArchitecture architecture) {
  constexpr std::string_view kNames[] = {"Armv6-M", "Armv7-M", "Armv7E-M", "Armv8-M", "Armv8.1-M"};
  return kNames[static_cast<size_t>(architecture)];
}

std::optional<ArmArchitecture> noted_architecture(std::string_view attributes) {
  Attributes all(attributes);
  if (all.take(1) != "A") return std::nullopt;
  while (!all.empty()) {
    const auto bytes = all.word();  // with these four
    if (!bytes || *bytes <= 4) return std::nullopt;
    Attributes section(all.take(*bytes - 4));
    if (section.text() != "aeabi") continue;
    while (!section.empty()) {
      const auto tag = section.number();
      const auto part = section.word();  // with tag and these four
      if (!tag || !part || *part <= 5) return std::nullopt;
      const std::string_view list = section.take(*part - 5);
      if (*tag == kFile) return of_file(Attributes(list));
    }
  }
  return std::nullopt;
}

ArmArchitecture architecture_of(const Target& target) {
  ArmArchitecture most = ArmArchitecture::v6m;
  for (const Isa isa : target.isa) {
    const ArmArchitecture has = isa == Isa::armv81m_mve   ? ArmArchitecture::v81m
                                : isa == Isa::armv8m_dsp  ? ArmArchitecture::v8m
                                : isa == Isa::armv7em_dsp ? ArmArchitecture::v7em
                                : isa == Isa::armv7m      ? ArmArchitecture::v7m
                                                          : ArmArchitecture::v6m;
    most = std::max(most, has);
  }
  return most;
}

}  // namespace tinyc
