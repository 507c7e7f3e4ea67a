// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/tune.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "backends/schedule/lower.h"
#include "compiler/driver/analyse_model.h"
#include "compiler/driver/build_and_run.h"
#include "compiler/driver/build_facts.h"
#include "compiler/driver/measure_kernels.h"
#include "compiler/support/file.h"
#include "compiler/support/sha256.h"
#include "compiler/support/text_writer.h"

namespace tinyc {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kLargestFile = uint64_t{64} << 20;

// Empty: none. Only a compilation leaves one where none is named.
std::string file_of(const Options& options) {
  if (!options.tune_cache.empty() || options.command != Command::compile) return options.tune_cache;
  return (fs::path(options.output_dir) / (options.name + "_tune.txt")).string();
}

std::string environment_of(const Options& options) {
  std::string text = fmt::format("tinyc {}; {}; {} {}", TINYC_VERSION, options.target->name,
                                 compiler_version(*options.target), options.optimisation);
  for (const std::string& flag : options.compiler_flags) text += " " + flag;
  const CoreCycles& core = *cycles_of(*options.target);
  const auto add = [&](const Cycles& cycles) { text += fmt::format(" {:g}", cycles.nominal); };
  for (const Cycles& cycles : core.cost) add(cycles);
  for (const Cycles* cycles : {&core.per_register, &core.taken, &core.load_overlap, &core.address_stall, &core.load_use,
                               &core.float_use, &core.store_offset, &core.paired, &core.vector_overlap})
    add(*cycles);
  return text;
}

KernelCosts read_costs(const std::string& path, Diagnostics& diagnostics) {
  std::error_code error;
  if (path.empty() || !fs::exists(path, error)) return {};
  const auto text = read_file(path, kLargestFile);
  auto costs = text ? KernelCosts::parse(*text) : Result<KernelCosts>(Failure{"the file " + text.message()});
  if (costs) return costs.take();
  diagnostics.note(Code::T0707, {.file = fs::path(path).filename().string()},
                   "not used, made anew: " + costs.message());
  return {};
}

bool write_costs(const std::string& path, const KernelCosts& costs, Diagnostics& diagnostics) {
  const fs::path folder = fs::path(path).parent_path();
  std::error_code error;
  if (!folder.empty()) fs::create_directories(folder, error);
  const Status status = write_file(path, costs.text());
  if (!status) diagnostics.error(Code::T0103, {}, fmt::format("'{}' {}", path, status.message()));
  return status.ok();
}

// Without the comments, which name estimates.
std::string code_of(const std::string& source) {
  std::string code;
  for (size_t at = 0; at < source.size();) {
    const size_t end = std::min(source.find('\n', at), source.size() - 1) + 1;
    const size_t text = source.find_first_not_of(' ', at);
    if (source.compare(text, 2, "//") != 0) code.append(source, at, end - at);
    at = end;
  }
  return code;
}

// A whole program, as it would be emitted.
struct Whole {
  int64_t cycles = 0;
  int64_t flash_bytes = 0;
  int64_t ram_bytes = 0;
  double chosen_bytes = 0;  // of its kernels, as flash_prices() adds them up
};

class Chooser {
 public:
  Chooser(const Options& options, std::shared_ptr<TunedCosts> tuned, Diagnostics& diagnostics)
      : options_(options), tuned_(std::move(tuned)), diagnostics_(diagnostics) {}

  std::optional<Options> run() {
    const std::optional<Whole> estimated = whole_of(options_, diagnostics_);
    if (!estimated) return std::nullopt;
    Options tuned = options_;
    tuned.costs = tuned_;
    // Where a better bargain in bytes is slower, the fastest program that takes no more flash.
    Options fastest = tuned;
    fastest.aim = Aim::speed;
    const auto most = static_cast<int64_t>(estimated->chosen_bytes);
    if (options_.aim != Aim::speed) fastest.flash_bytes = std::min(most, options_.flash_bytes.value_or(most));
    for (const Options& attempt : {tuned, fastest}) {
      Diagnostics quiet;
      const std::optional<Whole> whole = whole_of(attempt, quiet);
      if (!whole || !is_better(*whole, *estimated)) continue;
      tell(*whole, *estimated);
      return attempt;
    }
    tell(*estimated, *estimated);
    return options_;
  }

 private:
  std::optional<Whole> whole_of(const Options& options, Diagnostics& diagnostics) {
    const std::optional<CompiledModel> model = compile_model(options, diagnostics);
    if (!model) return std::nullopt;
    const EmissionPlan& emission = model->emission;
    const Chosen chosen = chosen_of(*model->program);
    const int64_t ram_bytes = emission.plan.workspace_bytes + emission.plan.state_bytes;
    // No one call does all the work where rows are pushed.
    if (options.push_rows)
      return Whole{std::llround(chosen.cycles), std::llround(chosen.bytes), ram_bytes, chosen.bytes};
    const std::string key = sha256_hex(tuned_->environment + code_of(print_source(emission))).substr(0, kKeyDigits);
    const KernelCost* known = tuned_->costs.find(key);
    if (!known) {
      const auto found = analyse_model(*model, options, diagnostics);
      if (!found) return std::nullopt;
      const AnalysedProgram& analysed = found->analysed;
      KernelCost cost;
      Totals all;
      for (const CountsByAddress& account : analysed.counts.accounts)
        all += totals_of(account, analysed.listing, *cycles_of(*options.target));
      cost.cycles = std::llround(all.cycles.nominal);
      cost.code_bytes = analysed.file.code_bytes + analysed.file.constant_bytes;
      cost.about = "program " + options.name;
      tuned_->costs.add(key, cost);
      known = tuned_->costs.find(key);
    }
    return Whole{known->cycles, known->code_bytes, ram_bytes, chosen.bytes};
  }

  struct Chosen {
    double cycles = 0;
    double bytes = 0;
  };
  // By what is known of the kernels.
  Chosen chosen_of(const Program& program) const {
    Chosen sum;
    for (const Instance& instance : program.instances) {
      Candidates candidates = find_kernels(*instance.op, *options_.target);
      refine(*tuned_, *instance.op, candidates);
      for (const Selection& one : candidates.kernels) {
        if (one.kernel != instance.kernel || one.variant.name != instance.variant.name) continue;
        sum.cycles += one.cycles;
        sum.bytes += one.flash_bytes;
      }
    }
    return sum;
  }

  bool is_better(const Whole& one, const Whole& other) const {
    if (one.cycles > other.cycles) return false;
    if (options_.ram_bytes && one.ram_bytes > std::max(*options_.ram_bytes, other.ram_bytes)) return false;
    if (options_.aim == Aim::speed) return true;
    const double worth = options_.aim == Aim::size ? 4 : 1;
    const auto product = [&](const Whole& whole) {
      return static_cast<double>(whole.cycles) * std::pow(static_cast<double>(whole.flash_bytes), worth);
    };
    return product(one) <= product(other);
  }

  void tell(const Whole& chosen, const Whole& estimated) {
    std::string text = fmt::format("--tune: {} cycles and {} of {} bytes", with_commas(chosen.cycles),
                                   options_.push_rows ? "layers" : "a program", with_commas(chosen.flash_bytes));
    if (chosen.cycles == estimated.cycles && chosen.flash_bytes == estimated.flash_bytes) {
      text += ", as by estimates";
    } else {
      text +=
          fmt::format("; by estimates {} and {}", with_commas(estimated.cycles), with_commas(estimated.flash_bytes));
    }
    diagnostics_.note(Code::T0707, {}, text);
  }

  const Options& options_;
  std::shared_ptr<TunedCosts> tuned_;
  Diagnostics& diagnostics_;
};

}  // namespace

void refine(const TunedCosts& tuned, const ir::Op& op, Candidates& candidates) {
  std::vector<const KernelCost*> known;
  double measured = 0, estimated = 0;
  for (const Selection& one : candidates.kernels) {
    const bool whole = one.needs.accumulates == Accumulates::no;
    known.push_back(whole ? tuned.costs.find(cost_key(tuned.environment, op, one)) : nullptr);
    if (!known.back()) continue;
    measured += static_cast<double>(known.back()->cycles);
    estimated += one.cycles;
  }
  if (measured == 0 || estimated == 0) return;
  candidates.basis = "analysed machine code";
  for (size_t i = 0; i < known.size(); ++i) {
    Selection& one = candidates.kernels[i];
    if (known[i])
      one.flash_bytes += static_cast<double>(known[i]->code_bytes) - code_bytes(*one.kernel->def, op, one.variant);
    one.cycles = known[i] ? static_cast<double>(known[i]->cycles) : one.cycles * measured / estimated;
  }
}

std::optional<Options> tune(const Options& options, Diagnostics& diagnostics) {
  const std::string file = file_of(options);
  auto tuned = std::make_shared<TunedCosts>();
  tuned->costs = read_costs(file, diagnostics);
  if (!can_analyse(*options.target, diagnostics) || !toolchain_ready(*options.target, false, diagnostics))
    return std::nullopt;
  tuned->environment = environment_of(options);
  const std::string before = tuned->costs.text();
  if (!measure_kernels(options, *tuned, diagnostics)) return std::nullopt;
  const std::optional<Options> chosen = Chooser(options, tuned, diagnostics).run();
  if (!file.empty() && tuned->costs.text() != before && !write_costs(file, tuned->costs, diagnostics))
    return std::nullopt;
  return chosen;
}

}  // namespace tinyc
