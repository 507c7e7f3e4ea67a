// SPDX-License-Identifier: Apache-2.0
// Random numbers. They are drawn when the model is compiled, from the node's seed: every run sees the same ones. A
// model that needs fresh ones takes them as an input.
#include <fmt/format.h>

#include <cmath>
#include <cstring>

#include "ir/onnx/formula.h"
#include "ir/onnx/rules.h"

namespace tinyc::ir {
namespace {

constexpr int64_t kMost = int64_t{1} << 22;  // elements of one constant
constexpr double kTwoPi = 6.283185307179586;

// The splitmix64 generator (Steele, Lea, Flood 2014): any seed is a good one.
class Draws {
 public:
  explicit Draws(OnnxImporter& importer) {
    const auto seed = static_cast<float>(importer.real("seed", 0));
    uint32_t bits = 0;
    std::memcpy(&bits, &seed, sizeof(bits));
    state_ = bits;
  }
  double unit() { return static_cast<double>(next() >> 11) * 0x1p-53; }  // [0, 1)
  double normal() {
    const double radius = std::sqrt(-2 * std::log(1 - unit()));
    return radius * std::cos(kTwoPi * unit());
  }

 private:
  uint64_t next() {
    uint64_t z = state_ += 0x9E3779B97F4A7C15;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }
  uint64_t state_ = 0;
};

enum class Distribution : uint8_t { uniform, normal };

// A constant of that shape; no value after an error.
Term drawn(OnnxImporter& importer, Distribution distribution, const Shape& shape, Element element) {
  const auto count = checked_element_count(shape);
  if (!count || *count > kMost) {
    importer.unsupported(fmt::format("more than {} random numbers in one tensor", kMost), "make them an input");
    return {&importer, nullptr};
  }
  if (!is_float(element)) {
    importer.error(Code::T0310, fmt::format("random numbers of type {}", element_name(element)));
    return {&importer, nullptr};
  }
  importer.note(
      "the random numbers are drawn now, from the node's seed; every run sees the same. Make them an input to "
      "give others");
  const bool uniform = distribution == Distribution::uniform;
  const double low = importer.real("low", 0), high = importer.real("high", 1);
  const double mean = importer.real("mean", 0), scale = importer.real("scale", 1);
  Draws draws(importer);
  Tensor data(element, shape);
  for (int64_t i = 0; i < *count; ++i)
    data.set_real(i, uniform ? low + (high - low) * draws.unit() : mean + scale * draws.normal());
  return tensor_term(importer, std::move(data));
}

// dtype, or the input's element where that is a float.
std::optional<Element> wanted_element(OnnxImporter& importer, Element like) {
  return importer.element("dtype", is_float(like) ? like : Element::f32);
}

template <Distribution kind>
void import_random(OnnxImporter& importer) {
  const std::vector<int64_t> shape = importer.integers("shape");
  if (const auto element = importer.element("dtype", Element::f32))
    importer.set_output(0, drawn(importer, kind, shape, *element).value);
}

template <Distribution kind>
void import_random_like(OnnxImporter& importer) {
  const Term x = input_term(importer, 0);
  if (!x) return;
  if (const auto element = wanted_element(importer, x.element()))
    importer.set_output(0, drawn(importer, kind, x.shape(), *element).value);
}

// 1 with the probability that the input gives.
void import_bernoulli(OnnxImporter& importer) {
  const Term x = input_term(importer, 0);
  if (!x) return;
  const auto element = importer.element("dtype", x.element());
  if (!element) return;
  const Term draw = drawn(importer, Distribution::uniform, x.shape(), x.element());
  importer.set_output(0, cast(apply("less", {draw, x}), *element).value);
}

// Classes by unnormalised log-probabilities [batch, classes]: the first whose cumulated probability exceeds a draw.
void import_multinomial(OnnxImporter& importer) {
  const Term x = input_term(importer, 0);
  if (!x) return;
  const int64_t samples = importer.integer("sample_size", 1);
  const auto element = importer.element("dtype", Element::i32);
  if (!element) return;
  if (x.rank() != 2 || samples < 1) return importer.error(Code::T0305, "needs an input of rank 2 and samples");
  const Term draw = drawn(importer, Distribution::uniform, {x.dim(0), samples, 1}, x.element());
  // Without the last class, whose sum is 1 but for rounding.
  const Term sums = slice(apply("cumulate", {softmax(x, 1)}, {{"axis", int64_t{1}}}), 1, 0, x.dim(1) - 1);
  const Term below = apply("less_or_equal", {reshape(sums, {x.dim(0), 1, x.dim(1) - 1}), draw});
  const Term chosen = reduce("reduce_sum", cast(below, Element::i32), {2});
  importer.set_output(0, cast(reshape(chosen, {x.dim(0), samples}), *element).value);
}

constexpr OnnxRule kRules[] = {
    {"", "Bernoulli", 15, kNewest, import_bernoulli},
    {"", "Multinomial", 7, kNewest, import_multinomial},
    {"", "RandomNormal", 1, kNewest, import_random<Distribution::normal>},
    {"", "RandomNormalLike", 1, kNewest, import_random_like<Distribution::normal>},
    {"", "RandomUniform", 1, kNewest, import_random<Distribution::uniform>},
    {"", "RandomUniformLike", 1, kNewest, import_random_like<Distribution::uniform>},
};

}  // namespace

std::span<const OnnxRule> random_rules() { return kRules; }

}  // namespace tinyc::ir
