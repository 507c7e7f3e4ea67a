// SPDX-License-Identifier: Apache-2.0
#include "ir/function_table.h"

#include <algorithm>
#include <cmath>

#include "tests/unit/catch.h"

namespace tinyc::ir {
namespace {

constexpr double kStep = 8.0 / 32768;

// Largest distance in steps between the table and f, one rounding of half a step included.
double largest_error(const FunctionTable& table, double (*f)(double)) {
  double largest = 0;
  for (int64_t i = 0; i < 65536; ++i) {
    const double exact = std::clamp(f(static_cast<double>(i - 32768) * kStep) / kStep, -32769.0, 32768.0);
    largest = std::max(largest, std::fabs(static_cast<double>(table.result(i)) - exact));
  }
  return largest;
}

std::optional<FunctionTable> table_of(double (*f)(double)) {
  return function_table([&](int64_t i) { return f(static_cast<double>(i - 32768) * kStep) / kStep; }, Element::i16);
}

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
double hard_swish(double x) { return x * std::clamp(x / 6 + 0.5, 0.0, 1.0); }

TEST_CASE("tables of smooth functions are small and close") {
  for (const auto& f : {&sigmoid, static_cast<double (*)(double)>(std::tanh)}) {
    const auto table = table_of(f);
    REQUIRE(table);
    CHECK(table->bytes() <= 2048);
    CHECK(largest_error(*table, f) <= 0.5 + 1.0 / 32 + 2.0 / 256);
  }
}

TEST_CASE("kinks and jumps are refined") {
  for (const auto& f : {&hard_swish, static_cast<double (*)(double)>(std::fabs)}) {
    const auto table = table_of(f);
    REQUIRE(table);
    CHECK(table->bytes() <= 8192);
    CHECK(largest_error(*table, f) <= 0.5 + 1.0 / 32 + 2.0 / 256);
  }
  const auto jump = table_of([](double x) { return x < 0.1 ? -1.0 : 1.0; });
  REQUIRE(jump);
  CHECK(jump->result(32768) == -4096);
  CHECK(jump->result(32768 + 410) == 4096);
}

TEST_CASE("lines are exact") {
  const auto table = table_of([](double x) { return x; });
  REQUIRE(table);
  for (int64_t i = 0; i < 65536; ++i) REQUIRE(table->result(i) == i - 32768);
}

TEST_CASE("a function that jumps everywhere has no table") {
  CHECK_FALSE(function_table([](int64_t i) { return i % 2 == 0 ? 0.0 : 100.0; }, Element::i16));
}

}  // namespace
}  // namespace tinyc::ir
