// SPDX-License-Identifier: Apache-2.0
#include "tests/kernels/host_function.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "tests/kernels/all_scalars.h"

namespace tinyc {

namespace {

template <class T>
T get(const HostScalar& value) {
  if constexpr (std::is_floating_point_v<T>) {
    return static_cast<T>(value.real);
  } else {
    return static_cast<T>(value.integer);
  }
}

template <class T>
HostScalar put(T value) {
  if constexpr (std::is_floating_point_v<T>) return {0, value};
  // Tests return bool to kernels of floats.
  return {static_cast<int64_t>(value), static_cast<double>(value)};
}

template <auto kFunction, class R, class... P, size_t... I>
HostScalar call(const HostScalar* values, R (*)(P...), std::index_sequence<I...>) {
  return put(kFunction(get<P>(values[I])...));
}

template <auto kFunction, class R, class... P>
HostScalarFunction adapt(const char* name, R (*)(P...)) {
  return {name, sizeof...(P),
          [](const HostScalar* values) { return call<kFunction>(values, kFunction, std::index_sequence_for<P...>{}); }};
}

}  // namespace

const std::vector<HostScalarFunction>& all_host_scalars() {
  static const std::vector<HostScalarFunction> table = {
#define TINYC_ENTRY(name) adapt<&::name>(#name, &::name),
#include "tests/kernels/host_scalars.inc"
#undef TINYC_ENTRY
  };
  return table;
}

const HostScalarFunction* find_host_scalar(const std::string& name) {
  for (const HostScalarFunction& function : all_host_scalars()) {
    if (function.name == name) return &function;
  }
  return nullptr;
}

HostFunction::HostFunction(const ScalarCall& call) {
  const auto add = [this](const ScalarCall& one, size_t operands) {
    Step step{find_host_scalar(one.name), {}};
    if (!step.function) throw std::runtime_error("no scalar function " + one.name);
    if (step.function->parameters != operands + one.arguments.size())
      throw std::runtime_error("other number of arguments than " + one.name + " takes");
    for (const auto& argument : one.arguments) {
      if (const auto* integer = std::get_if<int64_t>(&argument)) {
        step.arguments.push_back({*integer, 0});
      } else {
        step.arguments.push_back({0, std::get<float>(argument)});
      }
    }
    steps_.push_back(std::move(step));
  };
  add(call, static_cast<size_t>(call.operands));
  for (const ScalarCall& outer : call.then) add(outer, 1);
}

HostScalar HostFunction::run(std::initializer_list<HostScalar> operands) const {
  HostScalar values[16];
  std::copy(operands.begin(), operands.end(), values);
  size_t count = operands.size();
  for (const Step& step : steps_) {
    std::copy(step.arguments.begin(), step.arguments.end(), values + count);
    values[0] = step.function->call(values);
    count = 1;
  }
  return values[0];
}

}  // namespace tinyc
