// SPDX-License-Identifier: Apache-2.0
// Each case is one operator that lower_qdq refuses, for one reason.
#include "passes/float_reasons.h"

#include "ir/print.h"
#include "passes/leftovers.h"
#include "passes/runner.h"
#include "tests/unit/catch.h"

namespace tinyc {
namespace {

std::unique_ptr<ir::Graph> parsed(const std::string& text) {
  auto graph = ir::parse(text);
  INFO((graph ? "" : graph.message()));
  REQUIRE(graph);
  return graph.take();
}

// The reason of the float operator that makes `tensor`, after all passes.
std::string reason_of(const std::string& text, const std::string& tensor, const HasKernel& has_kernel = {}) {
  const auto graph = parsed(text);
  Diagnostics diagnostics;
  PassContext context{nullptr, diagnostics};
  context.has_kernel = has_kernel;
  run_passes(*graph, context);
  INFO(ir::print(*graph));
  for (const FloatIsland& island : find_leftovers(*graph, has_kernel).float_islands) {
    if (island.op->result()->name == tensor) return island.reason;
  }
  return "none";
}

// x and w are integers, what comes between is the case, and a clamp on integers makes it a quantised graph.
std::string graph_with(const std::string& body, const std::string& result = "y") {
  return R"(graph "g"(%x: i8[1,4,4,2] q(0.5, 3), %free: f32[1,4,4,2]) {
  %other = clip(%x) {max = 6.0, min = 0.0} : i8[1,4,4,2] q(0.5, 3)
  %d = dequantize(%x) : f32[1,4,4,2]
)" + body + "  return %" +
         result + ", %other\n}\n";
}

TEST_CASE("an operator without integer arithmetic stays in floats") {
  CHECK(reason_of(graph_with("  %y = pow(%d, %d) : f32[1,4,4,2]\n"), "y") == "pow has no integer form");
}

TEST_CASE("an operand that is not dequantized is named") {
  CHECK(reason_of(graph_with("  %y = add(%d, %free) : f32[1,4,4,2]\n"
                             "  %q = quantize(%y) : i8[1,4,4,2] q(0.5, 0)\n",
                             "q"),
                  "y") == "b 'free' is not dequantized (a float input of the model)");
}

TEST_CASE("a result that is wanted as floats is named with its readers") {
  CHECK(reason_of(graph_with("  %s = add(%d, %d) : f32[1,4,4,2]\n"
                             "  %y = log_softmax(%s) {axis = 3} : f32[1,4,4,2]\n"),
                  "s") == "result 's' is not quantized: log_softmax wants floats");
  CHECK(reason_of(graph_with("  %y = add(%d, %d) : f32[1,4,4,2]\n"), "y") ==
        "result 'y' is not quantized: the model's output wants floats");
}

TEST_CASE("operand and result may both be in the way") {
  CHECK(reason_of(graph_with("  %s = add(%d, %free) : f32[1,4,4,2]\n"
                             "  %y = log_softmax(%s) {axis = 3} : f32[1,4,4,2]\n"),
                  "s") == "b 'free' is not dequantized (a float input of the model); result 's' is not quantized: "
                          "log_softmax wants floats");
}

TEST_CASE("a constant without integers is told from operands that are computed") {
  CHECK(reason_of(graph_with("  %c = constant() {value = f32[2] [1.0, 1.5]} : f32[2]\n"
                             "  %y = add(%d, %c) : f32[1,4,4,2]\n"
                             "  %q = quantize(%y) : i8[1,4,4,2] q(0.5, 0)\n",
                             "q"),
                  "y")
            .starts_with("a constant operand has no integers for it"));
}

TEST_CASE("scales that fixed point cannot hold are a reason") {
  CHECK(reason_of(graph_with("  %y = add(%d, %d) : f32[1,4,4,2]\n"
                             "  %q = quantize(%y) : i8[1,4,4,2] q(1e-12, 0)\n",
                             "q"),
                  "y") == "the ratio of its scales is more than fixed point can hold");
}

TEST_CASE("the operator's own rules are quoted") {
  CHECK(reason_of(R"(graph "g"(%x: i8[1,4] q(axis = 1, [0.5, 0.25, 1.0, 2.0], [0, 0, 0, 0]), %z: i8[4] q(0.5, 0)) {
  %other = clip(%z) {max = 6.0, min = 0.0} : i8[4] q(0.5, 0)
  %d = dequantize(%x) : f32[1,4]
  %y = softmax(%d) {axis = 1} : f32[1,4]
  %q = quantize(%y) : i8[1,4] q(0.00390625, -128)
  return %q, %other
}
)",
                  "y")
            .find("per tensor") != std::string::npos);
}

TEST_CASE("a target without a kernel for the integers is a reason") {
  const auto no_adds = [](const ir::Op& op) { return !op.is("add"); };
  CHECK(reason_of(graph_with("  %y = add(%d, %d) : f32[1,4,4,2]\n"
                             "  %q = quantize(%y) : i8[1,4,4,2] q(0.5, 0)\n",
                             "q"),
                  "y", no_adds) == "the target has no kernel for its integers");
}

TEST_CASE("a graph in floats has no islands") {
  const auto graph = parsed("graph \"g\"(%x: f32[4]) {\n  %y = relu(%x) : f32[4]\n  return %y\n}\n");
  CHECK(find_leftovers(*graph).float_islands.empty());
}

}  // namespace
}  // namespace tinyc
