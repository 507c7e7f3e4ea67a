// SPDX-License-Identifier: Apache-2.0
// All instructions of a program, decoded once.
#pragma once

#include <optional>
#include <vector>

#include "compiler/analyser/operation.h"
#include "compiler/counter/listing.h"

namespace tinyc {

struct Code {
  std::vector<Operation> operations;  // by address
  std::vector<uint32_t> addresses;
  Listing listing;

  static constexpr uint32_t kNowhere = UINT32_MAX;
  // Number of the operation at an address.
  uint32_t at(uint32_t address) const {
    const uint32_t slot = (address - base) / 2;
    return address >= base && slot < slots.size() ? slots[slot] : kNowhere;
  }

  uint32_t base = 0;
  std::vector<uint32_t> slots;  // per half-word from `base`
};

// nullopt: no disassembler, or no code.
std::optional<Code> decode(const ElfFile& file);

}  // namespace tinyc
