// SPDX-License-Identifier: Apache-2.0
// What instructions cost on each core: cycles with memory that answers at once (no flash wait states, no cache misses).
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "backends/target.h"
#include "compiler/counter/instruction.h"

namespace tinyc {

struct Cycles {
  double low = 0;
  double nominal = 0;
  double high = 0;
  Cycles& operator+=(const Cycles& other) {
    low += other.low;
    nominal += other.nominal;
    high += other.high;
    return *this;
  }
  Cycles operator*(double by) const { return {low * by, nominal * by, high * by}; }
};

struct CoreCycles {
  std::string_view name;
  std::vector<std::string_view> targets;
  std::string_view basis;           // documents, and how far to trust them
  std::array<Cycles, kKinds> cost;  // of one instruction, jumps not taken
  Cycles per_register;              // further registers of a multiple load or store
  Cycles taken;                     // added when a jump is made; also for loads of the program counter
  Cycles load_overlap;              // saved by a load right after an independent load
  Cycles address_stall;             // address from the instruction just before (arithmetic)
  Cycles load_use;                  // operand loaded by the instruction just before
  Cycles float_use;                 // float operand from the instruction just before
  Cycles store_offset;              // store with a register offset
  Cycles paired;                    // saved when issued together with the independent instruction before
  Cycles vector_overlap;            // saved by a vector instruction after one of another unit
};

// nullptr: no table for the core.
const CoreCycles* cycles_of(const Target& target);

}  // namespace tinyc
