// SPDX-License-Identifier: Apache-2.0
// An ELF file made here by the specification's tables, and what becomes of it when bytes are missing or wrong.
#include "compiler/counter/elf_file.h"

#include <catch2/catch.hpp>
#include <random>
#include <string>

using namespace tinyc;

namespace {

void put(std::string& file, size_t at, uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) file[at + static_cast<size_t>(i)] = static_cast<char>(value >> (8 * i) & 0xff);
}

// Header, two section headers (symbols, strings) at 52, one further symbol at 172, strings at 204.
std::string small_elf() {
  std::string file(216, '\0');
  file.replace(0, 6,
               std::string("\x7f"
                           "ELF\x01\x01",
                           6));
  put(file, 18, 40, 2);     // Arm
  put(file, 32, 52, 4);     // section headers
  put(file, 46, 40, 2);     // size of each
  put(file, 48, 2, 2);      // number
  put(file, 52 + 4, 2, 4);  // SHT_SYMTAB
  put(file, 52 + 16, 172, 4);
  put(file, 52 + 20, 32, 4);
  put(file, 52 + 24, 1, 4);  // strings are section 1
  put(file, 92 + 4, 3, 4);   // SHT_STRTAB
  put(file, 92 + 16, 204, 4);
  put(file, 92 + 20, 12, 4);
  put(file, 188 + 0, 1, 4);       // name
  put(file, 188 + 4, 0x8001, 4);  // Thumb
  put(file, 188 + 8, 6, 4);
  put(file, 188 + 12, 0x12, 1);  // global function
  put(file, 188 + 14, 1, 2);
  file.replace(205, 4, "main");
  return file;
}

}  // namespace

TEST_CASE("functions of an ELF file", "[counter]") {
  const auto file = read_elf(small_elf());
  REQUIRE(file.ok());
  REQUIRE(file->functions.size() == 1);
  CHECK(file->functions[0].name == "main");
  CHECK(file->named("main")->address == 0x8000);
  CHECK(file->at(0x8004) == &file->functions[0]);
  CHECK(file->at(0x8006) == nullptr);
  CHECK(file->at(0) == nullptr);
}

TEST_CASE("damaged ELF files are refused, never read outside", "[counter]") {
  const std::string good = small_elf();
  for (size_t length = 0; length < good.size(); ++length)
    CHECK_FALSE(read_elf(std::string_view(good).substr(0, length < 205 ? length : 204)).ok());
  for (size_t at = 0; at < good.size(); ++at) {
    for (const int value : {0x00, 0x7f, 0xff}) {
      std::string bad = good;
      bad[at] = static_cast<char>(value);
      (void)read_elf(bad);  // any answer will do; the sanitizer watches
    }
  }
}

TEST_CASE("ELF files with several damaged words are refused or read, never outside", "[counter]") {
  const std::string good = small_elf();
  std::mt19937 random(1);
  constexpr uint32_t kNasty[] = {0, 1, 39, 40, 204, 215, 216, 217, 0x7fffffff, 0x80000000, 0xffffffd8, 0xffffffff};
  size_t refused = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string bad = good;
    for (uint32_t changes = 1 + random() % 4; changes > 0; --changes) {
      const size_t at = 16 + 4 * (random() % ((bad.size() - 16) / 4));
      put(bad, at, random() % 2 ? kNasty[random() % std::size(kNasty)] : static_cast<uint32_t>(random()), 4);
    }
    const auto file = read_elf(bad);
    refused += !file.ok();
    if (!file) continue;
    for (const ElfSection& section : file->sections) {
      REQUIRE(section.contents.data() >= bad.data());
      REQUIRE(section.contents.data() + section.contents.size() <= bad.data() + bad.size());
    }
    (void)file->at(static_cast<uint32_t>(random()));
    (void)file->named("main");
  }
  CHECK(refused > 1000);
}

namespace {

// A section .ARM.attributes with these attributes of the whole file.
std::string arm_attributes(const std::string& list) {
  std::string section(1 + 4 + 6 + 1 + 4, '\0');
  section[0] = 'A';
  put(section, 1, static_cast<uint32_t>(4 + 6 + 5 + list.size()), 4);
  section.replace(5, 5, "aeabi");
  section[11] = 1;
  put(section, 12, static_cast<uint32_t>(5 + list.size()), 4);
  return section + list;
}

}  // namespace

TEST_CASE("architectures that Arm programs were built for", "[counter]") {
  using namespace std::string_literals;
  CHECK(noted_architecture(arm_attributes("\x06\x0d"s)) == ArmArchitecture::v7em);
  CHECK(noted_architecture(arm_attributes("\x05Cortex-M3\0\x06\x0a\x07M"s)) == ArmArchitecture::v7m);
  CHECK(noted_architecture(arm_attributes("\x20\x01gnu\0\x06\x15"s)) == ArmArchitecture::v81m);
  CHECK(noted_architecture(arm_attributes("\x06\x0c"s)) == ArmArchitecture::v6m);
  CHECK(!noted_architecture(arm_attributes("\x06\x0e"s)));  // v8-A
  CHECK(!noted_architecture(arm_attributes("\x05Cortex-M3"s)));
  CHECK(!noted_architecture(arm_attributes("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"s)));
  CHECK(!noted_architecture(""));
  const std::string whole = arm_attributes("\x05Cortex-M4\0\x06\x0d"s);
  for (size_t length = 0; length < whole.size(); ++length) CHECK(!noted_architecture(whole.substr(0, length)));
  CHECK(architecture_of(*find_target("cortex-m0plus")) == ArmArchitecture::v6m);
  CHECK(architecture_of(*find_target("cortex-m7")) == ArmArchitecture::v7em);
  CHECK(architecture_of(*find_target("cortex-m85")) == ArmArchitecture::v81m);
}
