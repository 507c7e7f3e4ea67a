// SPDX-License-Identifier: Apache-2.0
// EmissionPlan -> NAME.h: the C interface, and a thin C++ namespace with shapes, scales and helpers.
#include <fmt/format.h>

#include "backends/emit/names.h"
#include "backends/emit/print_parts.h"

namespace tinyc {
namespace {

void print_push_macros(TextWriter& writer, const EmissionPlan& plan) {
  const std::string& m = plan.macro;
  const Port& input = plan.inputs[0];
  writer.format("#define {}_READY 1 /* the output is there */", m);
  writer.format("#define {}_BAD_WORKSPACE (-1) /* null, or not aligned to {}_WORKSPACE_ALIGN */", m, m);
  writer.format("#define {}_OUT_OF_ORDER (-2) /* a row without {}_begin, or after the last */", m, plan.options.name);
  writer.format("#define {}_BAD_ROW (-3) /* null */", m);
  writer.line();
  writer.line("/* Rows of the input until the output is there, and elements of each. */");
  writer.format("#define {}_PUSH_ROWS {}", m, pushed_rows(plan));
  writer.format("#define {}_ROW_ELEMENTS {}", m,
                input.type.elements() /
                    plan.program->instances[static_cast<size_t>(members_of(*pushed_stage(plan)).front())].rows);
}

void print_state_macros(TextWriter& writer, const EmissionPlan& plan) {
  const std::string& m = plan.macro;
  const ir::Stream& stream = plan.options.stream;
  if (counts_calls(plan))
    writer.format(
        "#define {}_NOT_YET 1 /* the frames were taken; there is an output from the {}_FIRST_OUTPUT-th call on */", m,
        m);
  writer.format("#define {}_BAD_WORKSPACE (-1) /* null, or not aligned to {}_WORKSPACE_ALIGN */", m, m);
  writer.format("#define {}_BAD_STATE (-2) /* the same of the state */", m);
  if (!is_stream(plan)) return;
  writer.line();
  writer.line("/* Frames that a call takes, and calls after a reset until there is an output. */");
  writer.format("#define {}_FRAMES {}", m, stream.frames);
  writer.format("#define {}_FIRST_OUTPUT {}", m, stream.first_output);
}

// Where the arrays that the caller defines should lie.
void print_sections(TextWriter& writer, const EmissionPlan& plan) {
  const std::string& m = plan.macro;
  const RegionPlan& memories = plan.memories;
  if (!has_sections(plan)) return;
  writer.format("/* Memories: {}.ld puts sections there. Define TINYC_SECTION(name) as nothing to do without. */",
                plan.options.name);
  writer.line("#ifndef TINYC_SECTION");
  writer.line("#if defined(__GNUC__) && defined(__ELF__)");
  writer.line("#define TINYC_SECTION(name) __attribute__((section(name)))");
  writer.line("#else");
  writer.line("#define TINYC_SECTION(name)");
  writer.line("#endif");
  writer.line("#endif");
  const auto print = [&](ArrayKind kind, std::string_view what, const std::string& section) {
    if (section.empty()) return;
    for (const PlacedArray& array : memories.arrays) {
      if (array.kind == kind)
        writer.format("#define {}_{}_SECTION TINYC_SECTION(\"{}\") /* {}: uint8_t array[...] {}_{}_SECTION; */", m,
                      what, section, memories.regions[static_cast<size_t>(array.region)].name, m, what);
    }
  };
  print(ArrayKind::workspace, "WORKSPACE", plan.workspace_section);
  print(ArrayKind::state, "STATE", plan.state_section);
  writer.line();
}

void print_macros(TextWriter& writer, const EmissionPlan& plan) {
  const std::string& m = plan.macro;
  writer.format("#define {}_WORKSPACE_BYTES {} /* may be shared with other code between calls */", m,
                plan.plan.workspace_bytes);
  writer.format("#define {}_WORKSPACE_ALIGN {}", m, plan.plan.alignment);
  if (has_state(plan))
    writer.format("#define {}_STATE_BYTES {} /* kept between calls; {}_WORKSPACE_ALIGN aligned */", m,
                  plan.plan.state_bytes, m);
  if (plan.options.stack_bytes > 0)
    writer.format("#define {}_STACK_BYTES {} /* {} */", m, plan.options.stack_bytes,
                  comment_text(plan.options.stack_basis));
  writer.format("#define {}_INPUTS {}", m, plan.inputs.size());
  writer.format("#define {}_OUTPUTS {}", m, plan.outputs.size());
  const auto sizes = [&](const std::vector<Port>& ports, std::string_view kind) {
    for (size_t i = 0; i < ports.size(); ++i)
      writer.format("#define {}_{}_{}_ELEMENTS {}", m, kind, i, ports[i].type.elements());
  };
  sizes(plan.inputs, "INPUT");
  sizes(plan.outputs, "OUTPUT");
  writer.line();
  writer.line("/* Results of the functions below. */");
  writer.format("#define {}_OK 0", m);
  if (pushed_stage(plan)) return print_push_macros(writer, plan);
  if (has_state(plan)) return print_state_macros(writer, plan);
  writer.format("#define {}_BAD_WORKSPACE 1 /* null, or not aligned to {}_WORKSPACE_ALIGN */", m, m);
}

std::string port_comment(const Port& port) {
  return fmt::format("{}: {}{}{} (\"{}\")", port.parameter, port.c_type, ir::shape_text(port.type.shape),
                     quantization_text(port.type), comment_text(port.name));
}

void print_push_functions(TextWriter& writer, const EmissionPlan& plan) {
  const std::string& n = plan.options.name;
  writer.format(
      "/* One inference whose input arrives row by row: {}_begin, then {}_push_row with each row from the first on", n,
      n);
  writer.format(
      "   until it returns {}_READY; {}_OK asks for the next one. The row may be overwritten after the call. In "
      "between,",
      plan.macro, plan.macro);
  writer.format("   leave the workspace alone. Negative: nothing was done. Outputs are at {}_output_K. */", n);
  writer.format("int {}_begin(void* workspace);", n);
  writer.format("int {}_push_row({});", n, push_parameters(plan));
}

void print_functions(TextWriter& writer, const EmissionPlan& plan) {
  const std::string& n = plan.options.name;
  if (pushed_stage(plan)) print_push_functions(writer, plan);
  if (is_stream(plan)) {
    writer.format("/* Takes the next {} of the stream. {}_OK: the output is {}.",
                  plan.options.stream.frames == 1 ? "frame" : fmt::format("{} frames", plan.options.stream.frames),
                  plan.macro,
                  plan.options.stream.whole_sequence ? "that of the model over the sequence so far"
                                                     : "that of the model over the window which ends here");
  } else {
    writer.line("/* One inference.");
  }
  for (const Port& port : plan.inputs) writer.line("     " + port_comment(port));
  for (const Port& port : plan.outputs) writer.line("     " + port_comment(port));
  if (pushed_stage(plan)) {
    writer.format(
        "   Pushes all rows of the input; outputs are copied out of the workspace unless the pointer is null. */");
  } else if (plan.options.io_place == IoPlace::workspace) {
    writer.format(
        "   Inputs are copied into the workspace and outputs out of it, unless the pointer is null or already is "
        "{}_input_K or",
        n);
    writer.format("   {}_output_K: then the caller has put them there, or reads them there. */", n);
  } else {
    writer.line("   Inputs are read and outputs written where the caller keeps them. */");
  }
  writer.format("int {}_infer({});", n, infer_parameters(plan));
  writer.line("/* The same with untyped pointers, in the order above. */");
  writer.format("int {}_run(const void* const inputs[], void* const outputs[], void* workspace{});", n,
                has_state(plan) ? ", void* state" : "");
  if (has_state(plan)) {
    writer.line("/* Forgets what was heard so far; call before the first inference. */");
    writer.format("void {}_reset(void* state);", n);
  }
  if (plan.options.io_place != IoPlace::workspace) return;
  writer.line(pushed_stage(plan) ? "/* Where outputs live inside the workspace. */"
                                 : "/* Where inputs and outputs live inside the workspace. An input's bytes are reused "
                                   "during the inference. */");
  for (size_t i = 0; i < plan.inputs.size() && !pushed_stage(plan); ++i)
    writer.format("{}* {}_input_{}(void* workspace);", plan.inputs[i].c_type, n, i);
  for (size_t i = 0; i < plan.outputs.size(); ++i)
    writer.format("{}* {}_output_{}(void* workspace);", plan.outputs[i].c_type, n, i);
}

void print_port_struct(TextWriter& writer, const Port& port, const std::string& name, bool is_input) {
  writer.format("struct {} {{  // \"{}\"", name, comment_text(port.name));
  writer.indent();
  writer.format("using type = {};", port.c_type);
  writer.format("static constexpr int32_t elements = {};", port.type.elements());
  writer.format("static constexpr int32_t rank = {};", port.type.rank());
  if (port.type.rank() > 0) {
    std::string dims;
    for (const int64_t dim : port.type.shape) dims += (dims.empty() ? "" : ", ") + std::to_string(dim);
    writer.format("static constexpr int32_t shape[{}] = {{{}}};", port.type.rank(), dims);
  }
  if (port.type.quant && port.type.quant->per_tensor()) {
    writer.format("static constexpr float scale = {};", float_literal(static_cast<float>(port.type.quant->scales[0])));
    writer.format("static constexpr int32_t zero_point = {};", port.type.quant->zero_points[0]);
    if (is_input) {
      writer.line("// Nearest representable value, half to even, saturated.");
      writer.line("static constexpr type quantize(float real) noexcept {");
      writer.line("  const float limited = real / scale < -1e6f ? -1e6f : real / scale > 1e6f ? 1e6f : real / scale;");
      writer.line("  int32_t whole = static_cast<int32_t>(limited);  // towards zero");
      writer.line("  const float rest = limited - static_cast<float>(whole);");
      writer.line("  if (rest > 0.5f || (rest == 0.5f && whole % 2 != 0)) ++whole;");
      writer.line("  if (rest < -0.5f || (rest == -0.5f && whole % 2 != 0)) --whole;");
      writer.line("  const int32_t value = whole + zero_point;");
      writer.format("  return static_cast<type>(value < {0} ? {0} : value > {1} ? {1} : value);",
                    ir::lowest(port.type.element), ir::highest(port.type.element));
      writer.line("}");
    } else {
      writer.line(
          "static constexpr float dequantize(type value) noexcept { return scale * "
          "static_cast<float>(static_cast<int32_t>(value) - zero_point); }");
    }
  }
  writer.dedent();
  writer.line("};");
}

}  // namespace

std::string print_header(const EmissionPlan& plan) {
  TextWriter writer;
  print_banner(writer, plan, plan.options.name + ".h", "interface");
  writer.line("#pragma once");
  writer.line("#include <stdint.h>");
  writer.line();
  print_macros(writer, plan);
  writer.line();
  print_sections(writer, plan);
  writer.line("#ifdef __cplusplus");
  writer.line("extern \"C\" {");
  writer.line("#endif");
  writer.line();
  print_functions(writer, plan);
  writer.line();
  writer.line("#ifdef __cplusplus");
  writer.line("}  // extern \"C\"");
  writer.line();
  writer.format("namespace {} {{", plan.options.name);
  writer.format("constexpr int32_t workspace_bytes = {}_WORKSPACE_BYTES;", plan.macro);
  writer.format("constexpr int32_t workspace_align = {}_WORKSPACE_ALIGN;", plan.macro);
  for (size_t i = 0; i < plan.inputs.size(); ++i)
    print_port_struct(writer, plan.inputs[i], fmt::format("Input{}", i), true);
  for (size_t i = 0; i < plan.outputs.size(); ++i)
    print_port_struct(writer, plan.outputs[i], fmt::format("Output{}", i), false);
  writer.format("}}  // namespace {}", plan.options.name);
  writer.line("#endif");
  return writer.take();
}

}  // namespace tinyc
