// SPDX-License-Identifier: Apache-2.0
#include "backends/emit/choose_prefetch.h"

#include <algorithm>
#include <limits>

#include "backends/schedule/memory_traffic.h"

namespace tinyc {
namespace {

const MemoryRegion* region_of(const RegionPlan& memories, ArrayKind kind, std::string_view name) {
  for (const PlacedArray& array : memories.arrays) {
    if (array.kind == kind && array.name == name) return &memories.regions[static_cast<size_t>(array.region)];
  }
  return nullptr;
}

// Cycles that a copy of the layer's constants saves.
double saved_cycles(const EmissionPlan& plan, size_t index, int64_t bytes) {
  const EmittedLayer& layer = plan.layers[index];
  const Traffic traffic = traffic_of(plan.program->instances[index], layer.constant_bytes, plan.target->timing);
  const MemoryRegion* ram = region_of(plan.memories, ArrayKind::workspace, "workspace");
  if (!ram) return 0;
  double saved = -prefetch_cycles(bytes, plan.target->timing);
  for (const EmittedConstant& constant : layer.constants) {
    const MemoryRegion* flash = region_of(plan.memories, ArrayKind::constants, constant.symbol);
    if (!constant.argument || !flash) continue;
    const auto size = static_cast<int64_t>(constant.data->bytes.size());
    const double part = static_cast<double>(size) / static_cast<double>(layer.constant_bytes);
    saved += wait_cycles(*flash, layer.constant_bytes, part * traffic.constants);
    saved -= wait_cycles(*flash, size, static_cast<double>(size));
    saved -= wait_cycles(*ram, layer.constant_bytes, part * traffic.constants);
  }
  return saved;
}

}  // namespace

std::vector<PrefetchedLayer> choose_prefetch(const EmissionPlan& plan, Prefetch policy) {
  std::vector<PrefetchedLayer> chosen;
  for (size_t i = 0; i < plan.layers.size() && policy != Prefetch::off; ++i) {
    const int64_t bytes = prefetch_bytes(plan.layers[i].built.constants);
    if (bytes > 0 && (policy == Prefetch::all || saved_cycles(plan, i, bytes) > 0))
      chosen.push_back({static_cast<int>(i), bytes});
  }
  return chosen;
}

int64_t room_for_prefetch(const EmissionPlan& plan, std::optional<int64_t> ram_bytes) {
  int64_t room = std::numeric_limits<int64_t>::max();
  if (ram_bytes) room = *ram_bytes - plan.plan.state_bytes;
  const RegionPlan& memories = plan.memories;
  for (const PlacedArray& array : memories.arrays) {
    if (array.kind != ArrayKind::workspace || array.region < 0) continue;
    const auto bytes = static_cast<int64_t>(memories.regions[static_cast<size_t>(array.region)].bytes);
    room = std::min(room, bytes - memories.used(array.region) + array.bytes);
  }
  return room;
}

}  // namespace tinyc
