// SPDX-License-Identifier: Apache-2.0
#include "backends/schedule/select_kernel.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>

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

// Kernels that may stand in for each other without a change of the schedule.
bool reads_alike(const Needs& a, const Needs& b) {
  if (a.granule != b.granule || a.front != b.front || a.state_bytes != b.state_bytes) return false;
  return std::equal(a.inputs.begin(), a.inputs.end(), b.inputs.begin(), b.inputs.end(),
                    [](const InputNeeds& x, const InputNeeds& y) { return x.window == y.window; });
}

// What the kernel packs, and constant operands that it reads as they are.
double constant_bytes(const KernelDef& kernel, const ir::Op& op, const Built& built) {
  double bytes = 0;
  for (const PackedConstant& constant : built.constants) bytes += static_cast<double>(constant.bytes.size());
  for (const ir::Value* operand : op.operands) {
    if (kernel.constant_rows && operand && ir::constant_data(operand))
      bytes += static_cast<double>(operand->type.bytes());
  }
  return bytes;
}

// Layers with equal ones are emitted with one body (backends/emit/share_layers.h, which knows of more that can differ).
std::string body_of(const KernelDef& kernel, const Variant& variant, const Built& built) {
  std::string body = fmt::format("{} {}", kernel.name, variant.name);
  if (shared_code_bytes(kernel, variant) > 0) return body;
  for (const GeometryField& field : built.geometry) body += fmt::format(" {} {}", field.integer, field.value);
  return body;
}

void add_flash(Selection& one, const ir::Op& op) {
  const KernelDef& kernel = *one.kernel->def;
  const Built built = kernel.build(op, one.variant);
  const double own = code_bytes(kernel, op, one.variant);
  const double shared = shared_code_bytes(kernel, one.variant);
  one.body = body_of(kernel, one.variant, built);
  one.calls_shared = shared > 0;
  one.body_bytes = shared > 0 ? shared : std::max(0.0, own - kCallBytes);
  const double geometry = shared > 0 ? 4 * static_cast<double>(built.geometry.size()) : 0;  // else in the code
  one.constant_bytes = constant_bytes(kernel, op, built) + geometry;
  one.flash_bytes = one.constant_bytes + own + shared;
}

std::string describe(const KernelDef& kernel) { return fmt::format("{} ({})", kernel.name, isa_name(kernel.isa)); }

// From the cheapest on, those that read the same rows and take less scratch than the one before.
std::vector<Selection> less_and_less_scratch(const std::vector<Selection>& by_cost) {
  std::vector<Selection> list;
  for (const Selection& one : by_cost) {
    if (!list.empty() && one.needs.scratch_bytes >= list.back().needs.scratch_bytes) continue;
    if (list.empty() || reads_alike(one.needs, list.front().needs)) list.push_back(one);
  }
  return list;
}

bool by_rows(const Needs& needs) {
  return needs.granule > 0 && std::none_of(needs.inputs.begin(), needs.inputs.end(),
                                           [](const InputNeeds& input) { return input.window.all; });
}

// A smaller kernel that needs whole tensors must not take the place of one that goes by rows: no pipeline could hold
// the layer.
void keep_rows(std::vector<Selection>& kernels) {
  const auto cycles = [](const Selection& one) {
    return one.needs.accumulates == Accumulates::no ? one.cycles : std::numeric_limits<double>::infinity();
  };
  const auto fastest = std::min_element(kernels.begin(), kernels.end(),
                                        [&](const Selection& a, const Selection& b) { return cycles(a) < cycles(b); });
  if (fastest != kernels.end() && by_rows(fastest->needs))
    std::erase_if(kernels, [](const Selection& one) { return !by_rows(one.needs); });
}

}  // namespace

Candidates find_kernels(const ir::Op& op, const Target& target) {
  Candidates candidates;
  for (const Kernel& kernel : all_kernels()) {
    if (!computes(*kernel.def, op) || !runs_on(*kernel.def, target)) continue;
    if (const auto reason = why_not(*kernel.def, op)) {
      candidates.rejected.push_back(describe(*kernel.def) + ": " + *reason);
      continue;
    }
    for (const Variant& variant : variants_of(*kernel.def, op)) {
      Selection one{&kernel, variant, kernel.def->needs(op, variant)};
      if (kernel.def->cycles) one.cycles = kernel.def->cycles(op, variant, target.timing);
      add_flash(one, op);
      candidates.kernels.push_back(std::move(one));
    }
  }
  keep_rows(candidates.kernels);
  return candidates;
}

void share_bodies(std::span<Candidates> operators) {
  std::map<std::string, double> layers;
  for (const Candidates& candidates : operators) {
    for (const Selection& one : candidates.kernels) ++layers[one.body];
  }
  for (Candidates& candidates : operators) {
    for (Selection& one : candidates.kernels) {
      if (!one.calls_shared) one.flash_bytes -= one.body_bytes * (1 - 1 / layers[one.body]);
    }
  }
}

Choices choose_kernels(Candidates candidates, double cycles_per_byte) {
  Choices choices;
  choices.rejected = std::move(candidates.rejected);
  choices.basis = candidates.basis;
  std::vector<Selection>& all = candidates.kernels;
  for (Selection& one : all) one.cost = one.cycles + cycles_per_byte * one.flash_bytes;
  std::stable_sort(all.begin(), all.end(), [](const Selection& a, const Selection& b) { return a.cost < b.cost; });
  const auto whole = std::stable_partition(
      all.begin(), all.end(), [](const Selection& one) { return one.needs.accumulates != Accumulates::no; });
  choices.accumulating.assign(all.begin(), whole);
  all.erase(all.begin(), whole);
  choices.candidates = static_cast<int>(all.size());
  choices.whole = less_and_less_scratch(all);
  if (!choices.whole.empty() && choices.whole.front().needs.granule > 1) {
    std::erase_if(all, [](const Selection& one) { return one.needs.granule > 1; });
    choices.one_row = less_and_less_scratch(all);
  }
  return choices;
}

std::function<bool(const ir::Op&)> has_kernel_on(const Target& target) {
  return [&target](const ir::Op& op) { return !fastest_kernels(op, target).whole.empty(); };
}

}  // namespace tinyc
