// SPDX-License-Identifier: Apache-2.0
// The memory planner against the independent checker, and the checker against broken plans.
#include "backends/schedule/check_plan.h"
#include "backends/schedule/plan_schedule.h"
#include "backends/schedule/prefetch.h"
#include "backends/schedule/row_pipeline.h"
#include "backends/schedule/stays.h"
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
  Program program = testing::lowered(*graph);
  const Plan plan = plan_with_directions(program);
  REQUIRE(check_plan(program, plan).ok());
  CHECK(plan.workspace_bytes >= plan.lower_bound);
  CHECK(plan.optimal());
  CHECK(plan.workspace_bytes <= plan_memory(testing::lowered(*graph)).workspace_bytes);
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
  const ir::Type type{ir::Element::i8, {1, 4, 4, 8}, ir::Quantization{{0.1}, {0}}};
  // A pool, for convolutions have scratch.
  graph.add_output(builder.make_quantized(
      "max_pool", {graph.add_input("x", type)},
      {{"kernel", std::vector<int64_t>{3, 3}}, {"pads", std::vector<int64_t>{1, 1, 1, 1}}}, type.element, *type.quant));
  const Program outside = testing::lowered(graph, "host", {true, true});
  const Plan plan = plan_memory(outside);
  CHECK(check_plan(outside, plan).ok());
  CHECK(plan.workspace_bytes == 0);
  // 128 bytes each; the result follows the operand at a distance of two rows of 32.
  CHECK(plan_memory(testing::lowered(graph)).workspace_bytes == 192);
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

// The planner's forbidden distances and the checker's replay are two definitions of a right plan, written apart: they
// must agree on random offsets, on either side.
void check_agreement(const Program& program, unsigned seed) {
  const Occupations all = occupations_of(program, {});
  OffsetProblem problem;
  for (int a = 0; a < static_cast<int>(all.list.size()); ++a) {
    for (int b = a + 1; b < static_cast<int>(all.list.size()); ++b) problem.pairs.push_back(apart(program, all, a, b));
  }
  std::mt19937 random(seed);
  const Plan good = plan_memory(program);
  int right = 0, wrong = 0;
  for (int round = 0; round < 1000; ++round) {
    Plan plan = good;
    plan.workspace_bytes *= 4;
    const size_t moved = 1 + random() % 3;
    for (size_t k = 0; k < moved; ++k) {
      const size_t buffer = random() % plan.placements.size();
      if (plan.placements[buffer].offset < 0) continue;
      const int64_t step = static_cast<int64_t>(random() % 128) * 4;
      plan.placements[buffer].offset = random() % 2 ? step : good.placements[buffer].offset + step % 64;
    }
    std::vector<int64_t> offsets;
    for (const Occupation& one : all.list) offsets.push_back(plan.placements[static_cast<size_t>(one.buffer)].offset);
    const Status checked = check_plan(program, plan);
    const bool apart = keeps_apart(problem, offsets);
    INFO(checked.message());
    REQUIRE(checked.ok() == apart);
    ++(apart ? right : wrong);
  }
  CHECK(right > 10);
  CHECK(wrong > 10);
}

TEST_CASE("planner and checker agree on random plans, layer by layer") {
  const auto graph = residual_network();
  Program program = testing::lowered(*graph, "cortex-m4");
  check_agreement(program, 7);
  for (Node& node : program.body) std::get<Stage>(node).prologue[0].reversed = true;
  check_agreement(program, 8);
}

TEST_CASE("planner and checker agree on random plans of pipelines") {
  for (const bool reversed : {false, true}) {
    const auto graph = residual_network();
    Program program = testing::lowered(*graph, "cortex-m4");
    REQUIRE(fuse_into_pipeline(program, 0, program.body.size(), reversed).ok());
    check_agreement(program, 9);
  }
}

std::vector<PrefetchedLayer> with_constants(const Program& program) {
  std::vector<PrefetchedLayer> layers;
  for (size_t i = 0; i < program.instances.size(); ++i) {
    const Instance& instance = program.instances[i];
    const int64_t bytes = prefetch_bytes(instance.kernel->def->build(*instance.op, instance.variant).constants);
    if (bytes > 0) layers.push_back({static_cast<int>(i), bytes});
  }
  return layers;
}

TEST_CASE("planner and checker agree on random plans with copies of constants, layer by layer and in pipelines") {
  const auto graph = residual_network();
  for (const RowPolicy policy : {RowPolicy::layers, RowPolicy::smallest}) {
    ScheduleOptions options;
    options.policy = policy;
    const Scheduled plain = plan_schedule(testing::lowered(*graph), options);
    const auto layers = with_constants(plain.program);
    REQUIRE(layers.size() > 2);
    auto copying = plan_prefetch(plain.program, layers, int64_t{1} << 30, {});
    REQUIRE(copying);
    REQUIRE(check_plan(copying->program, copying->plan).ok());
    for (const PrefetchedLayer& layer : layers) {
      const int buffer = copying->program.instances[static_cast<size_t>(layer.instance)].prefetch;
      REQUIRE(buffer >= 0);
      CHECK(copying->program.buffers[static_cast<size_t>(buffer)].bytes() == layer.bytes);
      copying->program.buffers[static_cast<size_t>(buffer)].form.alignment = 4;  // as the random offsets below
    }
    check_agreement(copying->program, 9);
  }
}

TEST_CASE("copies of constants keep a budget: the layers that fill memory go without") {
  const auto graph = residual_network();
  ScheduleOptions options;
  options.policy = RowPolicy::layers;
  const Scheduled plain = plan_schedule(testing::lowered(*graph), options);
  const auto layers = with_constants(plain.program);
  const int64_t most = plan_prefetch(plain.program, layers, int64_t{1} << 30, {})->plan.workspace_bytes;
  REQUIRE(most > plain.plan.workspace_bytes);
  int with_some = 0;
  for (int64_t budget = 8; budget <= most; budget += 8) {
    const auto planned = plan_prefetch(plain.program, layers, budget, {});
    if (!planned) continue;
    REQUIRE(planned->plan.workspace_bytes <= budget);
    REQUIRE(check_plan(planned->program, planned->plan).ok());
    ++with_some;
  }
  CHECK(with_some > 0);
  CHECK(plan_prefetch(plain.program, layers, most, {}));
  CHECK_FALSE(plan_prefetch(plain.program, layers, 8, {}));
}

TEST_CASE("in-place addition is one of the right plans") {
  ir::Graph graph("add");
  ir::Builder builder(graph);
  const ir::Type type{ir::Element::i8, {1, 6, 4, 4}, ir::Quantization{{0.1}, {0}}};
  ir::Value* a = graph.add_input("a", type);
  ir::Value* b = graph.add_input("b", type);
  graph.add_output(builder.make_quantized("add", {a, b}, {}, ir::Element::i8, ir::Quantization{{0.3}, {0}}));
  const Program program = testing::lowered(graph);
  check_agreement(program, 10);
  CHECK(plan_memory(program).workspace_bytes == 192);
}

// An NCHW image, as ONNX has it: the first layer of all reorders it.
std::unique_ptr<ir::Graph> planar_network() {
  auto graph = std::make_unique<ir::Graph>("planar");
  ir::Builder builder(*graph);
  ir::Value* x = graph->add_input("x", {ir::Element::i8, {1, 3, 12, 10}, ir::Quantization{{0.1}, {0}}});
  ir::Value* last = builder.make("transpose", {x}, {{"perm", std::vector<int64_t>{0, 2, 3, 1}}});
  ir::Value* a = conv_q8(builder, last, 8, 3, 2, 1, 1);
  graph->add_output(conv_q8(builder, a, 8, 3, 1, 8, 2));
  return graph;
}

TEST_CASE("rows of an input that lies in planes are freed one by one") {
  const auto graph = planar_network();
  Program program = testing::lowered(*graph, "cortex-m4");
  REQUIRE(program.buffers[0].planes == 3);
  REQUIRE(program.buffers[0].rows == 12);
  check_agreement(program, 11);
  REQUIRE(fuse_into_pipeline(program, 0, program.body.size()).ok());
  check_agreement(program, 12);
  const Plan by_rows = plan_memory(program);
  CHECK(check_plan(program, by_rows).ok());
  // As a whole the image takes its 360 bytes until its last row is read.
  program.buffers[0].planes = 1;
  program.buffers[0].rows = program.buffers[0].ring = 3;
  program.buffers[0].row_bytes = 120;
  const Plan whole = plan_memory(program);
  CHECK(by_rows.workspace_bytes < whole.workspace_bytes);
  // What was right for rows of planes is not for an image that is read to the end.
  CHECK_FALSE(check_plan(program, by_rows).ok());
}

TEST_CASE("an input that somebody else reads by its own rows is not seen as planes") {
  ir::Graph graph("both");
  ir::Builder builder(graph);
  const ir::Type type{ir::Element::i8, {1, 3, 4, 5}, ir::Quantization{{0.1}, {0}}};
  ir::Value* x = graph.add_input("x", type);
  graph.add_output(builder.make("transpose", {x}, {{"perm", std::vector<int64_t>{0, 2, 3, 1}}}));
  graph.add_output(
      builder.make_quantized("max_pool", {x}, {{"kernel", std::vector<int64_t>{1, 1}}}, type.element, *type.quant));
  CHECK(testing::lowered(graph).buffers[0].planes == 1);
}

// Where the elements of each result row come from is what the interpreter makes of an operand that numbers its own.
TEST_CASE("result rows read the runs of planes that kernels say") {
  struct Case {
    ir::Shape shape;
    std::vector<int64_t> perm;
    bool planes;
  };
  const Case cases[] = {{{1, 3, 4, 5}, {0, 2, 3, 1}, true},
                        {{1, 3, 4, 5}, {0, 3, 2, 1}, true},
                        {{1, 6, 7}, {0, 2, 1}, true},
                        {{1, 2, 3, 4, 5}, {0, 2, 3, 4, 1}, true},
                        {{1, 2, 3, 4, 5}, {0, 3, 4, 1, 2}, true},
                        {{1, 2, 3, 4, 5}, {0, 3, 1, 2, 4}, true},
                        {{1, 2, 3, 4, 5}, {0, 3, 2, 1, 4}, true},
                        {{1, 4, 3, 5}, {0, 1, 3, 2}, false}};
  for (const Case& one : cases) {
    ir::Graph graph("transpose");
    ir::Builder builder(graph);
    graph.add_output(
        builder.make("transpose", {graph.add_input("x", {ir::Element::i32, one.shape, {}})}, {{"perm", one.perm}}));
    ir::Tensor numbers(ir::Element::i32, one.shape);
    for (int64_t i = 0; i < numbers.size(); ++i) numbers.set_integer(i, i);
    const ir::Tensor result = ir::interpret(graph, std::vector<ir::Tensor>{numbers}).front();
    const Planes planes = testing::lowered(graph).instances[0].needs.inputs[0].planes;
    INFO(ir::type_text(graph.outputs()[0]->type));
    CHECK((planes.count > 1) == one.planes);
    if (planes.count == 1) continue;
    const int64_t rows = graph.outputs()[0]->type.shape[1];
    REQUIRE(planes.rows == rows);
    const int64_t run = numbers.size() / planes.count / rows;
    for (int64_t i = 0; i < result.size(); ++i) {
      const int64_t row = i / (result.size() / rows);
      CHECK(result.integer(i) / run % rows == row);
    }
  }
}

// Blocks of random sizes and distances: no plan of a full enumeration on a coarse grid may be better.
TEST_CASE("offsets are optimal on small random problems") {
  std::mt19937 random(3);
  for (int round = 0; round < 60; ++round) {
    OffsetProblem problem;
    for (int i = 0; i < 4; ++i) problem.blocks.push_back({static_cast<int64_t>(1 + random() % 4) * 4, 4});
    for (int a = 0; a < 4; ++a) {
      for (int b = a + 1; b < 4; ++b) {
        if (random() % 3 == 0) continue;
        const int64_t low =
            -static_cast<int64_t>(random() % static_cast<unsigned>(problem.blocks[static_cast<size_t>(b)].bytes));
        const int64_t high =
            static_cast<int64_t>(random() % static_cast<unsigned>(problem.blocks[static_cast<size_t>(a)].bytes));
        problem.pairs.push_back({a, b, {{low, high}}});
      }
    }
    for (const Block& block : problem.blocks) problem.lower_bound = std::max(problem.lower_bound, block.bytes);
    const Offsets found = solve_offsets(problem);
    REQUIRE(keeps_apart(problem, found.offsets));
    int64_t best = 1 << 20;
    std::vector<int64_t> at(4);
    for (int code = 0; code < 16 * 16 * 16 * 16; ++code) {
      int64_t bytes = 0;
      for (size_t i = 0; i < 4; ++i) {
        at[i] = (code >> (4 * i) & 15) * 4;
        bytes = std::max(bytes, at[i] + problem.blocks[i].bytes);
      }
      if (bytes < best && keeps_apart(problem, at)) best = bytes;
    }
    REQUIRE(found.lower_bound <= best);
    REQUIRE(found.bytes == best);
    REQUIRE(found.lower_bound == best);
  }
}

}  // namespace
}  // namespace tinyc
