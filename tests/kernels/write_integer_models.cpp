// SPDX-License-Identifier: Apache-2.0
// Writes models of many integer operators side by side, each with its own input of extreme and random values, and what
// the interpreter makes of them: for comparing emitted code on emulated targets.   write_integer_models FOLDER COUNT
// [SEED]
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>

#include "backends/schedule/select_kernel.h"
#include "compiler/frontend/onnx_reader.h"
#include "ir/interpret.h"
#include "ir/print.h"
#include "tests/kernels/cases.h"

namespace tinyc {
namespace {

constexpr int kOpsPerModel = 40;
constexpr int64_t kLargest = 2048;  // elements of an operand or result

struct Model {
  ir::Graph graph;
  std::vector<ir::Tensor> inputs;
  int ops = 0;
};

// Integer arithmetic only: no operand is a float but constants that the compiler folds.
bool is_integer_case(const Case& test) {
  const ir::Op& op = *test.op;
  if (!op.result_type().quantized()) return false;
  for (const ir::Value* operand : op.operands) {
    if (!operand) continue;
    const bool computes_floats = ir::is_float(operand->type.element) && !ir::constant_data(operand);
    if (computes_floats || operand->type.elements() > kLargest) return false;
  }
  return op.result_type().elements() <= kLargest && !fastest_kernels(op, *find_target("cortex-m0")).whole.empty();
}

void add(Model& model, const Case& test) {
  const ir::Op& op = *test.op;
  ir::Builder builder(model.graph);
  std::vector<ir::Value*> operands;
  size_t next = 0;
  for (const ir::Value* operand : op.operands) {
    const ir::Tensor* data = operand ? ir::constant_data(operand) : nullptr;
    if (!operand) {
      operands.push_back(nullptr);
    } else if (data) {
      operands.push_back(operand->type.quant ? builder.constant(*data, *operand->type.quant) : builder.constant(*data));
    } else {
      operands.push_back(model.graph.add_input(fmt::format("x{}", model.inputs.size()), operand->type));
      model.inputs.push_back(test.inputs[next++]);
    }
  }
  ir::Op* copy = model.graph.insert(*op.def, std::move(operands), op.attributes, op.results.size(), nullptr);
  for (size_t i = 0; i < op.results.size(); ++i) {
    copy->results[i]->type = op.results[i]->type;
    model.graph.add_output(copy->results[i]);
  }
  ++model.ops;
}

void save(const std::filesystem::path& path, const std::string& name, const ir::Tensor& tensor) {
  if (const Status status = write_tensor_proto(path.string(), name, tensor); !status)
    std::cerr << status.message() << "\n";
}

void write(const Model& model, const std::filesystem::path& folder) {
  const std::filesystem::path data = folder / "test_data_set_0";
  std::filesystem::remove_all(data);  // of an earlier build
  std::filesystem::create_directories(data);
  std::ofstream(folder / "model.ir") << ir::print(model.graph);
  const std::vector<ir::Tensor> outputs = ir::interpret(model.graph, model.inputs);
  for (size_t i = 0; i < model.inputs.size(); ++i)
    save(data / fmt::format("input_{}.pb", i), model.graph.inputs()[i]->name, model.inputs[i]);
  for (size_t i = 0; i < outputs.size(); ++i)
    save(data / fmt::format("output_{}.pb", i), model.graph.outputs()[i]->name, outputs[i]);
}

// The operator and the kernels that targets with different instructions take for it.
std::string kind_of(const Case& test) {
  std::string kind(test.op->name());
  for (const char* target : {"cortex-m0", "cortex-m4", "cortex-m55"})
    kind += " " + std::string(fastest_kernels(*test.op, *find_target(target)).whole.front().kernel->def->name);
  return kind;
}

int run(const std::filesystem::path& folder, int count, uint32_t seed) {
  // The same number of cases of every kind, in turn.
  std::map<std::string, std::vector<Case>> by_kind;
  Random random(seed);
  all_cases(random, 4, [&](Case test) {
    if (is_integer_case(test)) by_kind[kind_of(test)].push_back(std::move(test));
  });
  std::cout << by_kind.size() << " kinds\n";
  size_t round = 0;
  for (int number = 0; number < count; ++number) {
    Model model;
    for (; model.ops < kOpsPerModel && round < 10000; ++round) {
      auto at = by_kind.begin();
      std::advance(at, static_cast<std::ptrdiff_t>(round % by_kind.size()));
      if (at->second.empty()) continue;
      add(model, at->second.back());
      at->second.pop_back();
    }
    write(model, folder / fmt::format("integers_{}", number));
  }
  return 0;
}

}  // namespace
}  // namespace tinyc

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  return tinyc::run(argv[1], std::atoi(argv[2]), argc > 3 ? static_cast<uint32_t>(std::atoi(argv[3])) : 11);
}
