// SPDX-License-Identifier: Apache-2.0
// Convolutions, fully connected layers, products of matrices, pools.
#include <algorithm>

#include "tests/kernels/cases.h"

namespace tinyc {

namespace {

// Sums of a hundred products cancel down from about this.
constexpr double kSumScale = 5;

enum class Numbers { real, q8, q8_to_s32, narrow, weights_only };

struct WindowShape {
  int64_t batch, h, w, in_c, out_per_group, groups, kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w;
  std::vector<int64_t> pads;
  bool one_axis;
};

// Odd sizes, 1-wide, strides, pads, dilations, groups, depthwise with multiplier, batch 1 and 2.
const std::vector<WindowShape> kGrid = {
    {1, 5, 5, 3, 4, 1, 3, 3, 1, 1, 1, 1, {1, 1, 1, 1}, false},
    {1, 7, 1, 2, 5, 1, 3, 1, 2, 1, 1, 1, {0, 0, 1, 0}, false},
    {2, 4, 6, 4, 8, 1, 1, 1, 1, 1, 1, 1, {}, false},
    {1, 9, 8, 1, 1, 8, 3, 3, 2, 2, 1, 1, {1, 0, 1, 2}, false},
    {1, 6, 6, 1, 2, 3, 3, 3, 1, 1, 2, 2, {2, 2, 2, 2}, false},
    {2, 5, 4, 2, 3, 2, 2, 3, 1, 2, 1, 1, {0, 1, 1, 1}, false},
    {1, 10, 1, 5, 4, 1, 4, 1, 1, 1, 2, 1, {6, 0, 0, 0}, true},
    {1, 8, 9, 1, 4, 1, 8, 3, 2, 2, 1, 1, {4, 1, 4, 1}, false},
    {2, 6, 1, 1, 1, 4, 3, 1, 1, 1, 1, 1, {1, 0, 1, 0}, true},
    {1, 3, 3, 4, 9, 1, 5, 5, 1, 1, 1, 1, {2, 2, 2, 2}, false},
};

WindowShape random_window(Random& random) {
  WindowShape s;
  s.batch = random.chance(80) ? 1 : 2;
  s.one_axis = random.chance(20);
  s.h = random.between(1, 9);
  s.w = s.one_axis ? 1 : random.between(1, 9);
  s.groups = random.chance(60) ? 1 : random.between(2, 5);
  s.in_c = random.chance(40) && s.groups > 1 ? 1 : random.between(1, 6);
  s.out_per_group = random.between(1, 9);
  s.kernel_h = random.between(1, 4);
  s.kernel_w = s.one_axis ? 1 : random.between(1, 4);
  s.stride_h = random.between(1, 3);
  s.stride_w = s.one_axis ? 1 : random.between(1, 3);
  s.dilation_h = random.chance(75) ? 1 : random.between(2, 3);
  s.dilation_w = random.chance(75) || s.one_axis ? 1 : random.between(2, 3);
  for (int i = 0; i < 4; ++i) s.pads.push_back(s.one_axis && i % 2 ? 0 : random.between(0, 2));
  return s;
}

template <class T>
std::vector<T> axes(const WindowShape& s, T h, T w) {
  return s.one_axis ? std::vector<T>{h} : std::vector<T>{h, w};
}

ir::Attributes window_of(const WindowShape& s) {
  ir::Attributes attributes = {{"strides", axes<int64_t>(s, s.stride_h, s.stride_w)},
                               {"dilations", axes<int64_t>(s, s.dilation_h, s.dilation_w)}};
  if (!s.pads.empty()) attributes["pads"] = s.one_axis ? std::vector<int64_t>{s.pads[0], s.pads[2]} : s.pads;
  return attributes;
}

ir::Shape with_axes(int64_t first, std::vector<int64_t> middle, int64_t last) {
  middle.insert(middle.begin(), first);
  middle.push_back(last);
  return middle;
}

void add_activation(Random& random, ir::Attributes& attributes, bool real) {
  if (random.chance(50)) return;
  static const std::vector<std::string> kReal = {"relu", "clip", "hard_swish", "sigmoid", "leaky_relu", "tanh"};
  const std::string name = real ? random.pick(kReal) : random.pick(std::vector<std::string>{"relu", "clip"});
  attributes["activation"] = name;
  if (name == "clip")
    attributes["activation_args"] =
        std::vector<double>{random.chance(50) ? -1.0 : 0.0, random.chance(70) ? 6.0 : 1e300};
  if (name == "leaky_relu") attributes["activation_args"] = std::vector<double>{0.125};
}

// 8-bit weights per tensor or per output; sometimes with zero points that make them wider than 8 bits.
ir::Type weight_type(Random& random, ir::Shape shape, int axis) {
  ir::Quantization quant;
  const ir::Element element = random.chance(75) ? ir::Element::i8 : ir::Element::u8;
  const int64_t centre = element == ir::Element::u8 ? 128 : 0;
  quant.axis = random.chance(60) ? axis : -1;
  const int64_t channels = quant.axis < 0 ? 1 : shape[static_cast<size_t>(axis)];
  const bool centred = random.chance(70);
  for (int64_t i = 0; i < channels; ++i) {
    quant.scales.push_back(
        static_cast<double>(static_cast<float>(random.chance(10) ? 1e-6 : random.real(0.001, 0.02))));
    quant.zero_points.push_back(centred ? centre : centre + random.between(-20, 20));
  }
  return {element, std::move(shape), std::move(quant)};
}

// Weights of 4, 8 or 16 bits.
ir::Type narrow_weight_type(Random& random, ir::Shape shape, int axis) {
  ir::Type type = weight_type(random, std::move(shape), axis);
  if (random.chance(40)) return type;
  type.element = random.pick(std::vector<ir::Element>{ir::Element::i4, ir::Element::u4, ir::Element::i16});
  const int64_t centre = type.element == ir::Element::u4 ? 8 : 0;
  const bool centred = random.chance(70);
  for (int64_t& zero : type.quant->zero_points) zero = centred ? centre : centre + random.between(-3, 3);
  return type;
}

// Weights of 4 or 8 bits for a float layer; those of matrices sometimes in blocks of inputs.
ir::Type stored_weight_type(Random& random, ir::Shape shape, bool matrix) {
  ir::Type type = narrow_weight_type(random, std::move(shape), 0);
  if (type.element == ir::Element::i16) type.element = ir::Element::i8;
  if (!matrix || random.chance(50)) return type;
  type.quant->axis = 1;
  type.quant->block = random.between(1, 7);
  const auto count = static_cast<size_t>(ir::scale_count(type));
  const int64_t zero = type.quant->zero_points[0];
  type.quant->scales.clear();
  for (size_t i = 0; i < count; ++i)
    type.quant->scales.push_back(static_cast<double>(static_cast<float>(random.real(0.001, 0.02))));
  type.quant->zero_points.assign(count, zero);
  return type;
}

// Of a whole image, whose rows kernels may take one by one.
void fully_connected_of_image(Random& random, const CaseSink& sink) {
  CaseMaker make(random);
  const ir::Type x = random_q8(random, {1, random.between(2, 5), random.between(1, 4), random.between(1, 5)});
  const int64_t outputs = random.between(1, 9);
  ir::Attributes attributes;
  add_activation(random, attributes, false);
  ir::Value* input = make.flattened_input(x);
  ir::Value* weights = make.constant(weight_type(random, {outputs, x.elements()}, 0));
  make.finish(sink, "fully_connected", {input, weights, nullptr}, std::move(attributes), random_q8(random, {}));
}

// A product layer `op` of input x, constant weights and bias.
void layer(Random& random, const CaseSink& sink, std::string_view op, const ir::Shape& x, const ir::Shape& w,
           ir::Attributes attributes, Numbers numbers) {
  CaseMaker make(random);
  const int64_t outputs = w[0];
  const bool has_bias = random.chance(70);
  if (numbers == Numbers::real || numbers == Numbers::weights_only) {
    add_activation(random, attributes, true);
    ir::Value* input = make.input(float_type(x));
    const bool real = numbers == Numbers::real;
    ir::Value* weights = make.constant(real ? float_type(w) : stored_weight_type(random, w, op == "fully_connected"));
    return make.finish(sink, op, {input, weights, has_bias ? make.constant(float_type({outputs})) : nullptr},
                       std::move(attributes), std::nullopt, 1e-5, kSumScale);
  }
  const bool narrow = numbers == Numbers::narrow;
  ir::Value* input = make.input(narrow ? random_narrow(random, x) : random_q8(random, x));
  ir::Value* weights = make.constant(narrow ? narrow_weight_type(random, w, 0) : weight_type(random, w, 0));
  ir::Value* bias = nullptr;
  if (has_bias) {
    ir::Tensor data(ir::Element::i32, {outputs});
    for (int64_t i = 0; i < outputs; ++i) data.set_integer(i, random.between(-3000, 3000));
    bias = make.constant(plain_type(ir::Element::i32, {outputs}), data);
  }
  if (numbers == Numbers::q8_to_s32) return make.finish(sink, op, {input, weights, bias}, std::move(attributes));
  add_activation(random, attributes, false);
  make.finish(sink, op, {input, weights, bias}, std::move(attributes),
              narrow ? random_narrow(random, {}) : random_q8(random, {}));
}

void conv(Random& random, const CaseSink& sink, const WindowShape& s, Numbers numbers) {
  ir::Attributes attributes = window_of(s);
  attributes["groups"] = s.groups;
  const ir::Shape x = with_axes(s.batch, axes(s, s.h, s.w), s.in_c * s.groups);
  const ir::Shape w = with_axes(s.out_per_group * s.groups, axes(s, s.kernel_h, s.kernel_w), s.in_c);
  layer(random, sink, "conv", x, w, std::move(attributes), numbers);
}

// Transposed convolutions share the window's parameters.
void conv_transpose(Random& random, const CaseSink& sink, const WindowShape& s, Numbers numbers) {
  ir::Attributes attributes = window_of(s);
  attributes["groups"] = s.groups;
  if (random.chance(30)) attributes["output_padding"] = axes<int64_t>(s, random.between(0, 1), random.between(0, 1));
  const ir::Shape x = with_axes(s.batch, axes(s, s.h, s.w), s.in_c * s.groups);
  const ir::Shape w = with_axes(s.out_per_group * s.groups, axes(s, s.kernel_h, s.kernel_w), s.in_c);
  layer(random, sink, "conv_transpose", x, w, std::move(attributes), numbers);
}

void pools(Random& random, const CaseSink& sink, const WindowShape& s) {
  const ir::Shape x = with_axes(s.batch, axes(s, s.h, s.w), s.in_c * s.groups);
  ir::Attributes attributes = window_of(s);
  attributes["kernel"] = axes(s, s.kernel_h, s.kernel_w);
  for (const bool real : {true, false}) {
    CaseMaker largest(random);
    const ir::Type type = real ? float_type(x) : random_narrow(random, x);
    std::optional<ir::Type> result;
    if (!real) result = random.chance(60) ? type : random_narrow(random, {});
    largest.finish(sink, "max_pool", {largest.input(type)}, attributes, result);
    CaseMaker mean(random);
    ir::Attributes with_pad = attributes;
    with_pad["count_include_pad"] = random.chance(50);
    mean.finish(sink, "average_pool", {mean.input(type)}, with_pad, result);
    CaseMaker whole(random);
    whole.finish(sink, "average_pool", {whole.input(type)}, {{"kernel", axes(s, s.h, s.w)}}, result);
  }
  // What kernels that take four channels at a time ask for.
  CaseMaker fours(random);
  const ir::Type type = random_q8(random, with_axes(s.batch, axes(s, s.h, s.w), 4 * random.between(1, 5)));
  ir::Attributes inside = {{"kernel", attributes["kernel"]}, {"strides", attributes["strides"]}};
  fours.finish(sink, "average_pool", {fours.input(type)}, inside, random.chance(60) ? type : random_q8(random, {}));
}

void fully_connected(Random& random, const CaseSink& sink, Numbers numbers) {
  static const std::vector<ir::Shape> kLeading = {{1}, {3}, {1, 4}, {1, 3, 2}, {2, 3}, {}};
  ir::Shape x = random.pick(kLeading);
  x.push_back(random.between(1, 19));
  const ir::Shape w = {random.between(1, 14), x.back()};
  layer(random, sink, "fully_connected", x, w, {}, numbers);
}

void matmul(Random& random, const CaseSink& sink, Numbers numbers) {
  struct Batches {
    ir::Shape a, b;
  };
  static const std::vector<Batches> kBatches = {{{}, {}},   {{1}, {1}},       {{2}, {2}},       {{1}, {}},
                                                {{3}, {1}}, {{2, 3}, {2, 3}}, {{1, 2}, {1, 1}}, {{2, 1}, {1, 3}}};
  const Batches& batches = random.pick(kBatches);
  ir::Shape a = batches.a;
  ir::Shape b = batches.b;
  const int64_t depth = random.between(1, 9);
  a.insert(a.end(), {random.between(1, 5), depth});
  b.insert(b.end(), {depth, random.between(1, 9)});
  CaseMaker make(random);
  ir::Attributes attributes;
  if (numbers == Numbers::real) {
    add_activation(random, attributes, true);
    return make.finish(sink, "matmul", {make.input(float_type(a)), make.operand(float_type(b))}, attributes,
                       std::nullopt, 1e-5, kSumScale);
  }
  const bool narrow = numbers == Numbers::narrow;
  ir::Type tb = narrow ? random_narrow(random, b) : random_q8(random, b);
  if (random.chance(30)) tb = weight_type(random, b, static_cast<int>(b.size()) - 1);
  tb.quant->scales.assign(tb.quant->scales.size(), 0.01);
  ir::Value* x = make.input(narrow ? random_narrow(random, a) : random_q8(random, a));
  ir::Value* y = make.operand(tb);
  if (numbers == Numbers::q8_to_s32) return make.finish(sink, "matmul", {x, y});
  add_activation(random, attributes, false);
  make.finish(sink, "matmul", {x, y}, attributes, narrow ? random_narrow(random, {}) : random_q8(random, {}));
}

}  // namespace

void layer_cases(Random& random, int rounds, const CaseSink& sink) {
  std::vector<WindowShape> shapes = kGrid;
  for (int i = 0; i < 3 * rounds; ++i) shapes.push_back(random_window(random));
  for (const WindowShape& shape : shapes) {
    for (const Numbers numbers :
         {Numbers::real, Numbers::q8, Numbers::q8, Numbers::q8_to_s32, Numbers::narrow, Numbers::weights_only})
      conv(random, sink, shape, numbers);
    for (const Numbers numbers : {Numbers::real, Numbers::q8}) conv_transpose(random, sink, shape, numbers);
    pools(random, sink, shape);
  }
  for (int i = 0; i < 4 * rounds; ++i) {
    fully_connected(random, sink, Numbers::weights_only);
    fully_connected_of_image(random, sink);
    for (const Numbers numbers : {Numbers::real, Numbers::q8, Numbers::q8_to_s32, Numbers::narrow}) {
      fully_connected(random, sink, numbers);
      matmul(random, sink, numbers);
    }
  }
}

}  // namespace tinyc
