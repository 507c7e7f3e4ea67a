// SPDX-License-Identifier: Apache-2.0
#include "backends/schedule/prefetch.h"

#include <fmt/format.h>

#include <algorithm>

#include "backends/schedule/plan_schedule.h"
#include "backends/schedule/stays.h"

namespace tinyc {
namespace {

constexpr int64_t kAlignment = 8;
constexpr int kAttempts = 8;

// Bytes that are there at once from each instance's first row to its last, before anything is copied.
std::vector<int64_t> bytes_beside(const Program& program, const PlanOptions& options) {
  const Occupations all = occupations_of(program, options);
  const std::vector<int64_t> live = live_bytes(program, all);  // by step, after one for what comes before
  std::vector<int64_t> bytes;
  for (int i = 0; i < static_cast<int>(program.instances.size()); ++i) {
    const auto is_own = [&](const TimedStep& timed) { return timed.step.instance == i; };
    const auto first = std::find_if(all.steps.begin(), all.steps.end(), is_own);
    const auto last = std::find_if(all.steps.rbegin(), all.steps.rend(), is_own).base();
    const auto at = [&](auto step) { return live.begin() + 1 + (step - all.steps.begin()); };
    bytes.push_back(first == all.steps.end() ? 0 : *std::max_element(at(first), at(last)));
  }
  return bytes;
}

void add_buffer(Program& program, const PrefetchedLayer& layer) {
  Instance& instance = program.instances[static_cast<size_t>(layer.instance)];
  Buffer buffer;
  buffer.kind = BufferKind::scratch;
  buffer.name = fmt::format("{} constants", instance.op->result()->name);
  buffer.row_bytes = layer.bytes;
  buffer.form.alignment = kAlignment;
  instance.prefetch = static_cast<int>(program.buffers.size());
  program.buffers.push_back(std::move(buffer));
}

}  // namespace

int64_t prefetch_bytes(std::span<const PackedConstant> constants) {
  int64_t bytes = 0;
  for (const PackedConstant& constant : constants)
    bytes += (static_cast<int64_t>(constant.bytes.size()) + kAlignment - 1) / kAlignment * kAlignment;
  return bytes;
}

double prefetch_cycles(int64_t bytes, const CoreTiming& core) {
  const double block = core.load + 3 * core.load_next + 4 * core.store + 2 * core.alu + core.branch;
  return static_cast<double>(bytes) / 16 * block;
}

std::optional<PrefetchPlan> plan_prefetch(const Program& program, std::span<const PrefetchedLayer> layers,
                                          int64_t most_bytes, const PlanOptions& options) {
  const std::vector<int64_t> beside = bytes_beside(program, options);
  // What is there at once is a guess at what a plan takes: less is taken until a plan fits.
  int64_t room = most_bytes;
  for (int attempt = 0; attempt < kAttempts && room > 0; ++attempt) {
    PrefetchPlan planned{copy_of(program), {}};
    int64_t fullest = 0;
    for (const PrefetchedLayer& layer : layers) {
      const int64_t bytes = layer.bytes + beside[static_cast<size_t>(layer.instance)];
      if (layer.bytes > room || bytes > room) continue;
      fullest = std::max(fullest, bytes);
      add_buffer(planned.program, layer);
    }
    if (fullest == 0) return std::nullopt;
    planned.plan = plan_workspace(planned.program, options);
    if (planned.plan.workspace_bytes <= most_bytes) return planned;
    room = std::min(room, fullest) - std::max<int64_t>(1, planned.plan.workspace_bytes - most_bytes);
  }
  return std::nullopt;
}

}  // namespace tinyc
