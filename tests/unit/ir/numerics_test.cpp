// SPDX-License-Identifier: Apache-2.0
// The integer arithmetic of docs/numerics.md: ties, extreme values, degenerate scales.
#include "ir/numerics.h"

#include <cmath>
#include <limits>
#include <random>

#include "tests/unit/catch.h"

namespace tinyc::ir {
namespace {

constexpr int64_t kLowest32 = std::numeric_limits<int32_t>::min();
constexpr int64_t kHighest32 = std::numeric_limits<int32_t>::max();

TEST_CASE("fixed point multipliers have 31 bits") {
  CHECK(to_fixed_point(1.0) == FixedPoint{1 << 30, 30});
  CHECK(to_fixed_point(0.5) == FixedPoint{1 << 30, 31});
  CHECK(to_fixed_point(3.0) == FixedPoint{3 << 29, 29});
  for (const double scale : {1e-9, 0.0003, 0.1, 0.9999999999, 1.5, 77.0, 1e6, 1e9}) {
    const FixedPoint fixed = to_fixed_point(scale);
    CHECK(fixed.multiplier >= 1 << 30);
    CHECK(fixed.shift >= 1);
    CHECK(std::ldexp(fixed.multiplier, -fixed.shift) == Approx(scale).epsilon(1e-9));
  }
}

TEST_CASE("a multiplier that rounds up to 2^31 moves to the next power of two") {
  const double almost_one = 1 - std::ldexp(1.0, -40);
  CHECK(to_fixed_point(almost_one) == FixedPoint{1 << 30, 30});
}

TEST_CASE("degenerate scales neither trap nor wrap") {
  CHECK(to_fixed_point(1e-30) == FixedPoint{0, 31});
  CHECK(requantize(kHighest32, to_fixed_point(1e-30)) == 0);
  CHECK(to_fixed_point(std::numeric_limits<double>::denorm_min()) == FixedPoint{0, 31});
  for (const double huge : {1073741824.0, 1073741823.9999, 1e300}) {
    const FixedPoint fixed = to_fixed_point(huge);
    CHECK(fixed == FixedPoint{std::numeric_limits<int32_t>::max(), 1});
    CHECK(requantize(1, fixed) > 32767);
    CHECK(requantize(-1, fixed) < -32768);
    CHECK(requantize(0, fixed) == 0);
  }
}

TEST_CASE("requantisation rounds exact ties to even") {
  const FixedPoint half = to_fixed_point(0.5);
  const std::pair<int64_t, int64_t> wanted[] = {{0, 0},  {1, 0},   {2, 1},   {3, 2},   {5, 2},  {7, 4},
                                                {-1, 0}, {-3, -2}, {-5, -2}, {-7, -4}, {-9, -4}};
  for (const auto& [accumulator, result] : wanted) CHECK(requantize(accumulator, half) == result);
}

TEST_CASE("requantisation of extreme accumulators is exact") {
  const FixedPoint one = to_fixed_point(1.0);
  CHECK(requantize(kHighest32, one) == kHighest32);
  CHECK(requantize(kLowest32, one) == kLowest32);
  CHECK(requantize(kLowest32, to_fixed_point(0.25)) == kLowest32 / 4);
  std::mt19937_64 random(1);
  for (int i = 0; i < 20000; ++i) {
    const FixedPoint fixed{static_cast<int32_t>((1U << 30) + random() % (1U << 30)),
                           static_cast<int>(1 + random() % 62)};
    const auto accumulator = static_cast<int64_t>(static_cast<int32_t>(random()));
    const long double exact = std::ldexp(static_cast<long double>(accumulator) * fixed.multiplier, -fixed.shift);
    CHECK(requantize(accumulator, fixed) == static_cast<int64_t>(std::nearbyint(exact)));  // 63 bits fit
  }
}

TEST_CASE("half up equals half to even where no tie is possible") {
  std::mt19937_64 random(2);
  int checked = 0;
  for (int i = 0; i < 2000; ++i) {
    const FixedPoint fixed{static_cast<int32_t>((1U << 30) + random() % (1U << 30)),
                           static_cast<int>(31 + random() % 12)};
    constexpr int64_t kBound = 1 << 20;
    if (tie_possible(fixed, kBound)) continue;
    ++checked;
    const int64_t accumulator = static_cast<int64_t>(random() % (2 * kBound + 1)) - kBound;
    const __int128 product = static_cast<__int128>(accumulator) * fixed.multiplier;
    const auto up = static_cast<int64_t>((product + (static_cast<__int128>(1) << (fixed.shift - 1))) >> fixed.shift);
    CHECK(up == requantize(accumulator, fixed));
  }
  CHECK(checked > 1000);
  CHECK(tie_possible(to_fixed_point(0.5), 1));
  CHECK_FALSE(tie_possible(to_fixed_point(1.0 / 1024), 511));
  CHECK(tie_possible(to_fixed_point(1.0 / 1024), 512));
}

TEST_CASE("rounded division") {
  const std::pair<int, int> wanted[] = {{7, 4}, {5, 2}, {-5, -2}, {-7, -4}, {6, 3}, {-6, -3}};
  for (const auto& [numerator, result] : wanted) CHECK(round_divide(numerator, 2) == result);
  CHECK(round_divide(-1, 3) == 0);
  CHECK(round_divide(-2, 3) == -1);
  CHECK(round_divide(static_cast<__int128>(kHighest32) << 60, static_cast<__int128>(1) << 60) == kHighest32);
}

TEST_CASE("sums share one shift") {
  const SumScales scales = sum_scales(0.5, 0.125, 1.0);
  CHECK(scales.a == int64_t{1} << 30);
  CHECK(scales.b == int64_t{1} << 28);
  CHECK(scales.shift == 31);
  const SumScales far = sum_scales(1e-20, 1.0, 1.0);
  CHECK(far.a == 0);
  CHECK(far.b == int64_t{1} << 30);
  const SumScales huge = sum_scales(1e30, 2e30, 1e-9);
  CHECK(huge.shift >= 1);
  CHECK(std::abs(huge.b - 2 * huge.a) <= 1);
  CHECK(huge.b < int64_t{1} << 31);
}

TEST_CASE("quantising floats") {
  CHECK(quantize(2.5, 1, 0, Element::i8) == 2);
  CHECK(quantize(3.5, 1, 0, Element::i8) == 4);
  CHECK(quantize(-2.5, 1, 10, Element::i8) == 8);
  CHECK(quantize(1e30, 1e-3, 0, Element::i8) == 127);
  CHECK(quantize(-std::numeric_limits<double>::infinity(), 1, 128, Element::u8) == 0);
  CHECK(quantize(std::nan(""), 1, 3, Element::i8) == 3);
  CHECK(quantize(-100, 1, 0, Element::i4) == -8);
  CHECK(quantize(100, 1, 0, Element::u4) == 15);
}

TEST_CASE("the exponentials of softmax") {
  CHECK(softmax_exponential(0.1, 0) == 1 << kSoftmaxBits);
  CHECK(softmax_exponential(1.0, 1) == 1542998);  // 2^22 / e = 1542998.2
  CHECK(softmax_exponential(1.0, 16) == 0);       // 0.47
  CHECK(softmax_exponential(1e30, 255) == 0);
}

}  // namespace
}  // namespace tinyc::ir
