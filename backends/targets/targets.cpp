// SPDX-License-Identifier: Apache-2.0
// The table of targets, made from targets.list: the build turns each line NAME into TINYC_ENTRY(NAME) in
// all_targets.inc. Objects that register themselves would be dropped from a static library.
#include <algorithm>

#include "backends/target.h"

namespace tinyc {
namespace targets {

#define TINYC_ENTRY(name) extern const Target name;
#include "backends/targets/all_targets.inc"
#undef TINYC_ENTRY

}  // namespace targets

namespace {

constexpr const Target* kTargets[] = {
#define TINYC_ENTRY(name) &targets::name,
#include "backends/targets/all_targets.inc"
#undef TINYC_ENTRY
};

}  // namespace

std::span<const Target* const> all_targets() { return kTargets; }

const Target* find_target(std::string_view name) {
  const auto* found =
      std::ranges::find(kTargets, name, [](const Target* target) { return std::string_view(target->name); });
  return found == std::end(kTargets) ? nullptr : *found;
}

std::string_view isa_name(Isa isa) {
  switch (isa) {
    case Isa::armv81m_mve:
      return "armv81m_mve";
    case Isa::armv8m_dsp:
      return "armv8m_dsp";
    case Isa::armv7em_dsp:
      return "armv7em_dsp";
    case Isa::armv7m:
      return "armv7m";
    case Isa::armv6m:
      return "armv6m";
    case Isa::riscv:
      return "riscv";
    case Isa::portable:
      return "portable";
  }
  return "";
}

}  // namespace tinyc
