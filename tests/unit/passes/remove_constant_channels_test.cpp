// SPDX-License-Identifier: Apache-2.0
// Random chains of integer layers, many of whose channels a large bias holds at a clamp: the same bits with and
// without.
#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "ir/builder.h"
#include "ir/interpret.h"
#include "ir/op_def.h"
#include "passes/runner.h"
#include "tests/unit/catch.h"

namespace tinyc {
namespace {

using ir::Element;
using ir::Quantization;
using ir::Shape;
using ir::Tensor;
using ir::Value;

class Chain {
 public:
  explicit Chain(unsigned seed) : random_(seed), builder_(graph_) {
    value_ = graph_.add_input("x", {Element::i8, {1, 5, 5, channels()}, quant()});
    const int64_t layers = integer(2, 5);
    for (int64_t i = 0; i < layers; ++i) layer();
    if (integer(0, 1) == 1) dense();
    graph_.add_output(value_);
  }

  int64_t integer(int64_t low, int64_t high) { return low + static_cast<int64_t>(random_()) % (high - low + 1); }

  Tensor input(int kind) {
    Tensor tensor(Element::i8, graph_.inputs()[0]->type.shape);
    for (int64_t i = 0; i < tensor.size(); ++i)
      tensor.set_integer(i, kind == 0 ? -128 : kind == 1 ? 127 : integer(-128, 127));
    return tensor;
  }

  ir::Graph& graph() { return graph_; }

 private:
  // Few kinds, so that a constant often is the zero point.
  Quantization quant() { return {{0.05}, {std::clamp<int64_t>(integer(-1, 1) * 128, -128, 127)}}; }
  int64_t channels() { return integer(1, 12); }

  Value* weights(const Shape& shape) {
    Quantization scales{{}, {}, 0};
    Tensor data(Element::i8, shape);
    const int64_t per_output = data.size() / shape[0];
    for (int64_t o = 0; o < shape[0]; ++o) {
      scales.scales.push_back(0.002 * static_cast<double>(integer(1, 3)));
      scales.zero_points.push_back(0);
      const bool small = integer(0, 2) == 0;
      for (int64_t i = 0; i < per_output; ++i) {
        const int64_t w = integer(0, 3) == 0 ? 0 : integer(-127, 127);
        data.set_integer(o * per_output + i, small ? w / 64 : w);
      }
    }
    return builder_.constant(std::move(data), scales);
  }
  Value* bias(int64_t outputs) {
    Tensor data(Element::i32, {outputs});
    for (int64_t o = 0; o < outputs; ++o)
      data.set_integer(o, integer(0, 1) == 0 ? integer(-3000, 3000) : integer(-1, 1) * 3000000);
    return builder_.constant(std::move(data));
  }

  void layer() {
    const int64_t c = value_->type.shape.back();
    ir::Attributes attributes;
    switch (integer(0, 4)) {
      case 0:
        attributes = {{"kernel", std::vector<int64_t>{2, 2}}};
        if (value_->type.shape[1] < 2) return;
        value_ = same(integer(0, 1) == 0 ? "max_pool" : "average_pool", attributes);
        return;
      case 1:
      case 2: {
        attributes["groups"] = c;
        const bool padded = integer(0, 1) == 0 || value_->type.shape[1] < 3;
        if (padded) attributes["pads"] = std::vector<int64_t>{1, 1, 1, 1};
        conv({c, 3, 3, 1}, attributes);
        return;
      }
      case 3:
        attributes["pads"] = std::vector<int64_t>{1, 1, 1, 1};
        conv({channels(), 3, 3, c}, attributes);
        return;
      default:
        conv({channels(), 1, 1, c}, {});
    }
  }
  void conv(const Shape& shape, ir::Attributes attributes) {
    if (integer(0, 1) == 0) attributes["activation"] = std::string("relu");
    value_ =
        builder_.make_quantized("conv", {value_, weights(shape), bias(shape[0])}, attributes, Element::i8, quant());
  }
  Value* same(std::string_view op, const ir::Attributes& attributes) {
    return builder_.make_quantized(op, {value_}, attributes, Element::i8, *value_->type.quant);
  }
  void dense() {
    value_ = same("reduce_mean", {{"axes", std::vector<int64_t>{1, 2}}});
    const int64_t c = value_->type.shape.back();
    value_ = builder_.make("reshape", {value_}, {{"shape", std::vector<int64_t>{1, c}}});
    const int64_t outputs = channels();
    value_ = builder_.make_quantized("fully_connected", {value_, weights({outputs, c}), bias(outputs)}, {}, Element::i8,
                                     quant());
  }

  std::mt19937 random_;
  ir::Graph graph_;
  ir::Builder builder_;
  Value* value_ = nullptr;
};

int64_t channel_count(const ir::Graph& graph) {
  int64_t channels = 0;
  for (const auto& op : graph.ops()) channels += op->is("constant") ? 0 : op->result_type().shape.back();
  return channels;
}

}  // namespace

TEST_CASE("channels without information go, and no bit changes") {
  int64_t removed = 0;
  for (unsigned seed = 1; seed <= 400; ++seed) {
    INFO("seed " << seed);
    Chain chain(seed);
    std::vector<std::vector<Tensor>> inputs;
    std::vector<Tensor> before;
    for (int kind = 0; kind < 4; ++kind) {
      inputs.push_back({chain.input(kind)});
      before.push_back(ir::interpret(chain.graph(), inputs.back())[0]);
    }
    const int64_t channels = channel_count(chain.graph());
    Diagnostics diagnostics;
    PassContext context{nullptr, diagnostics};
    const PipelineRow row{find_pass("remove_constant_channels"), false, "test"};
    run_passes(chain.graph(), context, {&row, 1}, {});
    removed += channels - channel_count(chain.graph());
    for (size_t kind = 0; kind < inputs.size(); ++kind)
      REQUIRE(ir::interpret(chain.graph(), inputs[kind])[0] == before[kind]);
  }
  REQUIRE(removed > 1000);
}

}  // namespace tinyc
