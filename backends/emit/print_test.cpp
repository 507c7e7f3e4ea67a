// SPDX-License-Identifier: Apache-2.0
// EmissionPlan -> NAME_test.cpp (golden test with embedded data) and the runner program of `tinyc run` and `tinyc
// verify`.
#include <fmt/format.h>

#include "backends/emit/print_parts.h"

namespace tinyc {
namespace {

void print_test_top(TextWriter& writer, const EmissionPlan& plan, std::string_view file, std::string_view what) {
  print_banner(writer, plan, file, what);
  writer.line();
  writer.line("#include <math.h>");
  writer.line("#include <stdint.h>");
  writer.line("#include <string.h>");
  writer.line();
  writer.format("#include \"{}.h\"", plan.options.name);
  writer.line("#include \"platform.h\"");
  writer.line();
  writer.line("namespace {");
  writer.line();
  const auto section = [&](const std::string& name, std::string_view what) {
    return name.empty() ? "" : fmt::format(" {}_{}_SECTION", plan.macro, what);
  };
  writer.format("alignas({0}_WORKSPACE_ALIGN) uint8_t workspace[{0}_WORKSPACE_BYTES > 0 ? {0}_WORKSPACE_BYTES : 1]{1};",
                plan.macro, section(plan.workspace_section, "WORKSPACE"));
  if (has_state(plan))
    writer.format("alignas({0}_WORKSPACE_ALIGN) uint8_t state[{0}_STATE_BYTES]{1};", plan.macro,
                  section(plan.state_section, "STATE"));
  const auto storage = [&](const std::vector<Port>& ports, std::string_view kind) {
    for (size_t i = 0; i < ports.size(); ++i)
      writer.format("alignas(8) {} {}_{}[{}];", ports[i].c_type, kind, i,
                    std::max<int64_t>(1, ports[i].type.elements()));
  };
  storage(data_inputs(plan), "input");
  storage(data_outputs(plan), "output");
  writer.line();
}

std::string infer_arguments(const EmissionPlan& plan) {
  std::string text;
  for (size_t i = 0; i < plan.inputs.size(); ++i) text += fmt::format("input_{}, ", i);
  for (size_t i = 0; i < plan.outputs.size(); ++i) text += fmt::format("output_{}, ", i);
  return text + "workspace" + (has_state(plan) ? ", state" : "");
}

// States of the model are data like inputs and outputs: put into the state before a call, and taken out of it.
void print_states_in(TextWriter& writer, const EmissionPlan& plan) {
  for (size_t i = 0; i < plan.found.size(); ++i)
    writer.format("memcpy(state + {}, input_{}, {});", plan.found[i].offset, plan.inputs.size() + i,
                  plan.found[i].bytes);
}

void print_states_out(TextWriter& writer, const EmissionPlan& plan) {
  for (size_t i = 0; i < plan.left.size(); ++i)
    writer.format("memcpy(output_{}, state + {}, {});", plan.outputs.size() + i, plan.left[i].offset,
                  plan.left[i].bytes);
}

void print_data(TextWriter& writer, const std::string& symbol, const ir::Tensor& tensor) {
  writer.format("constexpr {} {}[] = {{", storage_type(tensor.element()), symbol);
  writer.indent();
  print_elements(writer, tensor.element(), tensor.data(), tensor.size());
  writer.dedent();
  writer.line("};");
}

constexpr std::string_view kCompare = R"(// Prints n in decimal.
void print_number(uint32_t n) {
  char text[11];
  char* at = text + 10;
  *at = 0;
  do {
    *--at = static_cast<char>('0' + n % 10);
    n /= 10;
  } while (n != 0);
  platform_print(at);
}

template <class T>
bool close_to(T value, T expected, float rtol, float atol, int64_t steps) {
  if (static_cast<T>(0.5f) == static_cast<T>(0)) {
    const int64_t distance = static_cast<int64_t>(value) - static_cast<int64_t>(expected);
    return distance <= steps && distance >= -steps;
  }
  const float a = static_cast<float>(value);
  const float b = static_cast<float>(expected);
  return (isnan(a) && isnan(b)) || a == b || fabsf(a - b) <= atol + rtol * fabsf(b);
}

// Number of elements that differ by more than allowed.
template <class T>
uint32_t differences(const T* value, const T* expected, int32_t count, float rtol, float atol, int64_t steps) {
  uint32_t wrong = 0;
  for (int32_t i = 0; i < count; ++i) wrong += close_to(value[i], expected[i], rtol, atol, steps) ? 0u : 1u;
  return wrong;
}

)";

}  // namespace

namespace {

// Pushed rows: one after the other, and what comes out of order is refused.
void print_pushed_inference(TextWriter& writer, const EmissionPlan& plan) {
  const std::string& n = plan.options.name;
  const std::string& m = plan.macro;
  const auto push = [&](std::string_view row) {
    return fmt::format("{}_push_row({}, workspace{})", n, row, has_state(plan) ? ", state" : "");
  };
  const auto expect = [&](const std::string& call, std::string_view status) {
    writer.format("wrong += {} == {}_{} ? 0u : 1u;", call, m, status);
  };
  expect(push("input_0"), "OUT_OF_ORDER");
  expect(fmt::format("{}_begin(workspace)", n), "OK");
  writer.format("for (int32_t y = 0; y < {}_PUSH_ROWS; ++y)", m);
  writer.format("  wrong += {} == (y + 1 < {}_PUSH_ROWS ? {}_OK : {}_READY) ? 0u : 1u;",
                push(fmt::format("input_0 + y * {}_ROW_ELEMENTS", m)), m, m, m);
  expect(push("input_0"), "OUT_OF_ORDER");
  for (size_t i = 0; i < plan.outputs.size(); ++i)
    writer.format("memcpy(output_{0}, {1}_output_{0}(workspace), {2});", i, n, plan.outputs[i].bytes);
}

void print_inference(TextWriter& writer, const EmissionPlan& plan, bool ready) {
  if (pushed_stage(plan)) return print_pushed_inference(writer, plan);
  writer.format("wrong += {}_infer({}) == {}_{} ? 0u : 1u;", plan.options.name, infer_arguments(plan), plan.macro,
                ready ? "OK" : "NOT_YET");
}

void print_comparison(TextWriter& writer, const EmissionPlan& plan, size_t s, const GoldenSet& set,
                      const std::vector<Tolerance>& tolerances) {
  const std::vector<Port> outputs = data_outputs(plan);
  for (size_t i = 0; i < outputs.size(); ++i) {
    if (set.outputs.empty() || set.outputs[i].size() == 0) continue;
    writer.format("wrong += differences(output_{1}, set_{0}_output_{1}, {2}, {3}, {4}, {5});", s, i,
                  outputs[i].type.elements(), float_literal(static_cast<float>(tolerances[i].rtol)),
                  float_literal(static_cast<float>(tolerances[i].atol)), tolerances[i].steps);
  }
}

}  // namespace

std::string print_test(const EmissionPlan& plan, const std::vector<GoldenSet>& sets,
                       const std::vector<Tolerance>& tolerances) {
  TextWriter writer;
  print_test_top(writer, plan, plan.options.name + "_test.cpp", "golden test");
  for (size_t s = 0; s < sets.size(); ++s) {
    writer.format("// set {}: {}", s, sets[s].label);
    for (size_t i = 0; i < sets[s].inputs.size(); ++i)
      print_data(writer, fmt::format("set_{}_input_{}", s, i), sets[s].inputs[i]);
    for (size_t i = 0; i < sets[s].outputs.size(); ++i)
      if (sets[s].outputs[i].size() > 0) print_data(writer, fmt::format("set_{}_output_{}", s, i), sets[s].outputs[i]);
  }
  writer.line();
  writer.raw(kCompare);
  writer.line("}  // namespace");
  writer.line();
  writer.line("int main() {");
  writer.indent();
  writer.line("uint32_t wrong = 0;");
  for (size_t s = 0; s < sets.size(); ++s) {
    for (size_t i = 0; i < sets[s].inputs.size(); ++i)
      writer.format("memcpy(input_{1}, set_{0}_input_{1}, sizeof set_{0}_input_{1});", s, i);
    print_states_in(writer, plan);
    if (has_state(plan) && sets[s].resets) writer.format("{}_reset(state);", plan.options.name);
    print_inference(writer, plan, sets[s].ready);
    print_states_out(writer, plan);
    print_comparison(writer, plan, s, sets[s], tolerances);
  }
  writer.format("platform_print(wrong == 0 ? \"{}: passed\\n\" : \"{}: FAILED, elements that differ: \");",
                plan.options.name, plan.options.name);
  writer.line("if (wrong != 0) {");
  writer.line("  print_number(wrong);");
  writer.line("  platform_print(\"\\n\");");
  writer.line("}");
  writer.line("return wrong == 0 ? 0 : 1;");
  writer.dedent();
  writer.line("}");
  return writer.take();
}

namespace {

// One set: its inputs from files, its outputs and the stack that was used to files.
void print_run_set(TextWriter& writer, const EmissionPlan& plan) {
  writer.line("int run_set(uint32_t set) {");
  writer.indent();
  const std::vector<Port> inputs = data_inputs(plan), outputs = data_outputs(plan);
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i].bytes > 0) writer.format("if (!read(set, {0}, input_{0}, {1})) return 3;", i, inputs[i].bytes);
  }
  print_states_in(writer, plan);
  writer.line("platform_stack_paint();");
  if (is_stream(plan) && has_state(plan))
    writer.format("if (set % kCallsOfStream == 0) {}_reset(state);", plan.options.name);
  writer.format("const int status = {}_infer({});", plan.options.name, infer_arguments(plan));
  writer.line("const uint32_t stack = platform_stack_used();");
  writer.format("if (status != {}_OK{}) return status;", plan.macro,
                counts_calls(plan) ? fmt::format(" && status != {}_NOT_YET", plan.macro) : "");
  print_states_out(writer, plan);
  for (size_t i = 0; i < outputs.size(); ++i) {
    writer.format("if (!write(set, \"/output_\", {0}, output_{0}, {1})) return 4;", i, outputs[i].bytes);
  }
  writer.line("return write(set, \"/stack_\", 0, &stack, sizeof stack) ? 0 : 4;");
  writer.dedent();
  writer.line("}");
  writer.line();
}

}  // namespace

std::string print_runner(const EmissionPlan& plan) {
  TextWriter writer;
  print_test_top(writer, plan, plan.options.name + "_runner.cpp", "runs data sets from files");
  if (is_stream(plan) && has_state(plan))
    writer.format("constexpr uint32_t kCallsOfStream = {};", plan.options.stream.calls);
  writer.line("char path[32];");
  writer.line();
  writer.line("// s00012/input_03.bin");
  writer.line("const char* file(uint32_t set, const char* name, uint32_t index) {");
  writer.line("  char* at = path;");
  writer.line("  *at++ = 's';");
  writer.line("  for (uint32_t unit = 10000; unit != 0; unit /= 10) *at++ = static_cast<char>('0' + set / unit % 10);");
  writer.line("  for (; *name != 0; ++name) *at++ = *name;");
  writer.line("  *at++ = static_cast<char>('0' + index / 10);");
  writer.line("  *at++ = static_cast<char>('0' + index % 10);");
  writer.line("  memcpy(at, \".bin\", 5);");
  writer.line("  return path;");
  writer.line("}");
  writer.line();
  writer.line("bool read(uint32_t set, uint32_t index, void* to, int32_t bytes) {");
  writer.line("  return platform_read_file(file(set, \"/input_\", index), to, static_cast<uint32_t>(bytes)) == bytes;");
  writer.line("}");
  writer.line();
  writer.line("bool write(uint32_t set, const char* name, uint32_t index, const void* from, int32_t bytes) {");
  writer.line("  return platform_write_file(file(set, name, index), from, static_cast<uint32_t>(bytes)) == bytes;");
  writer.line("}");
  writer.line();
  print_run_set(writer, plan);
  writer.line("}  // namespace");
  writer.line();
  writer.line("// sets.bin holds the number of folders s00000, s00001, ... to run one after the other.");
  writer.line("int main() {");
  writer.line("  uint32_t sets = 0;");
  writer.line(
      "  if (platform_read_file(\"sets.bin\", &sets, sizeof sets) != static_cast<int32_t>(sizeof sets)) return 5;");
  if (has_state(plan)) writer.format("  {}_reset(state);", plan.options.name);
  writer.line("  for (uint32_t set = 0; set < sets; ++set) {");
  writer.line("    const int status = run_set(set);");
  writer.line("    if (status != 0) return status;");
  writer.line("  }");
  writer.line("  return 0;");
  writer.line("}");
  return writer.take();
}

}  // namespace tinyc
