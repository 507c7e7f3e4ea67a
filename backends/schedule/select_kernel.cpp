// SPDX-License-Identifier: Apache-2.0
#include "backends/schedule/select_kernel.h"

#include <fmt/format.h>

#include <algorithm>

namespace tinyc {
namespace {

std::vector<Variant> variants_of(const KernelDef& kernel, const ir::Op& op) {
  return kernel.variants ? kernel.variants(op) : std::vector<Variant>{Variant{}};
}

bool computes(const KernelDef& kernel, const ir::Op& op) {
  return std::find(kernel.ops.begin(), kernel.ops.end(), op.name()) != kernel.ops.end();
}

bool runs_on(const KernelDef& kernel, const Target& target) {
  return std::find(target.isa.begin(), target.isa.end(), kernel.isa) != target.isa.end();
}

std::string describe(const KernelDef& kernel) { return fmt::format("{} ({})", kernel.name, isa_name(kernel.isa)); }

}  // namespace

Selection select_kernel(const ir::Op& op, const Target& target) {
  Selection best;
  int candidates = 0;
  for (const Kernel& kernel : all_kernels()) {
    if (!computes(*kernel.def, op) || !runs_on(*kernel.def, target)) continue;
    if (const auto reason = why_not(*kernel.def, op)) {
      best.rejected.push_back(describe(*kernel.def) + ": " + *reason);
      continue;
    }
    for (const Variant& variant : variants_of(*kernel.def, op)) {
      const double cycles = kernel.def->cycles ? kernel.def->cycles(op, variant, target.timing) : 0;
      ++candidates;
      if (best.kernel && cycles >= best.cycles) continue;
      best.kernel = &kernel;
      best.variant = variant;
      best.cycles = cycles;
    }
  }
  best.why = candidates == 1 ? "the only one that applies" : fmt::format("cheapest of {} by estimate", candidates);
  return best;
}

}  // namespace tinyc
