// SPDX-License-Identifier: Apache-2.0
// The table of passes, from passes.list.
#include <algorithm>

#include "passes/pass.h"

namespace tinyc {

#define TINYC_ENTRY(name) extern const PassDef name##_pass;
#include "passes/all_passes.inc"
#undef TINYC_ENTRY

namespace {
constexpr const PassDef* kPasses[] = {
#define TINYC_ENTRY(name) &name##_pass,
#include "passes/all_passes.inc"
#undef TINYC_ENTRY
};
}  // namespace

std::span<const PassDef* const> all_passes() { return kPasses; }

const PassDef* find_pass(std::string_view name) {
  std::string plain(name);
  std::replace(plain.begin(), plain.end(), '-', '_');
  for (const PassDef* pass : kPasses) {
    if (pass->name == plain) return pass;
  }
  return nullptr;
}

}  // namespace tinyc
