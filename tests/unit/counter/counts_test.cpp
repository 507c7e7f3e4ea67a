// SPDX-License-Identifier: Apache-2.0
// Prices added up by hand from the Technical Reference Manuals.
#include "compiler/counter/counts.h"

#include <catch2/catch.hpp>

using namespace tinyc;

namespace {

Totals price(const char* target, std::string_view text, const CountsByAddress& counts) {
  return totals_of(counts, read_listing(text, ElfFile::Machine::arm), *cycles_of(*find_target(target)));
}

// A loop of 10 rounds: two independent loads, a dual product, a subtraction, a branch taken 9 times.
constexpr std::string_view kLoop =
    "    8000:\t6803      \tldr\tr3, [r0, #0]\n"
    "    8002:\t680c      \tldr\tr4, [r1, #0]\n"
    "    8004:\tfb23 5504 \tsmlad\tr5, r3, r4, r5\n"
    "    8008:\t3a01      \tsubs\tr2, #1\n"
    "    800a:\td1f9      \tbne.n\t8000 <f>\n";
const CountsByAddress kTenRounds = {{0x8000, {10, 0, 10, 0}},
                                    {0x8002, {10, 0, 0, 10}},
                                    {0x8004, {10, 0, 0, 0}},
                                    {0x8008, {10, 0, 0, 0}},
                                    {0x800a, {10, 9, 0, 0}}};

}  // namespace

TEST_CASE("Cortex-M4 loop", "[counter]") {
  const Totals totals = price("cortex-m4", kLoop, kTenRounds);
  CHECK(totals.instructions == 50);
  CHECK(totals.ram == 10);
  CHECK(totals.constant == 10);
  // Two loads 3, dual product 1, subtraction 1, branch 1: 6 a round; refills 9 * (1, 2, 3). High: loads never overlap.
  CHECK(totals.cycles.nominal == 60 + 18);
  CHECK(totals.cycles.low == 60 + 9);
  CHECK(totals.cycles.high == 70 + 27);
}

TEST_CASE("loads overlap only where they are independent", "[counter]") {
  const CountsByAddress once = {{0x8000, {1, 0, 1, 0}}, {0x8002, {1, 0, 1, 0}}};
  CHECK(price("cortex-m4", "    8000:\t6803\tldr\tr3, [r0, #0]\n    8002:\t681c\tldr\tr4, [r3, #0]\n", once)
            .cycles.nominal == 4);
  CHECK(price("cortex-m4", "    8000:\t6803\tldr\tr3, [r0], #4\n    8002:\t680c\tldr\tr4, [r1, #0]\n", once)
            .cycles.nominal == 4);
}

TEST_CASE("Cortex-M0 and M0+", "[counter]") {
  constexpr std::string_view kText =
      "    8000:\tb510      \tpush\t{r4, lr}\n"
      "    8002:\t4348      \tmuls\tr0, r1\n"
      "    8004:\t6803      \tldr\tr3, [r0, #0]\n"
      "    8006:\tbd10      \tpop\t{r4, pc}\n";
  const CountsByAddress once = {
      {0x8000, {1, 0, 2, 0}}, {0x8002, {1, 0, 0, 0}}, {0x8004, {1, 0, 1, 0}}, {0x8006, {1, 1, 2, 0}}};
  // PUSH 1 + 2, MULS 1 (32 at most), LDR 2, POP with PC: M0 4 + 1 others.
  CHECK(price("cortex-m0", kText, once).cycles.nominal == 3 + 1 + 2 + 3 + 2);
  CHECK(price("cortex-m0", kText, once).cycles.high == 3 + 32 + 2 + 3 + 2);
  CHECK(price("cortex-m0plus", kText, once).cycles.nominal == 3 + 1 + 2 + 3 + 1);
}

TEST_CASE("results of the counter are checked", "[counter]") {
  CHECK(read_counts("instructions 3\n0 8000 3 1 0 0\n", 0).ok());
  CHECK_FALSE(read_counts("instructions 4\n0 8000 3 1 0 0\n", 0).ok());
  CHECK_FALSE(read_counts("instructions 3\n2 8000 3 1 0 0\n", 0).ok());
  CHECK_FALSE(read_counts("instructions 3\n0 8000 3 1\n", 0).ok());
  CHECK_FALSE(read_counts("", 0).ok());
}
