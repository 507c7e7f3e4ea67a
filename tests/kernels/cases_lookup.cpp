// SPDX-License-Identifier: Apache-2.0
// Operators that search, order, accumulate along an axis, or walk tables.
#include <cmath>

#include "ir/ops/tree_ensemble.h"
#include "tests/kernels/cases.h"

namespace tinyc {

namespace {

const std::vector<ir::Element> kNumbers = {ir::Element::f32, ir::Element::f32, ir::Element::i8, ir::Element::u8,
                                           ir::Element::i16, ir::Element::i32, ir::Element::i64};

ir::Shape random_shape(Random& random) {
  ir::Shape shape;
  for (int64_t rank = random.between(1, 4); rank > 0; --rank) shape.push_back(random.between(1, 6));
  return shape;
}

void scatter(Random& random, const CaseSink& sink) {
  CaseMaker make(random);
  const int64_t rows = random.between(1, 8), width = random.between(1, 5), count = random.between(1, 9);
  const ir::Element element = random.pick(kNumbers);
  const ir::Type index = plain_type(random.chance(50) ? ir::Element::i64 : ir::Element::i32, {count});
  ir::Tensor places(index.element, {count});
  for (int64_t i = 0; i < count; ++i) places.set_integer(i, random.between(-1, rows));  // some outside
  const std::string reduction = random.pick(std::vector<std::string>{"none", "add", "mul", "max", "min"});
  ir::Value* x = make.operand(plain_type(element, {rows, width}));
  make.finish(sink, "scatter", {x, make.input(index, places), make.operand(plain_type(element, {count, width}))},
              {{"reduction", reduction}});
}

void top_k(Random& random, const CaseSink& sink) {
  CaseMaker make(random);
  const ir::Shape shape = random_shape(random);
  const int64_t axis = random.between(0, static_cast<int64_t>(shape.size()) - 1);
  make.finish(
      sink, "top_k", {make.input(plain_type(random.chance(10) ? ir::Element::u64 : random.pick(kNumbers), shape))},
      {{"axis", axis}, {"k", random.between(1, shape[static_cast<size_t>(axis)])}, {"largest", random.chance(50)}});
}

void cumulate(Random& random, const CaseSink& sink) {
  CaseMaker make(random);
  const ir::Shape shape = random_shape(random);
  make.finish(sink, "cumulate", {make.input(plain_type(random.pick(kNumbers), shape))},
              {{"axis", random.between(0, static_cast<int64_t>(shape.size()) - 1)},
               {"product", random.chance(40)},
               {"exclusive", random.chance(50)},
               {"reverse", random.chance(50)}});
}

void couple_probabilities(Random& random, const CaseSink& sink) {
  CaseMaker make(random);
  const int64_t classes = random.between(2, 6), samples = random.between(1, 3);
  const ir::Type type = float_type({samples, classes * (classes - 1) / 2});
  ir::Tensor pairs(ir::Element::f32, type.shape);
  for (int64_t i = 0; i < pairs.size(); ++i) pairs.set_real(i, random.real(0.02, 0.98));
  // float32 may stop a round earlier or later than the reference: 0.005 / classes is what is left then
  make.finish(sink, "couple_probabilities", {make.input(type, pairs)}, {{"classes", classes}}, std::nullopt, 5e-3);
}

void grid_sample(Random& random, const CaseSink& sink) {
  CaseMaker make(random);
  const int64_t axes = random.between(1, 3);
  ir::Shape x = {random.between(1, 2), random.between(1, 3)}, grid = {x[0]};
  for (int64_t d = 0; d < axes; ++d) {
    x.push_back(random.between(1, 5));
    grid.push_back(random.between(1, 4));
  }
  grid.push_back(axes);
  ir::Tensor at(ir::Element::f32, grid);
  for (int64_t i = 0; i < at.size(); ++i) at.set_real(i, random.real(-1.7, 1.7));
  std::vector<std::string> modes = {"linear", "nearest"};
  if (axes == 2) modes.emplace_back("cubic");
  const std::string padding = random.pick(std::vector<std::string>{"zeros", "border", "reflection"});
  make.finish(sink, "grid_sample", {make.operand(float_type(x)), make.input(float_type(grid), at)},
              {{"mode", random.pick(modes)},
               {"padding", padding},
               {"align_corners", random.chance(50)},
               {"pixels", random.chance(20)}},
              std::nullopt, 1e-4);
}

// Three spatial axes, or weights that are no constants.
void conv_any(Random& random, const CaseSink& sink) {
  CaseMaker make(random);
  const size_t axes = static_cast<size_t>(random.between(1, 3));
  const int64_t groups = random.between(1, 2), inputs = groups * random.between(1, 3),
                outputs = groups * random.between(1, 3);
  ir::Shape x = {random.between(1, 2)}, w = {outputs};
  std::vector<int64_t> pads;
  for (size_t d = 0; d < axes; ++d) {
    x.push_back(random.between(3, 6));
    w.push_back(random.between(1, 3));
  }
  for (size_t d = 0; d < 2 * axes; ++d) pads.push_back(random.between(0, 1));
  x.push_back(inputs);
  w.push_back(inputs / groups);
  ir::Value* image = make.input(float_type(x));  // data is kept in the order of operands
  ir::Value* weights = make.input(float_type(w));
  ir::Value* bias = random.chance(50) ? make.input(float_type({outputs})) : nullptr;
  make.finish(sink, "conv", {image, weights, bias}, {{"groups", groups}, {"pads", pads}});
  CaseMaker transposed(random);
  ir::Value* from = transposed.input(float_type(x));
  ir::Value* taps = transposed.input(float_type(w));
  ir::Value* offset = random.chance(50) ? transposed.input(float_type({outputs})) : nullptr;
  transposed.finish(sink, "conv_transpose", {from, taps, offset},
                    {{"groups", groups}, {"strides", std::vector<int64_t>(axes, random.between(1, 2))}});
  const std::vector<int64_t> kernel(w.begin() + 1, w.end() - 1);
  CaseMaker largest(random);
  largest.finish(sink, "max_pool", {largest.input(float_type(x))}, {{"kernel", kernel}, {"pads", pads}});
  CaseMaker mean(random);
  mean.finish(sink, "average_pool", {mean.input(float_type(x))},
              {{"kernel", kernel}, {"pads", pads}, {"count_include_pad", random.chance(50)}});
}

// Full trees of a random depth; thresholds are values of the input too, so that equality is met.
struct Trees {
  std::vector<int64_t> branches, roots, leaves, targets;
  std::vector<double> thresholds, weights;
};

int64_t grow(Random& random, Trees& trees, int64_t depth, int64_t features, int64_t targets, bool single) {
  if (depth == 0) {
    const int64_t count = single ? 1 : random.between(0, 2);
    trees.leaves.insert(trees.leaves.end(), {static_cast<int64_t>(trees.weights.size()), count});
    for (int64_t i = 0; i < count; ++i) {
      trees.targets.push_back(single ? 0 : random.between(0, targets - 1));
      trees.weights.push_back(random.real(-2, 2));
    }
    return ~(static_cast<int64_t>(trees.leaves.size()) / 2 - 1);
  }
  const size_t at = trees.thresholds.size();
  trees.thresholds.push_back(static_cast<double>(random.between(-2, 2)));
  const int64_t mode = single ? 0 : random.between(0, 5) + (random.chance(30) ? ir::kNanGoesFirst : 0);
  trees.branches.insert(trees.branches.end(), {random.between(0, features - 1), 0, 0, mode});
  for (size_t side = 1; side <= 2; ++side) {
    const int64_t child = grow(random, trees, random.chance(20) ? 0 : depth - 1, features, targets, single);
    trees.branches[at * 4 + side] = child;
  }
  return static_cast<int64_t>(at);
}

void tree_ensemble(Random& random, const CaseSink& sink) {
  CaseMaker make(random);
  const int64_t samples = random.between(1, 3), features = random.chance(25) ? 1 : random.between(1, 5);
  const bool single = random.chance(40);
  const int64_t targets = single ? 1 : random.between(1, 4);
  Trees trees;
  for (int64_t n = random.between(1, 4); n > 0; --n)
    trees.roots.push_back(grow(random, trees, random.between(0, 4), features, targets, single));
  const auto integers = [&](const std::vector<int64_t>& values, ir::Shape shape) {
    const ir::Type type = plain_type(ir::Element::i32, shape);
    return make.constant(type, ir::Tensor::of_integers(ir::Element::i32, std::move(shape), values));
  };
  const auto reals = [&](const std::vector<double>& values) {
    const ir::Shape shape = {static_cast<int64_t>(values.size())};
    return make.constant(float_type(shape), ir::Tensor::of_reals(ir::Element::f32, shape, values));
  };
  ir::Tensor x(ir::Element::f32, {samples, features});
  for (int64_t i = 0; i < x.size(); ++i)
    x.set_real(i, random.chance(10)   ? std::copysign(std::nan(""), random.real(-1, 1))
                  : random.chance(50) ? static_cast<double>(random.between(-2, 2))
                                      : random.real(-3, 3));
  const auto branches = static_cast<int64_t>(trees.thresholds.size());
  make.finish(sink, "tree_ensemble",
              {make.input(float_type(x.shape()), x), integers(trees.branches, {branches, 4}), reals(trees.thresholds),
               integers(trees.roots, {static_cast<int64_t>(trees.roots.size())}),
               integers(trees.leaves, {static_cast<int64_t>(trees.leaves.size()) / 2, 2}),
               integers(trees.targets, {static_cast<int64_t>(trees.targets.size())}), reals(trees.weights)},
              {{"targets", targets}, {"aggregate", random.pick(std::vector<std::string>{"sum", "min", "max"})}});
}

// Many zeros, and NaN, which is none.
void non_zero(Random& random, const CaseSink& sink) {
  CaseMaker make(random);
  const ir::Type type = plain_type(random.pick(kNumbers), random_shape(random));
  ir::Tensor data = random_tensor(random, type);
  for (int64_t i = 0; i < data.size(); ++i) {
    if (random.chance(50)) data.set_integer(i, 0);
    if (ir::is_float(type.element) && random.chance(10)) data.set_real(i, std::nan(""));
  }
  make.finish(sink, "non_zero", {make.input(type, data)});
}

// Coarse boxes and scores, so that equal ones occur; some corners are swapped.
void non_max_suppression(Random& random, const CaseSink& sink) {
  CaseMaker make(random);
  const int64_t images = random.between(1, 2), classes = random.between(1, 3), count = random.between(1, 9);
  ir::Tensor boxes(ir::Element::f32, {images, count, 4}), scores(ir::Element::f32, {images, classes, count});
  for (int64_t i = 0; i < boxes.size(); ++i) boxes.set_real(i, static_cast<double>(random.between(0, 6)) * 0.5);
  for (int64_t i = 0; i < scores.size(); ++i) scores.set_real(i, static_cast<double>(random.between(-2, 8)) * 0.125);
  ir::Value* places = make.input(float_type(boxes.shape()), boxes);
  make.finish(sink, "non_max_suppression", {places, make.input(float_type(scores.shape()), scores)},
              {{"most", random.between(0, 10)},
               {"overlap", random.pick(std::vector<double>{0, 0.25, 0.5, 1})},
               {"threshold", random.pick(std::vector<double>{-1e30, 0, 0.5})},
               {"centred", random.chance(50)}});
}

void roi_align(Random& random, const CaseSink& sink) {
  CaseMaker make(random);
  const ir::Shape x = {random.between(1, 2), random.between(1, 3), random.between(1, 6), random.between(1, 6)};
  const int64_t count = random.between(1, 3);
  ir::Tensor regions(ir::Element::f32, {count, 4}), images(ir::Element::i64, {count});
  for (int64_t i = 0; i < regions.size(); ++i) regions.set_real(i, random.real(-2, 8));
  for (int64_t i = 0; i < count; ++i) images.set_integer(i, random.between(-1, 2));  // some outside
  ir::Value* picture = make.input(float_type(x));
  ir::Value* places = make.input(float_type(regions.shape()), regions);
  make.finish(sink, "roi_align", {picture, places, make.input(plain_type(ir::Element::i64, {count}), images)},
              {{"height", random.between(1, 4)},
               {"width", random.between(1, 4)},
               {"samples", random.between(0, 3)},
               {"scale", random.chance(50) ? 1.0 : 0.5},
               {"largest", random.chance(40)},
               {"half_pixel", random.chance(50)}},
              std::nullopt, 1e-4);
}

void unique(Random& random, const CaseSink& sink) {
  CaseMaker make(random);
  const ir::Type type = plain_type(random.pick(kNumbers), {random.between(1, 9), random.between(1, 2)});
  ir::Tensor data(type.element, type.shape);
  for (int64_t i = 0; i < data.size(); ++i)
    data.set_integer(i, random.between(ir::is_signed(type.element) ? -2 : 0, 2));
  make.finish(sink, "unique", {make.input(type, data)}, {{"sorted", random.chance(50)}});
}

}  // namespace

void lookup_cases(Random& random, int rounds, const CaseSink& sink) {
  for (int i = 0; i < rounds; ++i) {
    scatter(random, sink);
    top_k(random, sink);
    cumulate(random, sink);
    couple_probabilities(random, sink);
    tree_ensemble(random, sink);
    grid_sample(random, sink);
    conv_any(random, sink);
    non_zero(random, sink);
    non_max_suppression(random, sink);
    roi_align(random, sink);
    unique(random, sink);
  }
}

}  // namespace tinyc
