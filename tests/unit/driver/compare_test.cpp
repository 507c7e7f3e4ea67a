// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/compare.h"

#include <cmath>

#include "tests/unit/catch.h"

namespace tinyc {
namespace {

using ir::Element;
using ir::Tensor;

TEST_CASE("floats are compared relative to what is expected") {
  const Tensor expected = Tensor::of_reals(Element::f32, {4}, {100, 0, -1, 2});
  const Tensor value = Tensor::of_reals(Element::f32, {4}, {100.05, 5e-8, -1.002, 2});
  const Comparison comparison = compare(value, expected, {1e-3, 1e-7, 0});
  CHECK(comparison.elements == 4);
  CHECK(comparison.unequal == 3);
  CHECK(comparison.different == 1);
  CHECK(comparison.first == 2);
  CHECK(comparison.expected == -1);
  CHECK(comparison.largest == Approx(0.05).epsilon(1e-3));
}

TEST_CASE("not a number equals itself and nothing else") {
  const Tensor expected = Tensor::of_reals(Element::f32, {3}, {NAN, NAN, INFINITY});
  const Tensor value = Tensor::of_reals(Element::f32, {3}, {NAN, 1, INFINITY});
  const Comparison comparison = compare(value, expected, {1, 1, 0});
  CHECK(comparison.different == 1);
  CHECK(std::isinf(comparison.largest));
}

TEST_CASE("opposite infinities differ") {
  const Comparison comparison =
      compare(Tensor::of_reals(Element::f32, {1}, {INFINITY}), Tensor::of_reals(Element::f32, {1}, {-INFINITY}), {1, 1, 0});
  CHECK(comparison.different == 1);
}

TEST_CASE("a finite value is not within tolerance of infinity") {
  const Comparison comparison =
      compare(Tensor::of_reals(Element::f32, {1}, {0}), Tensor::of_reals(Element::f32, {1}, {INFINITY}), {1e-3, 1e-7, 0});
  CHECK(comparison.different == 1);
}

TEST_CASE("integers are compared by steps, whatever the float tolerance") {
  const Tensor expected = Tensor::of_integers(Element::i8, {3}, {1, -128, 127});
  const Tensor value = Tensor::of_integers(Element::i8, {3}, {2, -126, 127});
  CHECK(compare(value, expected, {1, 1, 0}).different == 2);
  CHECK(compare(value, expected, {0, 0, 1}).different == 1);
  CHECK(compare(value, expected, {0, 0, 2}).different == 0);
}

TEST_CASE("64-bit integers that doubles cannot tell apart differ") {
  const int64_t large = int64_t{1} << 60;
  const Tensor expected = Tensor::of_integers(Element::i64, {1}, {large});
  const Tensor value = Tensor::of_integers(Element::i64, {1}, {large + 1});
  CHECK(compare(value, expected, {0, 0, 0}).different == 1);
}

}  // namespace
}  // namespace tinyc
