// SPDX-License-Identifier: Apache-2.0
// Writes a program that runs trees as nested ifs, as emitted sources have them, and compares with the interpreter.
//   write_tree_functions FILE
#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "backends/emit/print_calls.h"
#include "backends/emit/print_parts.h"
#include "backends/kernel_support.h"
#include "ir/interpret.h"
#include "tests/kernels/cases.h"

namespace tinyc {
namespace {

constexpr int kRounds = 60;

std::string values_text(const ir::Tensor& tensor) {
  std::string text;
  for (int64_t i = 0; i < tensor.size(); ++i) {
    const double value = tensor.real(i);
    text += std::isnan(value) ? "NAN, " : float_literal(static_cast<float>(value)) + ", ";
  }
  return text;
}

template <class T>
std::string list_text(const PackedConstant& constant) {
  std::string text;
  const auto* values = reinterpret_cast<const T*>(constant.bytes.data());
  for (int64_t i = 0; i < constant.count(); ++i) {
    if constexpr (std::is_same_v<T, float>) {
      text += float_literal(values[i]) + ", ";
    } else {
      text += fmt::format("{}, ", values[i]);
    }
  }
  return text;
}

std::string constant_text(const PackedConstant& constant) {
  switch (constant.element) {
    case ir::Element::i16:
      return list_text<int16_t>(constant);
    case ir::Element::u16:
      return list_text<uint16_t>(constant);
    case ir::Element::i32:
      return list_text<int32_t>(constant);
    default:
      return list_text<float>(constant);
  }
}

class Program {
 public:
  void add(const KernelDef& kernel, const Variant& variant, const Case& test) {
    const std::string symbol = fmt::format("case{}", count_++);
    const Built built = kernel.build(*test.op, variant);
    const ir::Tensor& x = test.inputs[0];
    std::vector<const ir::Tensor*> operands;
    for (const ir::Value* value : test.op->operands) operands.push_back(ir::constant_data(value));
    operands[0] = &x;
    const ir::Tensor expected = ir::evaluate(*test.op, operands)[0];
    print_geometry(writer_, kernel.geometry_type, symbol + "_geometry", built.geometry);
    print_definitions(writer_, built, symbol);
    writer_.format("void {}() {{", symbol);
    writer_.format("  float input[] = {{{}}};", values_text(x));
    writer_.format("  const float expected[] = {{{}}};", values_text(expected));
    writer_.format("  float y[{}];", expected.size());
    std::string arguments;
    for (const PackedConstant& constant : built.constants) {
      writer_.format("  static const {} {}[] = {{{}}};", storage_type(constant.element), constant.name,
                     constant_text(constant));
      arguments += ", " + constant.name;
    }
    if (const int64_t scratch = kernel.needs(*test.op, variant).scratch_bytes; scratch > 0) {
      writer_.format("  alignas(8) uint8_t scratch[{}];", scratch);
      arguments += ", scratch";
    }
    writer_.format("  {}({}_geometry, rows_in(input), rows_in(y){}{}, 0, 1);", kernel.entry, symbol, arguments,
                   functor_argument(built, symbol));
    writer_.format("  compare(\"{}\", y, expected, {});", symbol, expected.size());
    writer_.line("}");
    calls_ += fmt::format("  {}();\n", symbol);
  }

  std::string take() {
    return "#include \"backends/portable/tree_code_f32.h\"\n#include \"backends/portable/tree_code_ordered_f32.h\"\n"
           "#include \"tests/kernels/tree_functions.h\"\n\nnamespace {\n" +
           writer_.take() + "}  // namespace\n\nint main() {\n" + calls_ +
           fmt::format("  return report({});\n}}\n", count_);
  }

 private:
  TextWriter writer_;
  std::string calls_;
  int count_ = 0;
};

int run(const char* file) {
  Program program;
  Random random(1);
  all_cases(random, kRounds, [&](const Case& test) {
    if (!test.op->is("tree_ensemble")) return;
    for (const Kernel& kernel : all_kernels()) {
      const KernelDef& def = *kernel.def;
      const bool fits = std::find(def.ops.begin(), def.ops.end(), "tree_ensemble") != def.ops.end();
      if (!fits || why_not(def, *test.op)) continue;
      for (const Variant& variant : def.variants ? def.variants(*test.op) : std::vector<Variant>{{}}) {
        if (!def.build(*test.op, variant).definitions.empty()) program.add(def, variant, test);
      }
    }
  });
  std::ofstream(file) << program.take();
  return 0;
}

}  // namespace
}  // namespace tinyc

int main(int argc, char** argv) { return argc == 2 ? tinyc::run(argv[1]) : 2; }
