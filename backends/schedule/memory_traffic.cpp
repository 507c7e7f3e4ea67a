// SPDX-License-Identifier: Apache-2.0
#include "backends/schedule/memory_traffic.h"

#include <algorithm>

namespace tinyc {
namespace {

constexpr double kWord = 4;

// A kernel's closed form with nothing but loads (or stores) costing anything counts them.
double counted(const Instance& instance, const CoreTiming& core, double load, double store) {
  CoreTiming one{};
  one.registers = core.registers;
  one.vfp_loops = core.vfp_loops;
  one.load = one.load_next = load;
  one.store = store;
  const KernelDef& kernel = *instance.kernel->def;
  return kernel.cycles ? kernel.cycles(*instance.op, instance.variant, one) : 0;
}

// How often a weight is used, once for all where the operator has none.
double uses_of_weights(const ir::Op& op) {
  int64_t weights = 0;
  for (const ir::Value* operand : op.operands) {
    if (operand && ir::constant_data(operand)) weights = std::max(weights, operand->type.elements());
  }
  const int64_t macs = op.def->macs ? op.def->macs(op) : 0;
  return weights > 0 ? std::max(1.0, static_cast<double>(macs) / static_cast<double>(weights)) : 1;
}

}  // namespace

Traffic traffic_of(const Instance& instance, int64_t constant_bytes, const CoreTiming& core) {
  const double loads = kWord * counted(instance, core, 1, 0);
  const double stores = kWord * counted(instance, core, 0, 1);
  const double passes = std::max(1.0, uses_of_weights(*instance.op) / instance.kernel->def->pixels_per_read);
  Traffic traffic;
  traffic.constants = passes * static_cast<double>(constant_bytes);
  if (loads > 0) traffic.constants = std::min(traffic.constants, loads);
  traffic.tensors = loads - traffic.constants + stores;
  if (loads <= 0) traffic.tensors = 0;
  return traffic;
}

double wait_cycles(const MemoryRegion& region, int64_t array_bytes, double bytes) {
  if (array_bytes <= region.cache_bytes) bytes = std::min(bytes, static_cast<double>(array_bytes));
  return region.wait_cycles * bytes / region.line_bytes;
}

}  // namespace tinyc
