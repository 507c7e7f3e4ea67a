// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/kernel_costs.h"

#include <cmath>

#include "compiler/driver/tune.h"
#include "tests/unit/catch.h"
#include "tests/unit/schedule/programs.h"

using namespace tinyc;

namespace {

const std::string kKey = "0123456789abcdef0123456789abcdef";

KernelCosts two_costs() {
  KernelCosts costs;
  costs.add("f" + kKey.substr(1), {7, 0, "pool"});
  costs.add(kKey, {1234567, 890, "l01_conv portable/conv_q8 two windows"});
  return costs;
}

}  // namespace

TEST_CASE("kernel costs read back as written, sorted") {
  const std::string text = two_costs().text();
  CHECK(text.find(kKey) < text.find("pool"));
  const auto read = KernelCosts::parse(text);
  REQUIRE(read.ok());
  CHECK(read->text() == text);
  CHECK(read->find(kKey)->cycles == 1234567);
  CHECK(read->find(kKey)->code_bytes == 890);
  CHECK(read->find("none") == nullptr);
}

TEST_CASE("a damaged file of kernel costs is refused") {
  const std::string text = two_costs().text();
  for (size_t length = 0; length + 1 < text.size(); ++length) {
    INFO("cut to " << length << " bytes");
    CHECK_FALSE(KernelCosts::parse(text.substr(0, length)).ok());
  }
  CHECK_FALSE(KernelCosts::parse(text + text).ok());
  for (const auto& [good, bad] : {std::pair{"1234567", "-123456"},
                                  {"1234567", "1e5"},
                                  {"890", "99999999999999999999"},
                                  {"abcdef ", "abcdeg "},
                                  {"# 2 ", "# 3 "}}) {
    std::string changed = text;
    changed.replace(changed.find(good), std::string(good).size(), bad);
    INFO(bad);
    CHECK_FALSE(KernelCosts::parse(changed).ok());
  }
}

TEST_CASE("keys of kernel costs differ with all that decides") {
  const auto key = [](std::string_view environment, int64_t width, int64_t stride, unsigned seed, size_t kernel) {
    ir::Graph graph;
    ir::Builder builder(graph);
    ir::Value* x = graph.add_input("x", {ir::Element::i8, {1, 8, width, 4}, ir::Quantization{{0.1}, {3}}});
    graph.add_output(testing::conv_q8(builder, x, 8, 3, stride, 1, seed));
    const ir::Op& conv = *graph.outputs()[0]->producer;
    const Candidates candidates = find_kernels(conv, *find_target("cortex-m4"));
    REQUIRE(kernel < candidates.kernels.size());
    return cost_key(environment, conv, candidates.kernels[kernel]);
  };
  const std::string base = key("gcc 12", 8, 1, 1, 0);
  CHECK(base == key("gcc 12", 8, 1, 1, 0));
  CHECK(base.size() == kKeyDigits);
  for (const std::string& other : {key("gcc 13", 8, 1, 1, 0), key("gcc 12", 9, 1, 1, 0), key("gcc 12", 8, 2, 1, 0),
                                   key("gcc 12", 8, 1, 2, 0), key("gcc 12", 8, 1, 1, 1)})
    CHECK(base != other);
}

TEST_CASE("what is known takes the place of estimates, others are scaled alike") {
  ir::Graph graph;
  ir::Builder builder(graph);
  ir::Value* x = graph.add_input("x", {ir::Element::i8, {1, 8, 8, 4}, ir::Quantization{{0.1}, {3}}});
  graph.add_output(testing::conv_q8(builder, x, 8, 3, 1, 1, 1));
  const ir::Op& conv = *graph.outputs()[0]->producer;
  const Candidates before = find_kernels(conv, *find_target("cortex-m4"));
  REQUIRE(before.kernels.size() > 1);
  TunedCosts tuned{"here", {}};
  Candidates same = before;
  refine(tuned, conv, same);
  CHECK(same.kernels[0].cycles == before.kernels[0].cycles);
  tuned.costs.add(cost_key("here", conv, before.kernels[0]), {3 * std::llround(before.kernels[0].cycles), 5000, ""});
  Candidates after = before;
  refine(tuned, conv, after);
  CHECK(after.basis != before.basis);
  CHECK(after.kernels[0].cycles == std::round(after.kernels[0].cycles));
  CHECK(after.kernels[0].flash_bytes > 5000);
  CHECK(after.kernels[1].cycles / before.kernels[1].cycles ==
        Approx(after.kernels[0].cycles / before.kernels[0].cycles));
  CHECK(after.kernels[1].flash_bytes == before.kernels[1].flash_bytes);
}
