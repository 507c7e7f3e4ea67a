// SPDX-License-Identifier: Apache-2.0
#include "passes/layout_order.h"

#include "tests/unit/catch.h"

namespace tinyc {
namespace {

const Permutation kToLast = {0, 2, 3, 1};

TEST_CASE("a transpose keeps the order if it moves axes of size 1 only") {
  CHECK(keeps_order({1, 1, 49, 10}, kToLast));
  CHECK(keeps_order({1, 64, 1, 1}, kToLast));
  CHECK_FALSE(keeps_order({1, 3, 4, 1}, kToLast));
  CHECK(keeps_order({2, 3}, {0, 1}));
}

TEST_CASE("orders are equal when joined axes are") {
  CHECK(same_order(row_major({2, 3, 4}), row_major({6, 4})));
  CHECK(same_order(row_major({1, 2, 1, 12}), row_major({24})));
  CHECK_FALSE(same_order(row_major({2, 3}), permuted(row_major({3, 2}), {1, 0})));
}

TEST_CASE("a permutation is found across a reshape") {
  const Order last = permuted(row_major({1, 8, 4, 5}), kToLast);
  CHECK(permutation_for(row_major({1, 8, 20}), last) == Permutation{0, 2, 1});
  CHECK(permutation_for(row_major({1, 2, 4, 4, 5}), last) == Permutation{0, 3, 4, 1, 2});
  CHECK(permutation_for(row_major({1, 160}), last) == std::nullopt);
  CHECK(permutation_for(row_major({1, 32, 5}), last) == std::nullopt);
}

TEST_CASE("transposes compose and invert") {
  CHECK(inverse(kToLast) == Permutation{0, 3, 1, 2});
  CHECK(is_identity(composed(kToLast, inverse(kToLast))));
}

TEST_CASE("storing permutes the axis of a quantisation") {
  const ir::Type type{ir::Element::i8, {1, 2, 3, 4}, ir::Quantization{{0.1, 0.2}, {0, 0}, 1}};
  const ir::Type stored = stored_type(type, {Storage::Kind::axes, kToLast, {}});
  CHECK(stored.shape == ir::Shape{1, 3, 4, 2});
  CHECK(stored.quant->axis == 3);
}

}  // namespace
}  // namespace tinyc
