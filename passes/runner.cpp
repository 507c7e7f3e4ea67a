// SPDX-License-Identifier: Apache-2.0
#include "passes/runner.h"

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <random>

#include "ir/interpret.h"
#include "ir/print.h"
#include "ir/verify.h"

namespace tinyc {
namespace {

constexpr double kFloatTolerance = 1e-3;  // of the largest magnitude of the result
constexpr double kExactTolerance = 0;

// Largest difference over all outputs: steps for integers, relative to the largest magnitude for floats.
double difference(const std::vector<ir::Tensor>& before, const std::vector<ir::Tensor>& after) {
  double worst = 0;
  for (size_t k = 0; k < before.size(); ++k) {
    const bool real = ir::is_float(before[k].element());
    double magnitude = real ? 1e-30 : 1;
    for (int64_t i = 0; real && i < before[k].size(); ++i)
      magnitude = std::max(magnitude, std::fabs(before[k].real(i)));
    for (int64_t i = 0; i < before[k].size(); ++i) {
      const double a = before[k].real(i);
      const double b = after[k].real(i);
      if (a == b || (std::isnan(a) && std::isnan(b))) continue;
      worst = std::max(worst, std::isfinite(a - b) ? std::fabs(a - b) / magnitude : INFINITY);
    }
  }
  return worst;
}

double allowed(Equality equality) {
  switch (equality) {
    case Equality::exact:
      return kExactTolerance;
    case Equality::float_tolerance:
      return kFloatTolerance;
    case Equality::qdq_to_integer:
      return INFINITY;  // steps accumulate through the layers: counted, not bounded here
  }
  return 0;
}

class Runner {
 public:
  Runner(ir::Graph& graph, PassContext& context, const RunnerOptions& options)
      : graph_(graph), context_(context), options_(options) {
    if (options.check_numbers) {
      inputs_ = seeded_inputs(graph);
      outputs_ = ir::interpret(graph, inputs_);
    }
  }

  PassReport run(const PipelineRow& row) {
    PassReport report;
    report.pass = row.pass->name;
    const auto start = std::chrono::steady_clock::now();
    constexpr int kMostRuns = 100;  // a pass that never settles is a bug
    bool changed = true;
    while (changed && report.runs < (row.until_stable ? kMostRuns : 1)) {
      changed = row.pass->run(graph_, context_);
      ++report.runs;
      report.changes += changed ? 1 : 0;
      if (const Status status = ir::verify(graph_); !status)
        TINYC_BUG(fmt::format("after pass {}: {}", row.pass->name, status.message()));
    }
    if (report.runs == kMostRuns) TINYC_BUG(fmt::format("pass {} does not settle", row.pass->name));
    report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (options_.check_numbers && report.changes > 0) check(*row.pass, report);
    if (options_.after_pass) options_.after_pass(*row.pass, graph_);
    return report;
  }

 private:
  void check(const PassDef& pass, PassReport& report) {
    std::vector<ir::Tensor> now = ir::interpret(graph_, inputs_);
    report.largest_difference = difference(outputs_, now);
    if (report.largest_difference > allowed(pass.equality)) {
      TINYC_BUG(fmt::format("pass {} changes results by {}", pass.name, report.largest_difference));
    }
    outputs_ = std::move(now);
  }

  ir::Graph& graph_;
  PassContext& context_;
  const RunnerOptions& options_;
  std::vector<ir::Tensor> inputs_;
  std::vector<ir::Tensor> outputs_;
};

std::string dump(const void* graph) {
  return ir::print(*static_cast<const ir::Graph*>(graph), {.largest_constant = 16});
}

}  // namespace

std::vector<ir::Tensor> seeded_inputs(const ir::Graph& graph) {
  std::mt19937 random(20260001);
  std::vector<ir::Tensor> inputs;
  for (const ir::Value* input : graph.inputs()) {
    ir::Tensor tensor(input->type.element, input->type.shape);
    for (int64_t i = 0; i < tensor.size(); ++i) {
      const auto bits = static_cast<int64_t>(random());
      if (ir::is_float(tensor.element())) {
        tensor.set_real(i, static_cast<double>(bits % 20001) / 10000.0 - 1.0);
      } else {
        tensor.set_integer(i, tensor.element() == ir::Element::b1   ? bits & 1
                              : ir::lowest(tensor.element()) < -128 ? bits % 8
                                                                    : ir::lowest(tensor.element()) + bits % 256);
      }
    }
    inputs.push_back(std::move(tensor));
  }
  return inputs;
}

std::vector<PassReport> run_passes(ir::Graph& graph, PassContext& context, const RunnerOptions& options) {
  return run_passes(graph, context, default_pipeline(), options);
}

std::vector<PassReport> run_passes(ir::Graph& graph, PassContext& context, std::span<const PipelineRow> pipeline,
                                   const RunnerOptions& options) {
  const BugContext bug_context(dump, &graph);
  Runner runner(graph, context, options);
  std::vector<PassReport> reports;
  for (const PipelineRow& row : pipeline) {
    if (row.pass->name == options.skip) continue;
    reports.push_back(runner.run(row));
    if (row.pass->name == options.stop_after) break;
  }
  return reports;
}

}  // namespace tinyc
