// SPDX-License-Identifier: Apache-2.0
// Operators that move elements or change their form.
#include <algorithm>

#include "ir/ops/common.h"
#include "tests/kernels/cases.h"

namespace tinyc {

namespace {

const std::vector<ir::Element> kElements = {ir::Element::f32, ir::Element::i8,  ir::Element::u8, ir::Element::i16,
                                            ir::Element::i32, ir::Element::i64, ir::Element::b1};

ir::Shape random_shape(Random& random, int64_t least, int64_t most) {
  ir::Shape shape;
  const int64_t rank = random.between(least, most);
  for (int64_t i = 0; i < rank; ++i) shape.push_back(i == 0 && random.chance(60) ? 1 : random.between(1, 5));
  return shape;
}

// Plain, or quantised with the result in the same form.
ir::Type any_type(Random& random, ir::Shape shape) {
  return random.chance(30) ? random_q8(random, std::move(shape)) : plain_type(random.pick(kElements), std::move(shape));
}

void finish_same(CaseMaker& make, const CaseSink& sink, std::string_view op, std::vector<ir::Value*> operands,
                 ir::Attributes attributes) {
  const ir::Type type = operands[0]->type;
  make.finish(sink, op, std::move(operands), std::move(attributes), type.quant ? std::optional(type) : std::nullopt);
}

void transpose(Random& random, const CaseSink& sink) {
  CaseMaker make(random);
  const ir::Shape shape = random_shape(random, 1, 5);
  std::vector<int64_t> perm;
  for (size_t i = 0; i < shape.size(); ++i) perm.push_back(static_cast<int64_t>(i));
  const size_t fixed = shape.size() > 2 && random.chance(30) ? 2 : 0;
  for (size_t i = perm.size(); i > fixed + 1; --i)
    std::swap(perm[i - 1], perm[fixed + static_cast<size_t>(random.between(0, static_cast<int64_t>(i - fixed) - 1))]);
  finish_same(make, sink, "transpose", {make.input(any_type(random, shape))}, {{"perm", perm}});
}

void slice(Random& random, const CaseSink& sink) {
  CaseMaker make(random);
  const ir::Shape shape = random_shape(random, 1, 4);
  std::vector<int64_t> starts, sizes, steps;
  for (const int64_t size : shape) {
    const int64_t step = random.chance(60) ? 1 : random.pick(std::vector<int64_t>{2, -1, -2, 3});
    const int64_t start = random.between(0, size - 1);
    const int64_t reach = step > 0 ? (size - 1 - start) / step : start / -step;
    starts.push_back(start);
    sizes.push_back(random.between(1, reach + 1));
    steps.push_back(step);
  }
  if (std::all_of(steps.begin(), steps.end(), [](int64_t step) { return step == 1; })) steps.clear();
  finish_same(make, sink, "slice", {make.input(any_type(random, shape))},
              {{"starts", starts}, {"sizes", sizes}, {"steps", steps}});
}

void expand(Random& random, const CaseSink& sink) {
  CaseMaker make(random);
  ir::Shape shape = random_shape(random, 1, 4);
  ir::Shape from = shape;
  for (int64_t& size : from) size = random.chance(50) ? 1 : size;
  if (random.chance(30)) from.erase(from.begin());
  finish_same(make, sink, "expand", {make.operand(any_type(random, from))}, {{"shape", shape}});
}

void gather(Random& random, const CaseSink& sink) {
  CaseMaker make(random);
  const ir::Shape shape = random_shape(random, 1, 4);
  const int64_t axis = random.between(0, static_cast<int64_t>(shape.size()) - 1);
  const int64_t count = shape[static_cast<size_t>(axis)];
  const ir::Element element = random.chance(50) ? ir::Element::i64 : ir::Element::i32;
  const auto indices_for = [&](ir::Shape at) {
    ir::Tensor indices(element, std::move(at));
    for (int64_t i = 0; i < indices.size(); ++i)
      indices.set_integer(i, random.chance(90) ? random.between(-count, count - 1) : random.between(-9, 9));
    return indices;
  };
  const auto value_for = [&](CaseMaker& maker, const ir::Tensor& indices) {
    const ir::Type type = plain_type(element, indices.shape());
    return random.chance(50) ? maker.input(type, indices) : maker.constant(type, indices);
  };
  ir::Value* x = make.operand(any_type(random, shape));
  finish_same(make, sink, "gather", {x, value_for(make, indices_for(random_shape(random, 0, 2)))}, {{"axis", axis}});
  CaseMaker elements(random);
  ir::Shape at = shape;
  for (int64_t& size : at) size = random.between(1, size);
  at[static_cast<size_t>(axis)] = random.between(1, 4);
  ir::Value* from = elements.operand(any_type(random, shape));
  finish_same(elements, sink, "gather_elements", {from, value_for(elements, indices_for(at))}, {{"axis", axis}});
}

void pad(Random& random, const CaseSink& sink) {
  CaseMaker make(random);
  const ir::Shape shape = random_shape(random, 1, 4);
  std::vector<int64_t> pads(2 * shape.size(), 0);
  for (size_t i = 0; i < pads.size(); ++i)
    pads[i] = random.chance(40) && (i % shape.size() != 0 || random.chance(30)) ? random.between(0, 6) : 0;
  const std::string mode = random.pick(std::vector<std::string>{"constant", "constant", "edge", "reflect", "wrap"});
  finish_same(make, sink, "pad", {make.input(any_type(random, shape))},
              {{"pads", pads},
               {"mode", mode},
               {"value", random.chance(50) ? 0.0 : static_cast<double>(random.between(-3, 3))}});
}

void concat(Random& random, const CaseSink& sink) {
  CaseMaker make(random);
  ir::Shape shape = random_shape(random, 1, 4);
  const int64_t axis = random.between(0, static_cast<int64_t>(shape.size()) - 1);
  const bool quantized = random.chance(50);
  const ir::Type plain = plain_type(random.pick(kElements), shape);
  const ir::Type result = random_q8(random, {});
  std::vector<ir::Value*> operands;
  const int64_t count = random.between(1, 5);
  for (int64_t i = 0; i < count; ++i) {
    shape[static_cast<size_t>(axis)] = random.between(1, 4);
    ir::Type type = plain;
    if (quantized) type = random.chance(40) ? result : random_q8(random, shape);
    type.shape = shape;
    operands.push_back(i == 0 ? make.input(type) : make.operand(type));
  }
  make.finish(sink, "concat", operands, {{"axis", axis}}, quantized ? std::optional(result) : std::nullopt);
}

void resize(Random& random, const CaseSink& sink) {
  CaseMaker make(random);
  const ir::Shape shape = random_shape(random, 2, 4);
  ir::Shape sizes = shape;
  std::vector<double> scales(shape.size(), 1.0);
  for (int i = 0; i < 2; ++i) {
    const auto d = static_cast<size_t>(random.between(0, static_cast<int64_t>(shape.size()) - 1));
    sizes[d] = random.between(1, 7);
    scales[d] = static_cast<double>(sizes[d]) / static_cast<double>(shape[d]);
  }
  std::vector<double> region(2 * shape.size(), 0);  // starts, then ends
  std::fill(region.begin() + static_cast<std::ptrdiff_t>(shape.size()), region.end(), 1.0);
  if (random.chance(50)) {
    const auto d = static_cast<size_t>(random.between(0, static_cast<int64_t>(shape.size()) - 1));
    if (scales[d] != 1) region[d] = random.real(-0.3, 0.4), region[shape.size() + d] = random.real(0.5, 1.4);
  }
  const std::string mode = random.pick(std::vector<std::string>{"nearest", "linear", "cubic"});
  const ir::Attributes attributes = {
      {"sizes", sizes},
      {"scales", scales},
      {"mode", mode},
      {"coordinates",
       random.pick(std::vector<std::string>{"half_pixel", "asymmetric", "align_corners", "tf_crop_and_resize"})},
      {"region", region},
      {"extrapolation", 2.5},
      {"nearest", random.pick(std::vector<std::string>{"floor", "ceil", "round_prefer_floor"})},
      {"antialias", mode != "nearest" && random.chance(20)}};
  finish_same(make, sink, "resize", {make.input(mode == "nearest" ? any_type(random, shape) : float_type(shape))},
              attributes);
  CaseMaker quantized(random);
  const ir::Type type = random_q8(random, shape);
  quantized.finish(sink, "resize", {quantized.input(type)}, attributes,
                   random.chance(50) ? type : random_q8(random, {}));
}

// Elements of fewer than 8 bits, and floats of 8 bits or fewer.
void narrow_casts(Random& random, const CaseSink& sink, const ir::Shape& shape) {
  using ir::Element;
  static const std::vector<Element> kSmall = {Element::f8e4m3fn,   Element::f8e4m3fnuz, Element::f8e5m2,
                                              Element::f8e5m2fnuz, Element::f8e8m0,     Element::f4e2m1};
  static const std::vector<double> kScales = {1e-40, 1e-6, 0.01, 1, 30, 500, 1e5, 1e38};
  const Element small = random.pick(kSmall);
  const ir::Type real = float_type(shape);
  ir::Tensor values = random_tensor(random, real);
  for (int64_t i = 0; i < values.size(); ++i) values.set_real(i, random.real(-1, 1) * random.pick(kScales));
  CaseMaker encode(random);
  encode.finish(sink, "cast", {encode.input(real, values)},
                {{"to", small},
                 {"saturate", random.chance(50)},
                 {"power_rounding", random.pick(std::vector<std::string>{"up", "down", "nearest"})}},
                std::nullopt, 0, 0);
  ir::Tensor patterns(small, shape);
  for (uint8_t& pattern : patterns.mutable_view<uint8_t>())
    pattern = static_cast<uint8_t>(random.between(0, small == Element::f4e2m1 ? 15 : 255));
  CaseMaker decode(random);
  decode.finish(sink, "cast", {decode.input(plain_type(small, shape), patterns)}, {{"to", Element::f32}}, std::nullopt,
                0, 0);
  CaseMaker narrow(random);
  const Element to = random.pick(std::vector<Element>{Element::i4, Element::u4, Element::i2, Element::u2});
  narrow.finish(sink, "cast", {narrow.input(plain_type(random.chance(50) ? Element::i8 : Element::u8, shape))},
                {{"to", to}});
  CaseMaker widen(random);
  widen.finish(sink, "cast", {widen.input(plain_type(to, shape))},
               {{"to", random.pick(std::vector<Element>{Element::f32, Element::i8, Element::i32})}});
}

// Scales per index of an axis, or per block of it.
void scaled_along_axis(Random& random, const CaseSink& sink) {
  ir::Type type = random_q8(random, random_shape(random, 1, 4));
  if (random.chance(30)) type.element = ir::Element::i16;
  type.quant->axis = static_cast<int>(random.between(0, type.rank() - 1));
  if (random.chance(50)) type.quant->block = random.between(1, 3);
  const auto count = static_cast<size_t>(ir::scale_count(type));
  type.quant->scales.clear();
  type.quant->zero_points.clear();
  for (size_t i = 0; i < count; ++i) {
    type.quant->scales.push_back(static_cast<double>(static_cast<float>(random.real(0.01, 0.2))));
    type.quant->zero_points.push_back(random.between(std::max<int64_t>(ir::lowest(type.element), -100), 100));
  }
  CaseMaker to_real(random);
  to_real.finish(sink, "dequantize", {to_real.input(type)});
  CaseMaker from_real(random);
  from_real.finish(sink, "quantize", {from_real.input(float_type(type.shape))}, {}, type);
}

void conversions(Random& random, const CaseSink& sink) {
  const ir::Shape shape = random_shape(random, 0, 4);
  const ir::Element wide = random.pick(
      std::vector<ir::Element>{ir::Element::i8, ir::Element::u8, ir::Element::i16, ir::Element::u16, ir::Element::i32});
  const auto quantized = [&](ir::Element element) {
    ir::Type type = random_q8(random, shape);
    if (element == ir::Element::i32) type.quant->zero_points[0] = 0;
    if (!ir::is_signed(element)) type.quant->zero_points[0] = random.between(0, 255);
    type.element = element;
    if (element == ir::Element::i8) type.quant->zero_points[0] = random.between(-128, 127);
    return type;
  };
  CaseMaker to_real(random);
  to_real.finish(sink, "dequantize", {to_real.operand(quantized(wide))});
  CaseMaker from_real(random);
  const ir::Type result =
      quantized(random.pick(std::vector<ir::Element>{ir::Element::i8, ir::Element::u8, ir::Element::i16}));
  ir::Type from = float_type(shape);
  ir::Tensor data = random_tensor(random, from);
  for (int64_t i = 0; i < data.size() && random.chance(60); ++i)
    data.set_real(i, static_cast<double>(random.between(-300, 300)) * 0.5 * result.quant->scale());
  from_real.finish(sink, "quantize", {from_real.input(from, data)}, {}, result);
  CaseMaker between(random);
  between.finish(sink, "quantize", {between.input(quantized(wide))}, {},
                 quantized(wide == ir::Element::i32 ? ir::Element::i8 : wide));
  CaseMaker copy(random);
  finish_same(copy, sink, "copy", {copy.operand(any_type(random, shape))}, {});
  static const std::vector<ir::Element> kCasts = {
      ir::Element::f32, ir::Element::f16, ir::Element::bf16, ir::Element::i8,  ir::Element::u8,
      ir::Element::i16, ir::Element::i32, ir::Element::u32,  ir::Element::i64, ir::Element::b1};
  for (int i = 0; i < 4; ++i) {
    CaseMaker cast(random);
    const ir::Type type = plain_type(random.pick(kCasts), shape);
    ir::Tensor values = random_tensor(random, type);
    for (int64_t k = 0; ir::is_float(type.element) && k < values.size(); ++k)
      values.set_real(k, random.real(-1, 1) * random.pick(std::vector<double>{1, 100, 1e5, 1e10}));
    cast.finish(sink, "cast", {cast.input(type, values)}, {{"to", random.pick(kCasts)}}, std::nullopt, 1e-6);
  }
  narrow_casts(random, sink, shape);
  scaled_along_axis(random, sink);
  for (const auto& [source, element] :
       {std::pair{ir::Element::f32, ir::Element::f64}, {ir::Element::f64, ir::Element::f32}}) {
    CaseMaker cast(random);
    cast.finish(sink, "cast", {cast.input(plain_type(source, shape))}, {{"to", element}}, std::nullopt, 1e-6);
  }
}

void slide(Random& random, const CaseSink& sink) {
  CaseMaker make(random);
  ir::Shape shape = random_shape(random, 2, 4);
  const int64_t axis = random.between(0, static_cast<int64_t>(shape.size()) - 1);
  if (random.chance(30)) shape.back() *= 16;  // several words at a time
  ir::Shape rows = shape;
  rows[static_cast<size_t>(axis)] = random.between(1, shape[static_cast<size_t>(axis)]);
  const ir::Type type = any_type(random, shape);
  ir::Type fresh = type;
  fresh.shape = rows;
  finish_same(make, sink, "slide", {make.input(type), make.input(fresh)}, {{"axis", axis}});
}

}  // namespace

void moving_cases(Random& random, int rounds, const CaseSink& sink) {
  for (int i = 0; i < 5 * rounds; ++i) {
    transpose(random, sink);
    slice(random, sink);
    slide(random, sink);
    expand(random, sink);
    gather(random, sink);
    pad(random, sink);
    concat(random, sink);
    resize(random, sink);
    conversions(random, sink);
  }
}

}  // namespace tinyc
