// SPDX-License-Identifier: Apache-2.0
// The figures of `tinyc bench`, as text and JSON.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/counter/counted_program.h"

namespace tinyc {

struct BenchLayer {
  std::string name;
  std::string kernel;
  int64_t macs = 0;
  Totals totals;               // called functions included
  uint64_t typical_calls = 0;  // of an analysis
  uint64_t undecided_jumps = 0;
  double undecided_instructions = 0;
};

struct BenchReport {
  std::string name;
  const Target* target = nullptr;
  const CoreCycles* core = nullptr;
  std::string compiler;  // "arm-none-eabi-g++ 12.2.1 -O2"
  Totals totals;
  bool analysed = false;                    // not run
  uint64_t typical_calls = 0;               // of an analysis: library functions at their mean cost,
  uint64_t undecided_jumps = 0;             // jumps that data decides ...
  double undecided_instructions = 0;        // ... and how far instructions may be off for them
  std::vector<BenchLayer> layers;           // of a model; the last one is what lies outside of layers
  std::map<std::string, Totals> functions;  // without what they call
  int64_t macs = 0;                         // 0 = unknown
  std::optional<int64_t> workspace_bytes;   // with state
  std::optional<int64_t> code_bytes;
  std::optional<int64_t> constant_bytes;
  std::optional<int64_t> stack_bytes;
};

std::string bench_text(const BenchReport& report, bool per_layer);
std::string bench_json(const BenchReport& report);

}  // namespace tinyc
