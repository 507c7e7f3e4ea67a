// SPDX-License-Identifier: Apache-2.0
// Scalar functions by name, for kernels that take a functor.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "backends/kernel.h"

namespace tinyc {

struct HostScalar {
  int64_t integer = 0;
  double real = 0;
};

// A shipped scalar function over any operands.
struct HostScalarFunction {
  std::string name;
  size_t parameters;
  HostScalar (*call)(const HostScalar* values);
};
const HostScalarFunction* find_host_scalar(const std::string& name);
const std::vector<HostScalarFunction>& all_host_scalars();

// What a ScalarCall says, as a functor.
class HostFunction {
 public:
  explicit HostFunction(const ScalarCall& call);

  float operator()(float a) const { return static_cast<float>(run({{0, a}}).real); }
  float operator()(float a, float b) const { return static_cast<float>(run({{0, a}, {0, b}}).real); }
  double operator()(double a, double b) const { return run({{0, a}, {0, b}}).real; }
  int32_t operator()(int32_t a) const { return static_cast<int32_t>(run({{a, 0}}).integer); }
  int32_t operator()(int32_t a, int32_t b) const { return static_cast<int32_t>(run({{a, 0}, {b, 0}}).integer); }
  int64_t operator()(int64_t a) const { return run({{a, 0}}).integer; }
  int64_t operator()(int64_t a, int64_t b) const { return run({{a, 0}, {b, 0}}).integer; }
  // Functions of a layer alone exist only in emitted sources (tree_functions_test).
  template <class T, class Add>
  void operator()(const T*, Add) const {
    throw std::runtime_error("not a scalar function");
  }

 private:
  struct Step {
    const HostScalarFunction* function;
    std::vector<HostScalar> arguments;
  };
  HostScalar run(std::initializer_list<HostScalar> operands) const;

  std::vector<Step> steps_;
};

}  // namespace tinyc
