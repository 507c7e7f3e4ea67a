// SPDX-License-Identifier: Apache-2.0
// TensorFlow Lite's arithmetic. Whole models are compared with outputs of its reference kernels in tests/models; here
// the pieces, against their definitions in exact or real arithmetic.
#include "ir/tflite.h"

#include <cmath>
#include <random>

#include "tests/unit/catch.h"

namespace tinyc::ir {
namespace {

// round(value), ties away from zero or up.
int64_t rounded(long double value, bool away) {
  return static_cast<int64_t>(away ? std::round(value) : std::floor(value + 0.5L));
}

TEST_CASE("tflite requantisation rounds the high half, then the shift") {
  std::mt19937 random(7);
  std::uniform_int_distribution<int32_t> values(-(1 << 24), 1 << 24);
  std::uniform_real_distribution<double> exponents(-16, 0);
  for (int i = 0; i < 20000; ++i) {
    const int32_t value = values(random);
    const FixedPoint scale = tflite::to_fixed_point(std::exp2(exponents(random)));
    const long double product = static_cast<long double>(value) * scale.multiplier;
    const int64_t high = rounded(std::ldexp(product, -31), false);
    const int64_t twice = rounded(std::ldexp(static_cast<long double>(high), 31 - scale.shift), true);
    CHECK(tflite::requantize(value, scale, Rounding::tflite) == twice);
    CHECK(tflite::requantize(value, scale, Rounding::tflite_single) ==
          rounded(std::ldexp(product, -scale.shift), false));
  }
}

TEST_CASE("tflite fixed point underflows to zero and saturates") {
  CHECK(tflite::to_fixed_point(1.0) == FixedPoint{1 << 30, 30});
  CHECK(tflite::to_fixed_point(1e-12).multiplier == 0);
  CHECK(tflite::requantize(1 << 30, tflite::to_fixed_point(1e-12), Rounding::tflite) == 0);
}

TEST_CASE("tflite averages divide the integers as stored, ties away from zero") {
  CHECK(tflite::average(5, 2) == 3);
  CHECK(tflite::average(-5, 2) == -3);
  CHECK(tflite::average(-4, 3) == -1);
}

TEST_CASE("tflite softmax and logistic are near the real functions") {
  for (const double scale : {0.01, 0.0625, 0.3, 1.0}) {
    const Type x{Element::i8, {1}, Quantization{{scale}, {0}, -1}};
    for (int64_t q = -128; q <= 127; ++q) {
      const double exact = 256 / (1 + std::exp(-scale * static_cast<double>(q)));
      CHECK(std::abs(static_cast<double>(tflite::logistic(q, x, Rounding::tflite)) + 128 - std::min(exact, 255.0)) <=
            1.0);
    }
    const std::vector<int32_t> exponentials = tflite::softmax_exponentials(scale, Rounding::tflite);
    const std::vector<int64_t> in = {100, -20, 60, 99};
    std::vector<int64_t> out(in.size());
    tflite::softmax(in, out, exponentials);
    double sum = 0;
    for (const int64_t q : in) sum += std::exp(scale * static_cast<double>(q));
    for (size_t i = 0; i < in.size(); ++i) {
      const double exact = 256 * std::exp(scale * static_cast<double>(in[i])) / sum;
      CHECK(std::abs(static_cast<double>(out[i]) + 128 - std::min(exact, 255.0)) <= 1.0);
    }
  }
}

}  // namespace
}  // namespace tinyc::ir
