// SPDX-License-Identifier: Apache-2.0
// Operators with data to try kernels on: shape grids, random shapes, extreme values.
#pragma once

#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "ir/builder.h"
#include "ir/graph.h"
#include "ir/tensor.h"

namespace tinyc {

class Random {
 public:
  explicit Random(uint32_t seed) : engine_(seed) {}
  int64_t between(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(engine_() % static_cast<uint64_t>(high - low + 1));
  }
  bool chance(int percent) { return between(1, 100) <= percent; }
  double real(double low, double high) { return low + (high - low) * (static_cast<double>(engine_()) / 4294967295.0); }
  template <class T>
  const T& pick(const std::vector<T>& values) {
    return values[static_cast<size_t>(between(0, static_cast<int64_t>(values.size()) - 1))];
  }

 private:
  std::mt19937 engine_;
};

// One operator in a graph of its own; data for every operand that is a graph input.
struct Case {
  std::unique_ptr<ir::Graph> graph;
  const ir::Op* op = nullptr;
  std::vector<ir::Tensor> inputs;
  double tolerance = 1e-5;  // floats: relative to the largest magnitude plus `scale`
  double scale = 0.1;       // of what is summed, where sums may cancel
};
using CaseSink = std::function<void(Case)>;

// Builds a case operand by operand.
class CaseMaker {
 public:
  explicit CaseMaker(Random& random);

  ir::Value* input(const ir::Type& type);  // with data for that type
  ir::Value* input(const ir::Type& type, ir::Tensor data);
  ir::Value* flattened_input(const ir::Type& type);  // of an image, as [1, elements]
  ir::Value* constant(const ir::Type& type);
  ir::Value* constant(const ir::Type& type, ir::Tensor data);
  ir::Value* operand(const ir::Type& type) { return random_.chance(30) ? constant(type) : input(type); }
  // Hands the case over if the operator's own rules accept it. result: element and quantisation of an integer form.
  void finish(const CaseSink& sink, std::string_view op, std::vector<ir::Value*> operands,
              ir::Attributes attributes = {}, std::optional<ir::Type> result = std::nullopt, double tolerance = 1e-5,
              double scale = 0.1);

 private:
  Random& random_;
  Case case_;
};

// Mostly random values; sometimes all extremes, both extremes in turn, or zeros.
ir::Tensor random_tensor(Random& random, const ir::Type& type);
// 8 bits per tensor: either sign, zero point anywhere or at an end.
ir::Type random_q8(Random& random, ir::Shape shape);
// 8 or 16 bits per tensor.
ir::Type random_narrow(Random& random, ir::Shape shape);
ir::Type float_type(ir::Shape shape);
ir::Type plain_type(ir::Element element, ir::Shape shape);

void layer_cases(Random& random, int rounds, const CaseSink& sink);
void elementwise_cases(Random& random, int rounds, const CaseSink& sink);
void moving_cases(Random& random, int rounds, const CaseSink& sink);
void reduction_cases(Random& random, int rounds, const CaseSink& sink);
void lookup_cases(Random& random, int rounds, const CaseSink& sink);
void block_cases(Random& random, int rounds, const CaseSink& sink);
inline void all_cases(Random& random, int rounds, const CaseSink& sink) {
  layer_cases(random, rounds, sink);
  elementwise_cases(random, rounds, sink);
  moving_cases(random, rounds, sink);
  reduction_cases(random, rounds, sink);
  lookup_cases(random, rounds, sink);
  block_cases(random, rounds, sink);
}

}  // namespace tinyc
