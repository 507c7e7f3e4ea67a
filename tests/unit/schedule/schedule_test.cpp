// SPDX-License-Identifier: Apache-2.0
// The search over schedules: every price is a plan that passes the checker, budgets hold, bits stay the same.
#include "backends/schedule/plan_schedule.h"

#include "backends/schedule/check_plan.h"
#include "backends/schedule/search_schedule.h"
#include "compiler/driver/build_and_run.h"
#include "tests/unit/catch.h"
#include "tests/unit/schedule/programs.h"

namespace tinyc {
namespace {

using testing::conv_q8;

// A chain with strides, depthwise layers, residual branches and a mean at its end, by chance.
std::unique_ptr<ir::Graph> random_network(unsigned seed) {
  std::mt19937 random(seed);
  auto graph = std::make_unique<ir::Graph>("random");
  ir::Builder builder(*graph);
  const int64_t height = 14 + static_cast<int64_t>(random() % 12);
  ir::Value* x = graph->add_input("x", {ir::Element::i8, {1, height, 6, 4}, ir::Quantization{{0.1}, {7}}});
  for (unsigned layer = 0; layer < 6; ++layer) {
    const int64_t channels = 4 + 4 * static_cast<int64_t>(random() % 3);
    switch (random() % 4) {
      case 0:
        x = conv_q8(builder, x, x->type.shape[3], 3, 1 + static_cast<int64_t>(random() % 2), x->type.shape[3],
                    seed * 10 + layer);
        break;
      case 1: {
        ir::Value* way = conv_q8(builder, x, x->type.shape[3], 3, 1, 1, seed * 10 + layer);
        x = builder.make_quantized("add", {x, way}, {}, ir::Element::i8, ir::Quantization{{0.3}, {1}});
        break;
      }
      case 2: {
        ir::Value* way = conv_q8(builder, x, channels, 3, 2, 1, seed * 10 + layer);
        ir::Value* shortcut = conv_q8(builder, x, channels, 1, 2, 1, seed * 20 + layer);
        x = builder.make_quantized("add", {way, shortcut}, {}, ir::Element::i8, ir::Quantization{{0.3}, {1}});
        break;
      }
      default:
        x = conv_q8(builder, x, channels, 1, 1, 1, seed * 10 + layer);
    }
  }
  if (random() % 2) {
    x = builder.make_quantized("average_pool", {x},
                               {{"kernel", std::vector<int64_t>{x->type.shape[1], x->type.shape[2]}}}, ir::Element::i8,
                               *x->type.quant);
  }
  graph->add_output(x);
  return graph;
}

TEST_CASE("schedules of random networks pass the checker and keep their budgets") {
  for (unsigned seed = 1; seed <= 8; ++seed) {
    const auto graph = random_network(seed);
    const Program layers = testing::lowered(*graph, "cortex-m4");
    const std::vector<Schedule> list = ScheduleSearch(layers, {}).price_list();
    REQUIRE_FALSE(list.empty());
    for (size_t i = 1; i < list.size(); ++i) {
      CHECK(list[i].bytes < list[i - 1].bytes);
      CHECK(list[i].cycles >= list[i - 1].cycles);
    }
    ScheduleOptions options;
    options.policy = RowPolicy::smallest;
    const Scheduled smallest = plan_schedule(layers, options);
    REQUIRE(check_plan(smallest.program, smallest.plan).ok());
    options.policy = RowPolicy::layers;
    const Scheduled dense = plan_schedule(layers, options);
    REQUIRE(check_plan(dense.program, dense.plan).ok());
    CHECK(smallest.plan.workspace_bytes <= dense.plan.workspace_bytes);
    options.policy = RowPolicy::automatic;
    for (const Scheduled& price : price_list(layers, options, 100)) {
      options.ram_bytes = price.bytes();
      const Scheduled within = plan_schedule(layers, options);
      REQUIRE(check_plan(within.program, within.plan).ok());
      CHECK(within.plan.workspace_bytes <= price.bytes());
    }
  }
}

CompiledModel compiled(std::unique_ptr<ir::Graph> graph, RowPolicy policy) {
  CompiledModel model;
  model.graph = std::move(graph);
  model.interface = interface_of(*model.graph);
  ScheduleOptions options;
  options.policy = policy;
  Scheduled scheduled = plan_schedule(testing::lowered(*model.graph), options);
  model.program = std::make_unique<Program>(std::move(scheduled.program));
  model.emission = make_emission_plan(*model.graph, *model.program, scheduled.plan, *find_target("host"), {});
  return model;
}

TEST_CASE("random networks give the same bits layer by layer and in the least RAM") {
  for (unsigned seed = 1; seed <= 2; ++seed) {
    std::vector<DataSet> sets;
    std::vector<std::vector<ir::Tensor>> expected;
    for (const RowPolicy policy : {RowPolicy::layers, RowPolicy::smallest}) {
      const CompiledModel model = compiled(random_network(seed), policy);
      const ir::Type& type = model.graph->inputs()[0]->type;
      if (sets.empty()) {
        sets.push_back({"", {testing::random_tensor(type.element, type.shape, seed)}});
        expected.push_back(ir::interpret(*model.graph, sets[0].inputs));
      }
      Options options;
      options.target = find_target("host");
      options.name = "model";
      options.compiler_flags = {"-fsanitize=address,undefined", "-fno-sanitize-recover=all"};
      Diagnostics diagnostics;
      const auto result = build_and_run(model, options, sets, diagnostics);
      for (const Diagnostic& diagnostic : diagnostics.all()) FAIL(render(diagnostic, false));
      INFO("seed " << seed);
      CHECK(result->outputs == expected);
    }
  }
}

}  // namespace
}  // namespace tinyc
