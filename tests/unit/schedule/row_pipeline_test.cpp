// SPDX-License-Identifier: Apache-2.0
// Row pipelines: a stage that interleaves layers over a ring gives the same bits as running them one after the other.
// Both programs are emitted, built with the host compiler and run.
#include "backends/schedule/row_pipeline.h"

#include "backends/emit/emission_plan.h"
#include "backends/schedule/check_plan.h"
#include "compiler/driver/build_and_run.h"
#include "tests/unit/catch.h"
#include "tests/unit/schedule/programs.h"

namespace tinyc {
namespace {

using testing::conv_q8;

// KWS's first two layers: 49x10 input, a strided 10x4 convolution stood in for by 3x3, then depthwise 3x3.
std::unique_ptr<ir::Graph> two_layers() {
  auto graph = std::make_unique<ir::Graph>("two");
  ir::Builder builder(*graph);
  ir::Value* x = graph->add_input("x", {ir::Element::i8, {1, 49, 10, 1}, ir::Quantization{{0.1}, {83}}});
  ir::Value* a = conv_q8(builder, x, 16, 3, 2, 1, 11);
  graph->add_output(conv_q8(builder, a, 16, 3, 1, 16, 12));
  return graph;
}

std::unique_ptr<ir::Graph> residual_block() {
  auto graph = std::make_unique<ir::Graph>("residual");
  ir::Builder builder(*graph);
  ir::Value* x = graph->add_input("x", {ir::Element::i8, {1, 20, 6, 4}, ir::Quantization{{0.1}, {-3}}});
  ir::Value* a = conv_q8(builder, x, 8, 3, 1, 1, 21);
  ir::Value* b = conv_q8(builder, a, 8, 3, 1, 1, 22);
  ir::Value* c = conv_q8(builder, b, 8, 3, 1, 8, 23);
  graph->add_output(builder.make_quantized("add", {a, c}, {}, ir::Element::i8, ir::Quantization{{0.3}, {0}}));
  return graph;
}

EmitOptions emit_options() {
  EmitOptions options;
  options.io_place = IoPlace::caller;
  return options;
}

enum class Rows : uint8_t { layers, down, up };

CompiledModel compiled(std::unique_ptr<ir::Graph> graph, Rows rows) {
  CompiledModel model;
  model.graph = std::move(graph);
  model.interface = interface_of(*model.graph);
  model.program = std::make_unique<Program>(testing::lowered(*model.graph, "host", {true, true}));
  if (rows != Rows::layers) {
    const Status status = fuse_into_pipeline(*model.program, 0, model.program->body.size(), rows == Rows::up);
    INFO(status.message());
    REQUIRE(status.ok());
  }
  const Plan plan = plan_memory(*model.program);
  const Status checked = check_plan(*model.program, plan);
  INFO(checked.message());
  REQUIRE(checked.ok());
  model.emission = make_emission_plan(*model.graph, *model.program, plan, *find_target("host"), emit_options());
  return model;
}

void check_same_bits(std::unique_ptr<ir::Graph> (*make)()) {
  const CompiledModel plain = compiled(make(), Rows::layers);
  const CompiledModel down = compiled(make(), Rows::down);
  const CompiledModel up = compiled(make(), Rows::up);
  CHECK(down.emission.plan.workspace_bytes < plain.emission.plan.workspace_bytes);
  CHECK(up.emission.plan.workspace_bytes < plain.emission.plan.workspace_bytes);
  const ir::Type& type = plain.graph->inputs()[0]->type;
  std::vector<DataSet> sets;
  std::vector<std::vector<ir::Tensor>> expected;
  for (unsigned seed = 1; seed <= 3; ++seed) {
    sets.push_back({"", {testing::random_tensor(type.element, type.shape, seed)}});
    expected.push_back(ir::interpret(*plain.graph, sets.back().inputs));
  }
  Options options;
  options.io_place = IoPlace::caller;
  options.target = find_target("host");
  options.name = "model";
  options.compiler_flags = {"-fsanitize=address,undefined", "-fno-sanitize-recover=all"};
  Diagnostics diagnostics;
  for (const CompiledModel* model : {&plain, &down, &up}) {
    const auto result = build_and_run(*model, options, sets, diagnostics);
    for (const Diagnostic& diagnostic : diagnostics.all()) FAIL(render(diagnostic, false));
    CHECK(result->outputs == expected);
  }
}

TEST_CASE("two layers over a ring equal the plain run") { check_same_bits(two_layers); }

TEST_CASE("a residual block over rings equals the plain run") { check_same_bits(residual_block); }

TEST_CASE("the ring between two layers is as small as the window allows") {
  const auto graph = two_layers();
  Program program = testing::lowered(*graph);
  REQUIRE(fuse_into_pipeline(program, 0, 2).ok());
  const int between = program.instances[0].outputs[0].buffer;
  CHECK(program.buffers[static_cast<size_t>(between)].ring == 3);
  CHECK(program.body.size() == 1);
  const Stage& stage = std::get<Stage>(program.body[0]);
  CHECK(stage.count > 10);  // the steady state is found
  CHECK(stage.steady.size() == 2);
}

TEST_CASE("a ring that is one row too small is found by the checker") {
  const auto graph = two_layers();
  Program program = testing::lowered(*graph);
  REQUIRE(fuse_into_pipeline(program, 0, 2).ok());
  program.buffers[static_cast<size_t>(program.instances[0].outputs[0].buffer)].ring = 2;
  CHECK_FALSE(check_plan(program, plan_memory(program)).ok());
}

}  // namespace
}  // namespace tinyc
