// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/measure_kernels.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "backends/schedule/lower.h"
#include "backends/schedule/plan_schedule.h"
#include "compiler/driver/analyse_model.h"
#include "compiler/driver/progress.h"

namespace tinyc {
namespace {

// Kernels that should take that many times the cycles of the best are not built.
constexpr double kHopeless = 4;

struct Unknown {
  Selection selection;
  std::string key;
};

// The whole model, layer by layer, as it would run by itself.
Options plain(const Options& options) {
  Options plain = options;
  plain.push_rows = false;
  plain.rows = RowPolicy::layers;
  plain.ram_bytes = plain.flash_bytes = std::nullopt;
  plain.aim = Aim::speed;
  plain.costs = nullptr;
  return plain;
}

class Rounds {
 public:
  Rounds(const Options& options, LoweredModel model, TunedCosts& tuned, Diagnostics& diagnostics)
      : options_(options), model_(std::move(model)), tuned_(tuned), diagnostics_(diagnostics) {}

  bool run() {
    std::set<std::string> asked;
    for (const Instance& instance : model_.layers.instances) unknown_.push_back(unknown_of(*instance.op, asked));
    size_t rounds = 0;
    for (const auto& list : unknown_) rounds = std::max(rounds, list.size());
    for (size_t round = 0; round < rounds; ++round) {
      const Progress progress(fmt::format("--tune: building and following kernels, {} of {}", round + 1, rounds));
      if (!measure(round)) return false;
    }
    return true;
  }

 private:
  std::vector<Unknown> unknown_of(const ir::Op& op, std::set<std::string>& asked) const {
    const Candidates candidates = find_kernels(op, *options_.target);
    double best = 0;
    for (const Selection& one : candidates.kernels) {
      if (one.needs.accumulates == Accumulates::no && (best == 0 || one.cycles < best)) best = one.cycles;
    }
    std::vector<Unknown> list;
    for (const Selection& one : candidates.kernels) {
      if (one.needs.accumulates != Accumulates::no || one.cycles > kHopeless * best) continue;
      std::string key = cost_key(tuned_.environment, op, one);
      if (!tuned_.costs.find(key) && asked.insert(key).second) list.push_back({one, std::move(key)});
    }
    // A layer that has no choice needs no measuring.
    return candidates.kernels.size() > 1 ? list : std::vector<Unknown>{};
  }

  bool is_asked(size_t layer, size_t round) const { return round < unknown_[layer].size(); }

  // One kernel of each layer that has any left.
  CompiledModel program_of(size_t round) const {
    Program layers;
    layers.buffers = model_.layers.buffers;
    layers.instances = model_.layers.instances;
    layers.counts_calls = model_.layers.counts_calls;
    for (size_t i = 0; i < layers.instances.size(); ++i) {
      Choices& choices = layers.instances[i].choices;
      choices.one_row.clear();
      choices.accumulating.clear();
      choices.whole = {is_asked(i, round) ? unknown_[i][round].selection : choices.whole.front()};
      use_kernel(layers, static_cast<int>(i), choices.whole.front());
    }
    ScheduleOptions schedule = model_.schedule;
    schedule.policy = RowPolicy::layers;
    Scheduled scheduled = plan_schedule(layers, schedule);
    std::erase_if(scheduled.program.body, [&](const Node& node) {
      return !is_asked(static_cast<size_t>(std::get<Stage>(node).prologue.front().instance), round);
    });
    CompiledModel compiled;
    compiled.program = std::make_unique<Program>(std::move(scheduled.program));
    EmitOptions emit;
    emit.name = options_.name;
    emit.io_place = options_.io_place;
    emit.keep_inputs = options_.keep_inputs;
    emit.stream = model_.loaded.stream;
    compiled.emission =
        make_emission_plan(*model_.loaded.graph, *compiled.program, scheduled.plan, *options_.target, std::move(emit));
    return compiled;
  }

  bool measure(size_t round) {
    const CompiledModel compiled = program_of(round);
    Diagnostics said;
    const auto found = analyse_model(compiled, options_, said);
    if (!found) {
      for (const Diagnostic& one : said.all()) {
        if (one.code != Code::T0706) return diagnostics_.add(one), false;
      }
      return true;
    }
    for (size_t i = 0; i < unknown_.size(); ++i) {
      if (is_asked(i, round)) add_cost(i, unknown_[i][round], compiled.emission, found->analysed);
    }
    return true;
  }

  void add_cost(size_t i, const Unknown& unknown, const EmissionPlan& emission, const AnalysedProgram& analysed) {
    const Totals totals = totals_of(analysed.counts.accounts[i + 1], analysed.listing, *cycles_of(*options_.target));
    const EmittedLayer& layer = emission.layers[i];
    const auto alike = [&](const EmittedLayer& other) { return !layer.shared.empty() && other.shared == layer.shared; };
    const int64_t sharing = std::count_if(emission.layers.begin(), emission.layers.end(), alike);
    KernelCost cost;
    cost.cycles = std::llround(totals.cycles.nominal);
    cost.code_bytes = code_of(analysed, layer.symbol) + (sharing ? code_of(analysed, layer.shared) / sharing : 0);
    const KernelDef& kernel = *unknown.selection.kernel->def;
    cost.about =
        fmt::format("{} {}/{} {}", layer.symbol, isa_name(kernel.isa), kernel.name, unknown.selection.variant.name);
    tuned_.costs.add(unknown.key, std::move(cost));
  }

  // A function may have been split.
  static int64_t code_of(const AnalysedProgram& analysed, const std::string& symbol) {
    int64_t bytes = 0;
    for (const ElfFunction& function : analysed.file.functions) {
      if (function.name.find("::" + symbol + "(") != std::string::npos) bytes += function.bytes;
    }
    return bytes;
  }

  const Options& options_;
  const LoweredModel model_;
  TunedCosts& tuned_;
  Diagnostics& diagnostics_;
  std::vector<std::vector<Unknown>> unknown_;  // per layer
};

}  // namespace

bool measure_kernels(const Options& options, TunedCosts& tuned, Diagnostics& diagnostics) {
  const Options alone = plain(options);
  Diagnostics quiet;  // compile_model() says the same again
  std::optional<LoweredModel> model = lower_model(alone, quiet);
  if (!model) return true;
  return Rounds(alone, std::move(*model), tuned, diagnostics).run();
}

}  // namespace tinyc
