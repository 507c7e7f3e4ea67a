// SPDX-License-Identifier: Apache-2.0
// Counts what a function of a linked program executes, without running it: control flow on known values. Registers,
// flags, the stack and read-only memory are known or unknown; inputs and the workspace are not. Jumps that data decides
// go both ways in turn, and what the ways differ by brackets the result.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "backends/target.h"
#include "compiler/counter/counts.h"

namespace tinyc {

struct AnalysisRequest {
  const Target* target = nullptr;
  std::string_view program;            // bytes of an ELF file; must outlive the result
  std::string function;                // takes pointers only
  std::vector<std::string> watched{};  // functions inside an unnamed namespace, without it: "l01_conv"
  uint64_t limit = 500'000'000;        // instructions; more is taken for a program that never ends
};

// What undecided jumps may add to or take from the figures.
struct Undecided {
  uint64_t typical_calls = 0;  // of library functions, followed on typical operands (helpers.h)
  uint64_t jumps = 0;          // executed
  double instructions = 0;     // half of what the ways differ by
  Cycles cycles;               // likewise; `low` is to be taken off, `high` added
};

struct AnalysedProgram {
  ElfFile file;
  Listing listing;
  RunCounts counts;                  // as the counter's, with both ways of undecided jumps in turn
  std::vector<Undecided> undecided;  // per account
  uint32_t stack_bytes = 0;          // deepest, below the caller's stack pointer
};

// Whether cores of this kind can be analysed by this build of tinyc; what is missing otherwise.
Status analyser_ready(const Target& target);

Result<AnalysedProgram> analyse(const AnalysisRequest& request);

}  // namespace tinyc
