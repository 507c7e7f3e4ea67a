// SPDX-License-Identifier: Apache-2.0
// 8-bit layers as quantised models have them: symmetric weights, channels in fours. The kernels that keep blocks of
// them in registers want these, and the other cases seldom are.
#include "tests/kernels/cases.h"

namespace tinyc {
namespace {

struct Layer {
  int64_t h, w, in_c, out_c, kernel_h, kernel_w, stride_h, stride_w;
  std::vector<int64_t> pads;
  bool depthwise = false;
  bool one_axis = false;
};

const std::vector<Layer> kLayers = {
    {9, 1, 16, 8, 1, 1, 1, 1, {0, 0, 0, 0}, false, true},  // pixels of two rows side by side; results narrower, wider
    {9, 1, 8, 20, 1, 1, 1, 1, {0, 0, 0, 0}, false, true},
    {7, 3, 16, 16, 1, 1, 1, 1, {0, 0, 0, 0}},
    {5, 5, 12, 4, 1, 1, 1, 1, {0, 0, 0, 0}},
    {6, 4, 8, 8, 1, 1, 2, 2, {0, 0, 0, 0}},
    {6, 7, 8, 8, 3, 3, 1, 1, {1, 1, 1, 1}},
    {8, 9, 4, 12, 3, 3, 2, 2, {0, 0, 1, 1}},
    {9, 8, 3, 8, 3, 3, 2, 2, {0, 0, 1, 1}},  // windows that fill no words
    {12, 7, 1, 4, 10, 4, 2, 2, {4, 1, 5, 1}},
    {8, 1, 20, 8, 5, 1, 1, 1, {2, 0, 2, 0}, false, true},
    {7, 6, 8, 8, 3, 3, 1, 1, {1, 1, 1, 1}, true},
    {5, 4, 4, 4, 3, 3, 1, 1, {0, 0, 0, 0}, true},  // two pixels in a row, three rows
    {4, 12, 8, 8, 3, 3, 1, 1, {1, 2, 1, 0}, true},
    {3, 4, 256, 256, 3, 3, 1, 1, {1, 1, 1, 1}, true},
    {8, 9, 4, 4, 3, 3, 2, 2, {0, 0, 1, 1}, true},
    {7, 26, 8, 8, 3, 3, 2, 2, {1, 1, 1, 1}, true},
    {6, 24, 8, 8, 3, 3, 2, 2, {0, 0, 1, 1}, true},
    {9, 25, 8, 8, 3, 3, 1, 1, {1, 1, 1, 1}, true},
    {3, 5, 136, 136, 3, 3, 2, 2, {1, 1, 1, 1}, true},
    {2, 4, 256, 256, 3, 3, 1, 2, {1, 1, 1, 1}, true},
    {9, 7, 8, 8, 5, 5, 1, 1, {2, 2, 2, 2}, true},
    {9, 8, 4, 4, 5, 5, 2, 2, {1, 2, 2, 2}, true},
    {6, 5, 4, 4, 2, 4, 1, 1, {1, 2, 0, 1}, true},
    {5, 6, 4, 4, 1, 2, 1, 3, {0, 0, 0, 0}, true},
    {12, 1, 8, 8, 9, 1, 1, 1, {0, 0, 0, 0}, true, true},
    {13, 1, 12, 12, 4, 1, 1, 1, {0, 0, 0, 0}, true, true},  // an odd number of rows, an even number of taps
    {10, 1, 4, 4, 3, 1, 1, 1, {2, 0, 1, 0}, true, true},
    {1, 10, 8, 8, 1, 10, 1, 1, {0, 0, 0, 0}, true},  // taps in one row
    {15, 1, 8, 8, 15, 1, 1, 1, {0, 0, 0, 0}, true, true},
};

Layer random_layer(Random& random) {
  Layer layer;
  layer.depthwise = random.chance(40);
  layer.h = random.between(1, 12);
  layer.w = random.between(1, 9);
  layer.in_c = 4 * random.between(1, 5);
  layer.out_c = layer.depthwise ? layer.in_c : 4 * random.between(1, 5);
  const bool pointwise = !layer.depthwise && random.chance(40);
  layer.kernel_h = pointwise ? 1 : random.between(1, 5);
  layer.kernel_w = pointwise ? 1 : random.between(1, 5);
  layer.stride_h = random.between(1, 2);
  layer.stride_w = random.between(1, 2);
  for (int i = 0; i < 4; ++i) layer.pads.push_back(pointwise ? 0 : random.between(0, 2));
  return layer;
}

ir::Type quantised(Random& random, ir::Shape shape) {
  ir::Type type = random_q8(random, std::move(shape));
  if (random.chance(50)) type.quant->zero_points = {ir::lowest(type.element)};
  return type;
}

// Weights from `least` to 127 with a scale per output; some outputs nearly without weights, as training leaves them.
ir::Value* weights(Random& random, CaseMaker& make, const ir::Shape& shape, int64_t least = -127) {
  ir::Quantization quant;
  quant.axis = 0;
  const int64_t outputs = shape[0];
  ir::Tensor data(ir::Element::i8, shape);
  const int64_t taps = outputs ? data.size() / outputs : 0;
  for (int64_t o = 0; o < outputs; ++o) {
    const bool dead = random.chance(10);
    const double scale = dead ? 1e-9 : random.real(0.0005, 0.02);
    quant.scales.push_back(static_cast<double>(static_cast<float>(scale)));
    quant.zero_points.push_back(0);
    for (int64_t k = 0; k < taps; ++k) data.set_integer(o * taps + k, random.between(least, 127));
  }
  return make.constant({ir::Element::i8, shape, std::move(quant)}, data);
}

ir::Value* bias(Random& random, CaseMaker& make, int64_t outputs) {
  if (random.chance(30)) return nullptr;
  ir::Tensor data(ir::Element::i32, {outputs});
  for (int64_t o = 0; o < outputs; ++o) data.set_integer(o, random.between(-20000, 20000));
  return make.constant(plain_type(ir::Element::i32, {outputs}), data);
}

void conv(Random& random, const CaseSink& sink, const Layer& layer) {
  CaseMaker make(random);
  const int64_t depth = layer.depthwise ? 1 : layer.in_c;
  const bool one = layer.one_axis;
  const ir::Shape x = one ? ir::Shape{1, layer.h, layer.in_c} : ir::Shape{1, layer.h, layer.w, layer.in_c};
  const ir::Shape w = one ? ir::Shape{layer.out_c, layer.kernel_h, depth}
                          : ir::Shape{layer.out_c, layer.kernel_h, layer.kernel_w, depth};
  ir::Attributes attributes;
  attributes["groups"] = layer.depthwise ? layer.in_c : int64_t{1};
  attributes["strides"] =
      one ? std::vector<int64_t>{layer.stride_h} : std::vector<int64_t>{layer.stride_h, layer.stride_w};
  attributes["pads"] = one ? std::vector<int64_t>{layer.pads[0], layer.pads[2]} : layer.pads;
  ir::Value* input = make.input(quantised(random, x));
  ir::Value* kernel = weights(random, make, w, layer.depthwise ? -128 : -127);
  make.finish(sink, "conv", {input, kernel, bias(random, make, layer.out_c)}, std::move(attributes),
              quantised(random, {}));
}

void fully_connected(Random& random, const CaseSink& sink) {
  CaseMaker make(random);
  const int64_t inputs = 4 * random.between(1, 20), outputs = random.between(1, 20);
  const ir::Shape x = random.chance(50) ? ir::Shape{1, inputs} : ir::Shape{1, random.between(1, 5), 2, inputs};
  ir::Value* input = make.input(quantised(random, x));
  ir::Value* matrix = weights(random, make, {outputs, inputs});
  make.finish(sink, "fully_connected", {input, matrix, bias(random, make, outputs)}, {}, quantised(random, {}));
}

}  // namespace

void block_cases(Random& random, int rounds, const CaseSink& sink) {
  for (int i = 0; i < 4; ++i) {
    for (const Layer& layer : kLayers) conv(random, sink, layer);
  }
  for (int i = 0; i < 2 * rounds; ++i) {
    conv(random, sink, random_layer(random));
    fully_connected(random, sink);
  }
}

}  // namespace tinyc
