// SPDX-License-Identifier: Apache-2.0
// The memory planner against the independent checker, and the checker against broken plans.
#include "backends/schedule/check_plan.h"
#include "tests/unit/catch.h"
#include "tests/unit/schedule/programs.h"

namespace tinyc {
namespace {

using testing::conv_q8;

std::unique_ptr<ir::Graph> residual_network() {
  auto graph = std::make_unique<ir::Graph>("residual");
  ir::Builder builder(*graph);
  ir::Value* x = graph->add_input("x", {ir::Element::i8, {1, 12, 10, 8}, ir::Quantization{{0.1}, {0}}});
  ir::Value* a = conv_q8(builder, x, 8, 3, 1, 1, 1);
  ir::Value* b = conv_q8(builder, a, 8, 3, 1, 8, 2);
  ir::Value* c = conv_q8(builder, b, 8, 1, 1, 1, 3);
  ir::Value* d = conv_q8(builder, c, 16, 3, 2, 1, 4);
  ir::Value* e = conv_q8(builder, a, 16, 3, 2, 1, 5);  // every row of a is read
  graph->add_output(d);
  graph->add_output(e);
  return graph;
}

TEST_CASE("a plan passes the checker and reaches its bound") {
  const auto graph = residual_network();
  const Program program = testing::lowered(*graph);
  const Plan plan = plan_memory(program);
  REQUIRE(check_plan(program, plan).ok());
  CHECK(plan.workspace_bytes >= plan.lower_bound);
  CHECK(plan.optimal());
}

TEST_CASE("inputs survive when they are to be kept") {
  const auto graph = residual_network();
  const Program program = testing::lowered(*graph);
  const Plan kept = plan_memory(program, {.keep_inputs = true});
  CHECK(check_plan(program, kept, {.keep_inputs = true}).ok());
  CHECK(kept.workspace_bytes >= plan_memory(program).workspace_bytes);
}

TEST_CASE("external inputs and outputs need no workspace") {
  ir::Graph graph("single");
  ir::Builder builder(graph);
  graph.add_output(conv_q8(builder, graph.add_input("x", {ir::Element::i8, {1, 4, 4, 8}, ir::Quantization{{0.1}, {0}}}),
                           8, 3, 1, 1, 1));
  const Program outside = testing::lowered(graph, "host", {true, true});
  const Plan plan = plan_memory(outside);
  CHECK(check_plan(outside, plan).ok());
  CHECK(plan.workspace_bytes == 0);
  CHECK(plan_memory(testing::lowered(graph)).workspace_bytes == 256);
}

// Two buffers that are live together, moved onto each other, must be found; a plan that was only shifted must pass.
TEST_CASE("the checker finds every overlap of live buffers") {
  const auto graph = residual_network();
  const Program program = testing::lowered(*graph);
  const Plan good = plan_memory(program);
  const std::vector<Liveness> live = liveness_of(program, {});
  int broken = 0;
  for (size_t i = 0; i < program.buffers.size(); ++i) {
    for (size_t j = 0; j < program.buffers.size(); ++j) {
      const bool together = live[i].first <= live[j].last && live[j].first <= live[i].last;
      if (i == j || !together) continue;
      Plan bad = good;
      bad.placements[i].offset = bad.placements[j].offset;
      bad.workspace_bytes += 100000;
      CHECK_FALSE(check_plan(program, bad).ok());
      ++broken;
    }
  }
  CHECK(broken > 4);
}

TEST_CASE("the checker refuses offsets outside the workspace and misaligned ones") {
  const auto graph = residual_network();
  const Program program = testing::lowered(*graph);
  const Plan good = plan_memory(program);
  for (size_t i = 0; i < program.buffers.size(); ++i) {
    Plan outside = good;
    outside.placements[i].offset = good.workspace_bytes;
    CHECK_FALSE(check_plan(program, outside).ok());
    Plan misaligned = good;
    misaligned.placements[i].offset += 1;
    misaligned.workspace_bytes += 8;
    CHECK_FALSE(check_plan(program, misaligned).ok());
    Plan negative = good;
    negative.placements[i].offset = -8;
    CHECK_FALSE(check_plan(program, negative).ok());
  }
}

// Random moves: whatever the checker passes must also be free of overlaps by the definition over live intervals.
TEST_CASE("random plans: the checker never passes an overlap") {
  const auto graph = residual_network();
  const Program program = testing::lowered(*graph);
  const std::vector<Liveness> live = liveness_of(program, {});
  std::mt19937 random(7);
  int passed = 0;
  for (int round = 0; round < 3000; ++round) {
    Plan plan = plan_memory(program);
    plan.workspace_bytes *= 3;
    for (size_t k = 0; k < 2; ++k)
      plan.placements[random() % plan.placements.size()].offset = static_cast<int64_t>(random() % 400) * 8;
    if (!check_plan(program, plan).ok()) continue;
    ++passed;
    for (size_t i = 0; i < program.buffers.size(); ++i) {
      for (size_t j = i + 1; j < program.buffers.size(); ++j) {
        const bool together = live[i].first <= live[j].last && live[j].first <= live[i].last;
        const int64_t a = plan.placements[i].offset;
        const int64_t b = plan.placements[j].offset;
        const bool overlap = a < b + program.buffers[j].bytes() && b < a + program.buffers[i].bytes();
        REQUIRE_FALSE((together && overlap));
      }
    }
  }
  CHECK(passed > 10);
}

}  // namespace
}  // namespace tinyc
