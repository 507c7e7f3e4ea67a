// SPDX-License-Identifier: Apache-2.0
// What a counted run executed, and its price.
#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/counter/core_cycles.h"
#include "compiler/counter/listing.h"
#include "compiler/support/result.h"

namespace tinyc {

// One instruction address.
struct Count {
  uint64_t executed = 0;
  uint64_t taken = 0;     // jumps made from here
  uint64_t ram = 0;       // accesses to memory
  uint64_t constant = 0;  // flash
  Count& operator+=(const Count& other);
};
using CountsByAddress = std::map<uint32_t, Count>;

struct RunCounts {
  std::vector<CountsByAddress> accounts;  // 0: outside of watched functions; then one per watched function
  uint64_t instructions = 0;
};

// Reads what the plugin wrote (qemu_counter.c). Fails where its sums do not agree.
Result<RunCounts> read_counts(std::string_view text, size_t watched);

struct Totals {
  uint64_t instructions = 0;
  Cycles cycles;
  uint64_t ram = 0;
  uint64_t constant = 0;
  std::array<uint64_t, kInstructionClasses> classes{};
  Totals& operator+=(const Totals& other);
};

// Everything below is a sum of this.
Totals totals_of(const CountsByAddress& counts, const Listing& listing, const CoreCycles& core);
// By the function that holds the address; the name "?" stands for unknown places.
std::map<std::string, Totals> totals_by_function(const CountsByAddress& counts, const Listing& listing,
                                                 const CoreCycles& core, const ElfFile& file);

}  // namespace tinyc
