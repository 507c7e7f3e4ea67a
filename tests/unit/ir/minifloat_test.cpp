// SPDX-License-Identifier: Apache-2.0
// Floats of 4 and 8 bits, by the tables of their definitions (OCP 8-bit floating point, OCP microscaling formats; the
// fnuz forms by ONNX's text).
#include "ir/minifloat.h"

#include <cmath>
#include <limits>

#include "tests/unit/catch.h"

namespace tinyc::ir {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr Element kSigned[] = {Element::f8e4m3fn, Element::f8e4m3fnuz, Element::f8e5m2, Element::f8e5m2fnuz,
                               Element::f4e2m1};

TEST_CASE("numbers of the definitions") {
  CHECK(from_minifloat(Element::f8e4m3fn, 0x7E) == 448);
  CHECK(from_minifloat(Element::f8e4m3fn, 0x01) == std::ldexp(1.0, -9));
  CHECK(std::isnan(from_minifloat(Element::f8e4m3fn, 0x7F)));
  CHECK(from_minifloat(Element::f8e4m3fnuz, 0x7F) == 240);
  CHECK(std::isnan(from_minifloat(Element::f8e4m3fnuz, 0x80)));
  CHECK(from_minifloat(Element::f8e5m2, 0x7B) == 57344);
  CHECK(from_minifloat(Element::f8e5m2, 0xFC) == -kInfinity);
  CHECK(std::isnan(from_minifloat(Element::f8e5m2, 0x7D)));
  CHECK(from_minifloat(Element::f8e5m2fnuz, 0x7F) == 57344);
  CHECK(from_minifloat(Element::f4e2m1, 0x0F) == -6);
  CHECK(from_minifloat(Element::f4e2m1, 0x01) == 0.5);
  CHECK(from_minifloat(Element::f8e8m0, 127) == 1);
  CHECK(from_minifloat(Element::f8e8m0, 0) == std::ldexp(1.0, -127));
}

TEST_CASE("every number keeps its pattern") {
  for (const Element element : kSigned) {
    for (int bits = 0; bits < (element == Element::f4e2m1 ? 16 : 256); ++bits) {
      const double value = from_minifloat(element, static_cast<uint8_t>(bits));
      if (std::isnan(value)) continue;
      CHECK(to_minifloat(element, value, std::isfinite(value)) == bits);
    }
  }
}

TEST_CASE("between two numbers the nearer one wins, half way the even one") {
  for (const Element element : kSigned) {
    for (int bits = 0; bits < minifloat(element).largest; ++bits) {
      const double low = from_minifloat(element, static_cast<uint8_t>(bits));
      const double high = from_minifloat(element, static_cast<uint8_t>(bits + 1));
      CHECK(to_minifloat(element, low + (high - low) * 0.49) == bits);
      CHECK(to_minifloat(element, low + (high - low) * 0.51) == bits + 1);
      CHECK(to_minifloat(element, (low + high) / 2) == bits + bits % 2);
    }
  }
}

TEST_CASE("numbers beyond the range") {
  CHECK(to_minifloat(Element::f8e4m3fn, 1e6) == 0x7E);
  CHECK(to_minifloat(Element::f8e4m3fn, 1e6, false) == 0x7F);
  CHECK(to_minifloat(Element::f8e5m2, -kInfinity) == 0xFB);
  CHECK(to_minifloat(Element::f8e5m2, -kInfinity, false) == 0xFC);
  CHECK(to_minifloat(Element::f8e5m2fnuz, -1e6, false) == 0x80);
  CHECK(to_minifloat(Element::f4e2m1, -9) == 0x0F);
}

TEST_CASE("powers of two round as asked") {
  CHECK(to_minifloat(Element::f8e8m0, 5, true, PowerRounding::up) == 130);
  CHECK(to_minifloat(Element::f8e8m0, 5, true, PowerRounding::down) == 129);
  CHECK(to_minifloat(Element::f8e8m0, 5, true, PowerRounding::nearest) == 129);
  CHECK(to_minifloat(Element::f8e8m0, 6, true, PowerRounding::nearest) == 130);
  CHECK(to_minifloat(Element::f8e8m0, 3e38, true, PowerRounding::up) == 254);
  CHECK(to_minifloat(Element::f8e8m0, 3e38, false, PowerRounding::up) == 255);
}

}  // namespace
}  // namespace tinyc::ir
