// SPDX-License-Identifier: Apache-2.0
// Small graphs and programs that the schedule tests share.
#pragma once

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "backends/schedule/lower.h"
#include "backends/target.h"
#include "compiler/support/diagnostics.h"
#include "ir/builder.h"
#include "ir/interpret.h"

namespace tinyc::testing {

inline ir::Tensor random_tensor(ir::Element element, ir::Shape shape, unsigned seed) {
  std::mt19937 random(seed);
  ir::Tensor tensor(element, std::move(shape));
  for (int64_t i = 0; i < tensor.size(); ++i) tensor.set_integer(i, static_cast<int64_t>(random() % 256) - 128);
  return tensor;
}

// An int8 convolution with random weights; depthwise if groups is the channel count.
inline ir::Value* conv_q8(ir::Builder& builder, ir::Value* x, int64_t channels, int64_t kernel, int64_t stride,
                          int64_t groups, unsigned seed) {
  const int64_t in_channels = x->type.shape.back();
  ir::Value* weights =
      builder.constant(random_tensor(ir::Element::i8, {channels, kernel, kernel, in_channels / groups}, seed),
                       ir::Quantization{{0.01}, {0}});
  const int64_t pad = kernel / 2;
  return builder.make_quantized("conv", {x, weights, nullptr},
                                {{"strides", std::vector<int64_t>{stride, stride}},
                                 {"pads", std::vector<int64_t>{pad, pad, pad, pad}},
                                 {"groups", groups}},
                                ir::Element::i8, ir::Quantization{{0.2}, {5}});
}

inline Program lowered(ir::Graph& graph, const char* target = "host", const LowerOptions& options = {}) {
  Diagnostics diagnostics;
  std::optional<Program> program = lower_to_program(graph, *find_target(target), options, diagnostics);
  for (const Diagnostic& diagnostic : diagnostics.all()) TINYC_BUG(render(diagnostic, false));
  return std::move(*program);
}

}  // namespace tinyc::testing
