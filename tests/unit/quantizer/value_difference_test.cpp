// SPDX-License-Identifier: Apache-2.0
#include "compiler/quantizer/value_difference.h"

#include <cmath>

#include "tests/unit/catch.h"

namespace tinyc {
namespace {

TEST_CASE("signal, noise and cosine are those of the definition") {
  ValueDifference difference;
  difference.add({3, 4, 0, 0}, {3, 3, 1, 0}, {2, 2});
  CHECK(difference.elements() == 4);
  CHECK(difference.unequal() == 2);
  CHECK(difference.largest() == 1);
  CHECK(difference.snr_db() == Approx(10 * std::log10(25.0 / 2)));
  CHECK(difference.cosine() == Approx(21 / (5 * std::sqrt(19.0))));
}

TEST_CASE("data sets add up") {
  ValueDifference difference;
  difference.add({1, 2}, {1, 2}, {2});
  difference.add({2, 4}, {2, 5}, {2});
  CHECK(difference.elements() == 4);
  CHECK(difference.snr_db() == Approx(10 * std::log10(25.0)));
  CHECK_FALSE(difference.worst_channel());  // rank 1 has none
}

TEST_CASE("the worst channel is the one with most noise along axis 1") {
  ValueDifference difference;
  // [1, 3, 2]: channel 0 exact, channel 1 off by 1 once, channel 2 off by 2 once
  difference.add({1, 1, 10, 0, 2, 2}, {1, 1, 9, 0, 2, 4}, {1, 3, 2});
  const auto worst = difference.worst_channel();
  REQUIRE(worst);
  CHECK(worst->index == 2);
  CHECK(worst->snr_db == Approx(10 * std::log10(8.0 / 4)));
}

TEST_CASE("no noise is infinitely good, noise without signal infinitely bad") {
  ValueDifference same, silent;
  same.add({0, 0}, {0, 0}, {2});
  CHECK(same.snr_db() == INFINITY);
  CHECK(same.cosine() == 1);
  silent.add({0, 0}, {0, 1}, {2});
  CHECK(silent.snr_db() == -INFINITY);
  CHECK(silent.cosine() == 0);
}

TEST_CASE("not a number equals itself; any other such difference is infinite") {
  ValueDifference difference;
  difference.add({NAN, INFINITY, 1}, {NAN, INFINITY, 1}, {3});
  CHECK(difference.unequal() == 0);
  CHECK(difference.snr_db() == INFINITY);
  difference.add({1}, {NAN}, {1});
  CHECK(difference.unequal() == 1);
  CHECK(std::isinf(difference.largest()));
  CHECK(difference.snr_db() == -INFINITY);
}

TEST_CASE("quantised tensors stand for real numbers, per channel too") {
  const ir::Tensor tensor = ir::Tensor::of_integers(ir::Element::i8, {2, 2}, {10, 12, -4, 0});
  const ir::Type per_tensor{ir::Element::i8, {2, 2}, ir::Quantization{{0.5}, {10}, -1}};
  CHECK(real_values(tensor, per_tensor) == std::vector<double>{0, 1, -7, -5});
  const ir::Type per_channel{ir::Element::i8, {2, 2}, ir::Quantization{{0.5, 2}, {10, 0}, 1}};
  CHECK(real_values(tensor, per_channel) == std::vector<double>{0, 24, -7, 0});
}

TEST_CASE("channels last is put back in order, dimensions of 1 aside") {
  // [1, 2, 3] by channels is [1, 3, 2] by rows
  CHECK(in_order_of({1, 2, 3, 4, 5, 6}, {1, 2, 3}, {1, 4, 2, 5, 3, 7}, {1, 3, 2}) ==
        std::vector<double>{1, 2, 3, 4, 5, 7});
  CHECK(in_order_of({1, 2}, {1, 2, 1, 1}, {1, 3}, {1, 1, 2}) == std::vector<double>{1, 3});
  // a square is ambiguous: the order that fits
  CHECK(in_order_of({1, 2, 3, 4}, {2, 2}, {1, 3, 2, 4}, {2, 2}) == std::vector<double>{1, 2, 3, 4});
  CHECK(same_elements({1, 2, 3}, {3, 2}));
  CHECK_FALSE(same_elements({2, 3}, {6}));
}

}  // namespace
}  // namespace tinyc
