// SPDX-License-Identifier: Apache-2.0
// write_shipped_texts FOLDER: for every kernel a source NAME.cpp with its shipped text, what that depends on, and calls
// of it as generated files make them; scalars.cpp with all scalar functions. The test compiles them with every compiler
// there is.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <set>

#include "backends/emit/print_calls.h"
#include "backends/emit/print_parts.h"
#include "backends/kernel_support.h"
#include "ir/op_def.h"
#include "tests/kernels/cases.h"

namespace tinyc {

namespace {

constexpr int kCallsPerKernel = 3;

// Texts in the order in which they are needed, and the system headers of all.
class Texts {
 public:
  void add(std::string_view path) {
    const ShippedText& text = shipped_text(path);
    if (!seen_.insert(text.path).second) return;
    for (const std::string_view other : text.depends) add(other);
    for (const std::string_view header : text.includes) includes_.insert(header);
    texts_.push_back(&text);
  }
  std::string print(const std::string& calls) const {
    std::string source;
    for (const std::string_view header : includes_) source += include_text(header);
    source += "\nnamespace model {\nnamespace {\n";
    for (const ShippedText* text : texts_) source += fmt::format("\n// {}\n{}", text->path, text->text);
    return source + "\n}  // namespace\n\n" + calls + "\n}  // namespace model\n";
  }

 private:
  std::set<std::string_view> seen_;
  std::set<std::string_view> includes_{"<math.h>", "<stdint.h>"};
  std::vector<const ShippedText*> texts_;
};

struct Source {
  const Kernel* kernel = nullptr;
  Texts texts;
  std::string calls;
  int count = 0;
};

size_t operand_rows(const KernelDef& def, const ir::Op& op) {
  size_t count = def.absent_rows ? op.def->operands.size() - op.operands.size() : 0;
  for (const ir::Value* value : op.operands) {
    const bool constant = value && ir::constant_data(value);
    count += !value ? def.absent_rows : !constant || def.constant_rows;
  }
  return count;
}

// A function around one call; `used`, because nobody calls it.
std::string call_text(const KernelDef& def, const ir::Op& op, const Built& built, int64_t scratch_bytes, int index) {
  TextWriter writer;
  print_geometry(writer, def.geometry_type, fmt::format("geometry{}", index), built.geometry);
  const size_t operands = operand_rows(def, op);
  std::string parameters, arguments;
  const auto parameter = [&](std::string_view type, const std::string& name) {
    parameters += fmt::format("{} {}, ", type, name);
  };
  for (size_t i = 0; i < operands + op.results.size(); ++i) {
    const bool in_array = def.variadic && i < operands;
    if (!in_array) parameter("const Rows&", fmt::format("rows{}", i));
    if (!in_array) arguments += fmt::format(", rows{}", i);
    if (in_array && i == 0) parameter("const Rows*", "rows");
    if (in_array && i == 0) arguments += ", rows";
  }
  for (const PackedConstant& constant : built.constants) {
    parameter(fmt::format("const {}*", storage_type(constant.element)), constant.name + "_data");
    arguments += ", " + constant.name + "_data";
  }
  if (scratch_bytes > 0) {
    parameter("uint8_t*", "scratch");
    arguments += ", scratch";
  }
  arguments += functor_argument(built, fmt::format("layer{}", index));
  print_definitions(writer, built, fmt::format("layer{}", index));
  writer.format("__attribute__((used)) static void layer{}({}int32_t y0, int32_t y1) {{", index, parameters);
  writer.format("  {}(geometry{}{}, y0, y1);", def.entry, index, arguments);
  writer.line("}");
  return writer.take();
}

void add_call(Source& source, const ir::Op& op) {
  const KernelDef& def = *source.kernel->def;
  if (source.count >= kCallsPerKernel || std::find(def.ops.begin(), def.ops.end(), op.name()) == def.ops.end()) return;
  if (why_not(def, op)) return;
  const Variant variant = def.variants ? def.variants(op).back() : Variant{};
  const Built built = def.build(op, variant);
  for (const std::string& path : built.depends) source.texts.add(path);
  source.calls += call_text(def, op, built, def.needs(op, variant).scratch_bytes, source.count++);
}

void write(const std::filesystem::path& file, const std::string& text) { std::ofstream(file) << text; }

int run(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  std::map<std::string, Source> sources;
  for (const Kernel& kernel : all_kernels()) {
    sources[fmt::format("{}_{}", isa_name(kernel.def->isa), kernel.def->name)].kernel = &kernel;
  }
  Random random(1);
  all_cases(random, 4, [&](const Case& test) {
    for (auto& [name, source] : sources) add_call(source, *test.op);
  });
  for (auto& [name, source] : sources) {
    if (source.count == 0) std::cerr << name << ": no case\n";
    source.texts.add(source.kernel->text->path);
    write(folder / (name + ".cpp"), source.texts.print(source.calls));
  }
  Texts scalars;
  for (const ShippedText* text : all_shipped_texts()) {
    if (text->path.find("/scalar/") != std::string_view::npos) scalars.add(text->path);
  }
  write(folder / "scalars.cpp", scalars.print(""));
  return 0;
}

}  // namespace
}  // namespace tinyc

int main(int argc, char** argv) { return argc == 2 ? tinyc::run(argv[1]) : 2; }
