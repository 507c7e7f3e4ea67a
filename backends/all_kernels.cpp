// SPDX-License-Identifier: Apache-2.0
// The table of kernels, from the kernels.list of each ISA folder.
#include <vector>

#include "backends/kernel.h"
#include "compiler/support/diagnostics.h"

namespace tinyc {

#define TINYC_ENTRY(isa, name) const KernelDef& isa##_##name##_definition();
#include "backends/all_kernels.inc"
#undef TINYC_ENTRY

namespace {

std::vector<Kernel> make_table() {
  std::vector<Kernel> table;
#define TINYC_ENTRY(isa, name) table.push_back({&isa##_##name##_definition(), &shipped_text("backends/" #isa "/" #name ".h")});
#include "backends/all_kernels.inc"
#undef TINYC_ENTRY
  return table;
}

}  // namespace

std::span<const Kernel> all_kernels() {
  static const std::vector<Kernel> table = make_table();
  return table;
}

const ShippedText& shipped_text(std::string_view path) {
  for (const ShippedText* text : all_shipped_texts()) {
    if (text->path == path) return *text;
  }
  TINYC_BUG("no shipped text '" + std::string(path) + "'");
}

}  // namespace tinyc
