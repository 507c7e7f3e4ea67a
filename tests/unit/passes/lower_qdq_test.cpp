// SPDX-License-Identifier: Apache-2.0
// Random one-operator QDQ graphs, as floats and lowered to integers: results differ by one step at most, and seldom.
#include <fmt/format.h>

#include <cmath>
#include <random>

#include "ir/builder.h"
#include "ir/interpret.h"
#include "passes/runner.h"
#include "tests/unit/catch.h"

namespace tinyc {
namespace {

using ir::Element;
using ir::Quantization;
using ir::Shape;
using ir::Tensor;
using ir::Value;

// A QDQ graph under construction, with random integers and scales.
class Case {
 public:
  explicit Case(unsigned seed) : random_(seed), builder_(graph_) {}

  int64_t integer(int64_t low, int64_t high) { return low + static_cast<int64_t>(random_()) % (high - low + 1); }
  // A float32 number, as models hold them.
  double scale(double around) {
    return static_cast<float>(around * std::exp2(static_cast<double>(integer(-100, 100)) / 100));
  }
  // From here on activations are of this element.
  void use(Element element) { element_ = element; }
  Quantization activation(double around) {
    return {{scale(around)}, {integer(ir::lowest(element_), ir::highest(element_))}};
  }
  Quantization weights(int64_t channels) {
    Quantization quant{{}, {}, 0};
    for (int64_t i = 0; i < channels; ++i) {
      quant.scales.push_back(scale(0.01));
      quant.zero_points.push_back(0);
    }
    return quant;
  }
  Tensor integers(Element element, const Shape& shape, int64_t low, int64_t high) {
    Tensor tensor(element, shape);
    for (int64_t i = 0; i < tensor.size(); ++i) tensor.set_integer(i, integer(low, high));
    return tensor;
  }

  Tensor reals(const Shape& shape, double low, double high) {
    Tensor tensor(Element::f32, shape);
    for (int64_t i = 0; i < tensor.size(); ++i)
      tensor.set_real(i, static_cast<float>(low + (high - low) * static_cast<double>(integer(0, 1000)) / 1000));
    return tensor;
  }

  Value* input(const Shape& shape, double around) {
    Value* x = graph_.add_input(fmt::format("x{}", graph_.inputs().size()), {element_, shape, activation(around)});
    return builder_.make("dequantize", {x});
  }
  Value* constant(const Shape& shape, const Quantization& quant) {
    return builder_.constant(integers(Element::i8, shape, -127, 127), quant);
  }
  Value* weight(const Shape& shape) {
    return builder_.make("dequantize", {builder_.constant(integers(Element::i8, shape, -127, 127), weights(shape[0]))});
  }
  // The bias in the units that exporters write: the float32 product of both scales.
  Value* bias(const Value* x, const Value* w, int64_t range) {
    const Quantization& qx = *x->producer->operand_type(0).quant;
    Quantization quant = *w->producer->operand_type(0).quant;
    for (double& s : quant.scales) s = static_cast<float>(s * qx.scale());
    const auto channels = static_cast<int64_t>(quant.scales.size());
    return builder_.make("dequantize", {builder_.constant(integers(Element::i32, {channels}, -range, range), quant)});
  }
  void output(Value* value, double around) {
    Quantization quant = activation(around);
    graph_.add_output(builder_.make_quantized("quantize", {value}, {}, element_, quant));
  }
  Value* make(std::string_view op, std::vector<Value*> operands, ir::Attributes attributes = {}) {
    return builder_.make(op, std::move(operands), std::move(attributes));
  }

  std::vector<Tensor> run() {
    std::vector<Tensor> inputs;
    for (const Value* x : graph_.inputs())
      inputs.push_back(
          integers(x->type.element, x->type.shape, ir::lowest(x->type.element), ir::highest(x->type.element)));
    return inputs;
  }
  ir::Graph& graph() { return graph_; }

 private:
  std::mt19937 random_;
  Element element_ = Element::i8;
  ir::Graph graph_;
  ir::Builder builder_;
};

struct Differences {
  int64_t results = 0;
  int64_t differing = 0;
  int64_t largest = 0;
};

void lower(ir::Graph& graph) {
  Diagnostics diagnostics;
  PassContext context{nullptr, diagnostics};
  std::vector<PipelineRow> rows;
  for (const char* name : {"fuse_activations", "lower_qdq", "eliminate_dead_code", "fuse_activations"})
    rows.push_back({find_pass(name), true, "test"});
  run_passes(graph, context, rows, {});
  for (const auto& op : graph.ops()) REQUIRE_FALSE(op->is("dequantize"));
}

template <class Build>
Differences compare(Build build) {
  Differences differences;
  for (unsigned seed = 1; seed <= 200; ++seed) {
    Case test(seed);
    build(test);
    const std::vector<Tensor> inputs = test.run();
    const std::vector<Tensor> floats = ir::interpret(test.graph(), inputs);
    lower(test.graph());
    const std::vector<Tensor> lowered = ir::interpret(test.graph(), inputs);
    for (size_t k = 0; k < floats.size(); ++k) {
      for (int64_t i = 0; i < floats[k].size(); ++i) {
        const int64_t difference = std::abs(floats[k].integer(i) - lowered[k].integer(i));
        ++differences.results;
        differences.differing += difference != 0 ? 1 : 0;
        differences.largest = std::max(differences.largest, difference);
      }
    }
  }
  return differences;
}

// Float32 rounding decides near half-way points only: about one result in 2^16 for accumulators of 16 bits.
void check_seldom(const Differences& differences, int64_t one_in) {
  INFO(fmt::format("{} of {} results differ", differences.differing, differences.results));
  CHECK(differences.largest <= 1);
  CHECK(differences.differing * one_in <= differences.results);
}

TEST_CASE("lowered convolutions stay within a step") {
  check_seldom(
      compare([](Case& test) {
        Value* x = test.input({1, 5, 5, 4}, 0.02);
        Value* w = test.weight({6, 3, 3, 4});
        Value* y = test.make("conv", {x, w, test.bias(x, w, 4000)}, {{"pads", std::vector<int64_t>{1, 1, 1, 1}}});
        test.output(test.make("relu", {y}), 0.05);
      }),
      1000);
}

TEST_CASE("lowered depthwise convolutions stay within a step") {
  check_seldom(compare([](Case& test) {
                 Value* x = test.input({1, 6, 6, 4}, 0.02);
                 Value* w = test.weight({4, 3, 3, 1});
                 test.output(test.make("conv", {x, w, test.bias(x, w, 4000)},
                                       {{"groups", int64_t{4}}, {"strides", std::vector<int64_t>{2, 2}}}),
                             0.02);
               }),
               1000);
}

TEST_CASE("lowered fully connected layers stay within a step") {
  check_seldom(compare([](Case& test) {
                 Value* x = test.input({2, 64}, 0.02);
                 Value* w = test.weight({10, 64});
                 test.output(test.make("fully_connected", {x, w, test.bias(x, w, 4000)}), 0.1);
               }),
               1000);
}

TEST_CASE("a float bias is rounded to units of the accumulator") {
  check_seldom(compare([](Case& test) {
                 Value* x = test.input({2, 64}, 0.02);
                 Value* w = test.weight({2, 64});
                 const Tensor reals = Tensor::of_reals(Element::f32, {2}, {0.1, -0.7});
                 Value* b = test.make("constant", {}, {{"value", reals}});
                 test.output(test.make("fully_connected", {x, w, b}), 0.1);
               }),
               100);
}

TEST_CASE("lowered additions stay within a step") {
  check_seldom(compare([](Case& test) {
                 Value* a = test.input({1, 8, 8, 4}, 0.02);
                 Value* b = test.input({1, 8, 8, 4}, 0.03);
                 test.output(test.make("relu", {test.make("add", {a, b})}), 0.04);
               }),
               1000);
}

TEST_CASE("lowered average pools stay within a step") {
  check_seldom(compare([](Case& test) {
                 Value* x = test.input({1, 7, 5, 4}, 0.02);
                 test.output(test.make("average_pool", {x}, {{"kernel", std::vector<int64_t>{7, 5}}}), 0.01);
               }),
               1000);
}

TEST_CASE("lowered softmax stays within a step") {
  check_seldom(compare([](Case& test) {
                 Value* x = test.input({4, 12}, 0.1);
                 test.output(test.make("softmax", {x}, {{"axis", int64_t{1}}}), 1.0 / 256);
               }),
               1000);
}

TEST_CASE("lowered log_softmax stays within a step") {
  check_seldom(compare([](Case& test) {
                 Value* x = test.input({4, 12}, 0.1);
                 test.output(test.make("log_softmax", {x}, {{"axis", int64_t{1}}}), 0.06);
               }),
               1000);
}

TEST_CASE("lowered layer_norm stays within a step") {
  check_seldom(compare([](Case& test) {
                 Value* x = test.input({6, 48}, 0.05);
                 Value* scale = test.make("constant", {}, {{"value", test.reals({48}, -2, 2)}});
                 Value* bias = test.make("constant", {}, {{"value", test.reals({48}, -1, 1)}});
                 const ir::Attributes attributes = {{"axis", int64_t{1}}, {"epsilon", 1e-5}};
                 test.output(test.make("layer_norm", {x, scale, bias}, attributes), 0.03);
               }),
               1000);
}

// Weights of 1/4 and 3/4 are exact; equal scales would make ties of one result in 16.
TEST_CASE("lowered linear resize stays within a step") {
  check_seldom(compare([](Case& test) {
                 Value* x = test.input({1, 4, 5, 3}, 0.02);
                 test.output(test.make("resize", {x},
                                       {{"sizes", std::vector<int64_t>{1, 8, 10, 3}},
                                        {"scales", std::vector<double>{1, 2, 2, 1}},
                                        {"mode", std::string("linear")}}),
                             0.02);
               }),
               1000);
}

TEST_CASE("lowered cubic resize stays within a step") {
  check_seldom(compare([](Case& test) {
                 Value* x = test.input({1, 6, 5, 2}, 0.02);
                 test.output(test.make("resize", {x},
                                       {{"sizes", std::vector<int64_t>{1, 8, 7, 2}},
                                        {"scales", std::vector<double>{1, 8.0 / 6, 7.0 / 5, 1}},
                                        {"mode", std::string("cubic")}}),
                             0.02);
               }),
               1000);
}

// Pieces of parabolas are up to 1/32 step off.
TEST_CASE("lowered 16-bit functions stay within a step") {
  for (const char* function : {"sigmoid", "tanh", "gelu", "hard_swish", "swish", "exp", "softplus", "erf", "elu"}) {
    INFO(function);
    check_seldom(compare([&](Case& test) {
                   test.use(Element::i16);
                   Value* x = test.input({4, 64}, 8.0 / 32768);
                   test.output(test.make(function, {x}), 8.0 / 32768);
                 }),
                 30);
  }
}

TEST_CASE("lowered 16-bit softmax stays within a step") {
  check_seldom(compare([](Case& test) {
                 test.use(Element::i16);
                 Value* x = test.input({4, 12}, 8.0 / 32768);
                 test.output(test.make("softmax", {x}, {{"axis", int64_t{1}}}), 1.0 / 32768);
               }),
               100);
}

// 8 hidden units over 6 steps; weights of one scale each.
void recurrent_case(Case& test, const char* op, int64_t gates, const ir::Attributes& attributes) {
  constexpr int64_t kSteps = 6, kInputs = 10, kHidden = 8;
  Value* x = test.input({kSteps, 1, kInputs}, 0.02);
  const auto weights = [&](int64_t columns) {
    const Quantization quant{{test.scale(0.005)}, {0}};
    return test.make("dequantize", {test.constant({1, gates * kHidden, columns}, quant)});
  };
  std::vector<Value*> operands = {x, weights(kInputs), weights(kHidden)};
  operands.push_back(test.make("constant", {}, {{"value", test.reals({1, 2 * gates * kHidden}, -0.5, 0.5)}}));
  operands.push_back(nullptr);
  if (gates == 4) operands.insert(operands.end(), {nullptr, nullptr});
  const Value* y = test.make(op, operands, attributes);
  test.output(y->producer->results[0], 1.0 / 120);
  test.output(y->producer->results[1], 1.0 / 120);
  if (gates == 4) test.output(y->producer->results[2], 1.0 / 50);
}

using Names = std::vector<std::string>;

TEST_CASE("lowered recurrent layers stay within a step") {
  check_seldom(compare([](Case& test) { recurrent_case(test, "rnn", 1, {{"activations", Names{"tanh"}}}); }), 200);
  for (const bool linear : {false, true}) {
    const ir::Attributes attributes = {{"activations", Names{"sigmoid", "tanh"}}, {"linear_before_reset", linear}};
    check_seldom(compare([&](Case& test) { recurrent_case(test, "gru", 3, attributes); }), 200);
  }
  const ir::Attributes attributes = {{"activations", Names{"sigmoid", "tanh", "tanh"}}};
  check_seldom(compare([&](Case& test) { recurrent_case(test, "lstm", 4, attributes); }), 200);
}

TEST_CASE("requantisation stays within a step") {
  check_seldom(compare([](Case& test) { test.output(test.input({4, 64}, 0.05), 0.05); }), 1000);
}

}  // namespace
}  // namespace tinyc
