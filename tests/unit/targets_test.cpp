// SPDX-License-Identifier: Apache-2.0
// What every description of a core or a board must keep to.
#include <algorithm>
#include <string>

#include "backends/target.h"
#include "backends/toolchain.h"

#if __has_include(<catch2/catch_test_macros.hpp>)
#include <catch2/catch_test_macros.hpp>
#else
#include <catch2/catch.hpp>
#endif

using namespace tinyc;

TEST_CASE("targets: sorted, found by name") {
  const auto by_name = [](const auto* left, const auto* right) {
    return std::string_view(left->name) < std::string_view(right->name);
  };
  CHECK(std::ranges::is_sorted(all_targets(), by_name));
  CHECK(std::ranges::is_sorted(all_boards(), by_name));
  for (const Target* target : all_targets()) CHECK(find_target(target->name) == target);
  for (const Board* board : all_boards()) CHECK(find_board(board->name) == board);
  CHECK(find_target("cortex-m4") != nullptr);
  CHECK(find_target("no-such-core") == nullptr);
  CHECK(find_board("no-such-board") == nullptr);
}

TEST_CASE("targets: complete") {
  for (const Target* target : all_targets()) {
    INFO(target->name);
    CHECK(std::string_view(target->description).size() > 3);
    REQUIRE_FALSE(target->isa.empty());
    CHECK(target->isa.back() == Isa::portable);
    CHECK((target->feature_macro == nullptr) == (target->feature_help == nullptr));
    CHECK((target->emulator.machine[0] == '\0') == (target->emulator.linker_script[0] == '\0'));
    CHECK(target->timing.alu > 0);
    CHECK(target->timing.float_div > 0);
    CHECK(std::string_view(target->timing.source).size() > 10);
  }
}

TEST_CASE("targets: instruction set folders have names") {
  for (int isa = 0; isa <= static_cast<int>(Isa::portable); ++isa) CHECK_FALSE(isa_name(static_cast<Isa>(isa)).empty());
}

TEST_CASE("boards: memories add up and do not overlap") {
  for (const Board* board : all_boards()) {
    INFO(board->name);
    CHECK(find_target(board->target) != nullptr);
    CHECK(board->clock_mhz > 0);
    uint64_t ram = 0;
    uint64_t flash = 0;
    for (const MemoryRegion& region : board->regions) {
      (region.writable ? ram : flash) += region.bytes;
      for (const MemoryRegion& other : board->regions)
        CHECK(
            (&other == &region || other.base + other.bytes <= region.base || region.base + region.bytes <= other.base));
    }
    CHECK(board->ram_bytes <= ram);
    CHECK(board->flash_bytes <= flash);
    CHECK(std::string_view(board->source).size() > 10);
  }
}

TEST_CASE("toolchain: emulated programs get their arguments by semihosting") {
  const auto command = run_command(*find_target("cortex-m4"), "program.elf", {"a,b"});
  CHECK(command.front() == "qemu-system-arm");
  CHECK(std::ranges::find(command, "enable=on,target=native,chardev=console,arg=program,arg=a,,b") != command.end());
  CHECK(run_command(*find_target("host"), "program", {"a"}) == std::vector<std::string>{"./program", "a"});
}

TEST_CASE("toolchain: the C driver is told to read C++") {
  const BuildRequest request = {.sources = {"a.cpp"}, .include_dirs = {"inc"}, .output = "a", .stubs_dir = "stubs"};
  const auto command = compile_command(*find_target("rv32imc"), request);
  CHECK(command.front() == "riscv64-unknown-elf-gcc");
  CHECK(std::ranges::find(command, "--specs=picolibc.specs") != command.end());
  CHECK(std::ranges::find(command, "c++") < std::ranges::find(command, "a.cpp"));
  CHECK_FALSE(can_build(*find_target("esp32")));
  CHECK(can_build(*find_target("cortex-m85")));
  CHECK_FALSE(can_run(*find_target("cortex-m85")));
}
