// SPDX-License-Identifier: Apache-2.0
#include "backends/emit/place_arrays.h"

#include <fmt/format.h>

#include <algorithm>

#include "backends/schedule/assign_regions.h"
#include "backends/schedule/memory_traffic.h"
#include "compiler/support/text_writer.h"

namespace tinyc {
namespace {

class Placer {
 public:
  Placer(EmissionPlan& plan, const StackPlace& stack) : plan_(plan), memories_(plan.memories), stack_(stack) {}

  void run() {
    list_arrays();
    std::vector<AssignedArray> wanted;
    for (size_t i = 0; i < memories_.arrays.size(); ++i) wanted.push_back({memories_.arrays[i].bytes, costs_[i]});
    std::vector<int64_t> room;
    for (const MemoryRegion& region : memories_.regions) room.push_back(static_cast<int64_t>(region.bytes));
    const auto found = assign_regions(wanted, room);
    if (!found) {
      memories_.misfit = misfit();
      return;
    }
    memories_.wait_cycles = found->cost;
    memories_.lower_bound = found->lower_bound;
    for (size_t i = 0; i < memories_.arrays.size(); ++i) {
      PlacedArray& array = memories_.arrays[i];
      array.region = found->region[i];
      array.wait_cycles = costs_[i][static_cast<size_t>(array.region)];
    }
    set_sections();
  }

 private:
  void add(ArrayKind kind, std::string name, int64_t bytes, std::vector<double> cost) {
    if (bytes == 0 || std::ranges::all_of(cost, [](double one) { return one < 0; })) return;
    memories_.arrays.push_back({kind, std::move(name), bytes});
    costs_.push_back(std::move(cost));
  }

  // Has a place already.
  void add_fixed(ArrayKind kind, int64_t bytes, int region) {
    if (region < 0) return;
    std::vector<double> cost(memories_.regions.size(), kNoRegion);
    cost[static_cast<size_t>(region)] = 0;
    add(kind, array_kind_name(kind), bytes, std::move(cost));
  }

  // waits(region) where the array may lie.
  template <class Waits>
  std::vector<double> cost_of(bool writable, Waits waits) const {
    std::vector<double> cost;
    for (const MemoryRegion& region : memories_.regions)
      cost.push_back(holds_data(region, writable) ? waits(region) : kNoRegion);
    return cost;
  }

  void list_arrays() {
    add_fixed(ArrayKind::stack, stack_.bytes, stack_region(memories_.regions, stack_));
    int64_t code = 0;
    for (const EmittedLayer& layer : plan_.layers) code += layer.code_bytes;
    add_fixed(ArrayKind::code, code, first_region(memories_.regions, false));
    add(ArrayKind::workspace, "workspace", plan_.plan.workspace_bytes,
        cost_of(true, [&](const MemoryRegion& region) { return tensor_waits(region, false); }));
    add(ArrayKind::state, "state", plan_.plan.state_bytes,
        cost_of(true, [&](const MemoryRegion& region) { return tensor_waits(region, true); }));
    for (size_t i = 0; i < plan_.layers.size(); ++i) list_constants(plan_.layers[i], plan_.program->instances[i]);
  }

  // A layer's arrays are read alike.
  void list_constants(const EmittedLayer& layer, const Instance& instance) {
    Traffic traffic = traffic_of(instance, layer.constant_bytes, plan_.target->timing);
    if (instance.prefetch >= 0) traffic.constants = static_cast<double>(layer.constant_bytes);  // by the copy
    for (const EmittedConstant& constant : layer.constants) {
      const auto bytes = static_cast<int64_t>(constant.data->bytes.size());
      const double read = traffic.constants * static_cast<double>(bytes) / static_cast<double>(layer.constant_bytes);
      add(ArrayKind::constants, constant.symbol, bytes,
          cost_of(false, [&](const MemoryRegion& region) { return wait_cycles(region, layer.constant_bytes, read); }));
    }
  }

  // For copies of a layer's constants.
  double copy_waits(const MemoryRegion& region, const Instance& instance) const {
    const int64_t bytes = plan_.program->buffers[static_cast<size_t>(instance.prefetch)].row_bytes;
    return wait_cycles(region, bytes, traffic_of(instance, bytes, plan_.target->timing).constants);
  }

  // Of all layers, for what they read and write of the workspace, or of the state. Rows that a step reads stay in a
  // cache that they fit, so that every byte waits once.
  double tensor_waits(const MemoryRegion& region, bool state) const {
    double waits = 0;
    for (const Instance& instance : plan_.program->instances) {
      int64_t inside = 0, outside = 0, window = 0;
      const auto touch = [&](int index, int64_t at_once) {
        if (index < 0) return;
        const Buffer& buffer = plan_.program->buffers[static_cast<size_t>(index)];
        const bool counts = !buffer.external && (buffer.kind == BufferKind::state) == state;
        (counts ? inside : outside) += buffer.rows * buffer.row_bytes;
        if (counts) window += std::min(buffer.bytes(), at_once * buffer.row_bytes);
      };
      for (size_t k = 0; k < instance.inputs.size(); ++k) {
        const InputWindow& rows = instance.needs.inputs[k].window;
        touch(instance.inputs[k].buffer, rows.all ? instance.inputs[k].rows : rows.size);
      }
      for (const Access& access : instance.outputs) touch(access.buffer, 1);
      touch(instance.scratch, 1);
      if (instance.prefetch >= 0 && !state) waits += copy_waits(region, instance);
      if (inside == 0) continue;
      const double share = static_cast<double>(inside) / static_cast<double>(inside + outside);
      const double bytes = share * traffic_of(instance, 0, plan_.target->timing).tensors;
      const double read = window <= region.cache_bytes ? std::min(bytes, static_cast<double>(inside)) : bytes;
      waits += region.wait_cycles * read / region.line_bytes;
    }
    return waits;
  }

  // What finds no place by itself, or else all of a kind beside the rest.
  std::string misfit() const {
    for (size_t i = 0; i < memories_.arrays.size(); ++i) {
      const PlacedArray& array = memories_.arrays[i];
      int best = -1;
      int64_t room = 0;
      for (size_t r = 0; r < memories_.regions.size(); ++r) {
        const auto bytes = static_cast<int64_t>(memories_.regions[r].bytes);
        if (costs_[i][r] < 0 || bytes <= room) continue;
        room = bytes;
        best = static_cast<int>(r);
      }
      if (best >= 0 && array.bytes > room)
        return fmt::format("{} of {} bytes fits no region: {} more than {}, the largest, has", array.name,
                           with_commas(array.bytes), with_commas(array.bytes - room),
                           memories_.regions[static_cast<size_t>(best)].name);
    }
    const std::string ram = together(true);
    return ram.empty() ? together(false) : ram;
  }

  std::string together(bool writable) const {
    int64_t needed = 0, room = 0;
    std::string names, regions;
    for (size_t i = 0; i < memories_.arrays.size(); ++i) {
      const PlacedArray& array = memories_.arrays[i];
      if ((array.kind == ArrayKind::code || array.kind == ArrayKind::constants) == writable) continue;
      needed += array.bytes;
      if (writable)
        names += fmt::format("{}{} ({} B)", names.empty() ? "" : ", ", array.name, with_commas(array.bytes));
    }
    for (const MemoryRegion& region : memories_.regions) {
      if (!holds_data(region, writable)) continue;
      room += static_cast<int64_t>(region.bytes);
      regions += fmt::format("{}{} ({} B)", regions.empty() ? "" : ", ", region.name,
                             with_commas(static_cast<int64_t>(region.bytes)));
    }
    if (writable && largest_in_ram(memories_.regions, stack_).value_or(0) >= needed) return "";
    const std::string missing =
        needed > room ? fmt::format(", {} more than there are", with_commas(needed - room)) : "";
    return fmt::format("{} need {} bytes{} and do not fit {}, each in one region",
                       writable ? names : "code and constants", with_commas(needed), missing, regions);
  }

  void set_sections() {
    const auto& regions = memories_.regions;
    const bool one_ram = std::ranges::count_if(regions, [](const auto& r) { return holds_data(r, true); }) < 2;
    const int flash = first_region(regions, false);
    size_t next = 0;  // constants were listed in the order of the layers
    const auto named = [&](std::string_view prefix, int region) {
      return fmt::format("{}.{}.{}", prefix, plan_.options.name, regions[static_cast<size_t>(region)].name);
    };
    for (const PlacedArray& array : memories_.arrays) {
      if (array.kind == ArrayKind::workspace && !one_ram) plan_.workspace_section = named(".bss", array.region);
      if (array.kind == ArrayKind::state && !one_ram) plan_.state_section = named(".bss", array.region);
      if (array.kind == ArrayKind::constants) break;
      ++next;
    }
    for (EmittedLayer& layer : plan_.layers) {
      for (EmittedConstant& constant : layer.constants) {
        if (next >= memories_.arrays.size() || memories_.arrays[next].name != constant.symbol) continue;
        const int region = memories_.arrays[next++].region;
        if (region != flash) constant.section = named(".rodata", region);
      }
    }
  }

  EmissionPlan& plan_;
  RegionPlan& memories_;
  const StackPlace& stack_;
  std::vector<std::vector<double>> costs_;
};

}  // namespace

int first_region(std::span<const MemoryRegion> regions, bool writable) {
  const auto found = std::ranges::find_if(regions, [&](const auto& region) { return holds_data(region, writable); });
  return found == regions.end() ? -1 : static_cast<int>(found - regions.begin());
}

int stack_region(std::span<const MemoryRegion> regions, const StackPlace& stack) {
  if (stack.region.empty()) return first_region(regions, true);
  const auto found = std::ranges::find_if(
      regions, [&](const auto& region) { return holds_data(region, true) && region.name == stack.region; });
  return found == regions.end() ? -1 : static_cast<int>(found - regions.begin());
}

const char* array_kind_name(ArrayKind kind) {
  constexpr const char* kNames[] = {"workspace", "state", "stack", "code", "constants"};
  return kNames[static_cast<size_t>(kind)];
}

std::optional<int64_t> largest_in_ram(std::span<const MemoryRegion> regions, const StackPlace& stack) {
  std::optional<int64_t> most;
  const int taken = stack_region(regions, stack);
  for (size_t r = 0; r < regions.size(); ++r) {
    if (!holds_data(regions[r], true)) continue;
    const int64_t less = static_cast<int>(r) == taken ? stack.bytes : 0;
    most = std::max(most.value_or(0), static_cast<int64_t>(regions[r].bytes) - less);
  }
  return most;
}

void place_arrays(EmissionPlan& plan, std::span<const MemoryRegion> regions, const StackPlace& stack) {
  plan.memories = {};
  plan.memories.regions.assign(regions.begin(), regions.end());
  if (!regions.empty()) Placer(plan, stack).run();
}

bool count_stack(RegionPlan& memories, const StackPlace& stack, int64_t bytes) {
  const int region = stack_region(memories.regions, stack);
  if (!memories.placed() || region < 0 || bytes == 0) return true;
  auto found = std::ranges::find(memories.arrays, ArrayKind::stack, &PlacedArray::kind);
  if (found == memories.arrays.end())
    found = memories.arrays.insert(memories.arrays.begin(), {ArrayKind::stack, "stack", 0, region});
  if (bytes <= found->bytes) return true;  // --stack has counted more
  found->bytes = bytes;
  return memories.used(region) <= static_cast<int64_t>(memories.regions[static_cast<size_t>(region)].bytes);
}

}  // namespace tinyc
