// SPDX-License-Identifier: Apache-2.0
// EmissionPlan -> NAME.cpp: kernels as shipped, constants, memory map, layers, and the functions of the interface.
#include <fmt/format.h>

#include "backends/emit/print_calls.h"
#include "backends/emit/print_parts.h"
#include "backends/emit/print_schedule.h"
#include "backends/emit/print_state.h"
#include "backends/emit/share_layers.h"

namespace tinyc {
namespace {

constexpr std::string_view kRule =
    "----------------------------------------------------------------------------------------------";

void section(TextWriter& writer, std::string_view title) {
  writer.format("// ---- {} {}", title, kRule.substr(0, 110 - title.size()));
}

class SourcePrinter {
 public:
  explicit SourcePrinter(const EmissionPlan& plan) : plan_(plan) {}

  std::string run() {
    print_top();
    allow_long_strings();
    print_kernels();
    memory_map();
    for (const EmittedLayer& layer : plan_.layers) print_layer(layer);
    print_body();
    print_interface();
    return writer_.take();
  }

 private:
  void print_top() {
    print_banner(writer_, plan_, plan_.options.name + ".cpp", "model");
    writer_.line();
    for (const std::string& header : plan_.system_includes) writer_.raw(include_text(header));
    writer_.line("#include <string.h>");
    writer_.line();
    writer_.format("#include \"{}.h\"", plan_.options.name);
    writer_.line();
    if (plan_.target->feature_macro) {
      writer_.format("#if !({}) && !defined(TINYC_PORTABLE_TWINS)", plan_.target->feature_macro);
      writer_.format("#error \"{}.cpp was generated for {}: {}, or generate for your core\"", plan_.options.name,
                     plan_.target->name, plan_.target->feature_help);
      writer_.line("#endif");
    }
    writer_.line(
        "// Called around every layer's rows; define both to trace or to count cycles (for example in a header given "
        "by -include).");
    writer_.line("#ifndef TINYC_LAYER_BEGIN");
    writer_.line("#define TINYC_LAYER_BEGIN(index, name)");
    writer_.line("#define TINYC_LAYER_END(index, name)");
    writer_.line("#endif");
    writer_.line();
  }

  void allow_long_strings() {
    bool any = false;
    for (const EmittedLayer& layer : plan_.layers) {
      for (const EmittedConstant& constant : layer.constants) any |= is_large(constant);
    }
    if (!any) return;
    writer_.line("#if defined(__clang__)");
    writer_.line(
        "#pragma clang diagnostic ignored \"-Woverlength-strings\"  // weights are written as strings of bytes");
    writer_.line("#endif");
    writer_.line();
  }

  void print_kernels() {
    section(writer_, "kernels, as shipped with tinyc");
    writer_.format("namespace {} {{", plan_.options.name);
    writer_.line("namespace {");
    writer_.line();
    for (const ShippedText* text : plan_.texts) {
      writer_.format("// {}", text->path);
      writer_.raw(text->text);
      writer_.line();
    }
  }

  void memory_map() {
    section(writer_, "memory map (bytes in the workspace)");
    const Program& program = *plan_.program;
    for (size_t i = 0; i < program.buffers.size(); ++i) {
      const Buffer& buffer = program.buffers[i];
      const int64_t offset = plan_.plan.placements[i].offset;
      if (offset < 0 || buffer.kind == BufferKind::state) continue;  // see print_state_map
      const std::string ring = buffer.dense() ? "" : fmt::format("  ring of {} of {} rows", buffer.ring, buffer.rows);
      writer_.format("//   [{:>7} .. {:>7}]  steps {:>3} to {:>3}  {}{}", offset, offset + buffer.bytes() - 1,
                     plan_.live[i].first, plan_.live[i].last, comment_text(buffer.name), ring);
    }
    if (const Stage* stage = pushed_stage(plan_)) {
      const int64_t at = plan_.plan.progress_offset;
      writer_.format("//   [{:>7} .. {:>7}]  from row to row  progress", at, at + progress_bytes(*stage) - 1);
    }
    const int64_t gap = plan_.plan.workspace_bytes - plan_.plan.lower_bound;
    if (gap == 0) {
      writer_.format("// {} bytes: minimal for this schedule (that much is live at step {})",
                     plan_.plan.workspace_bytes, plan_.plan.peak_step);
    } else {
      writer_.format("// {} bytes: lower bound for this schedule {}, gap {}", plan_.plan.workspace_bytes,
                     plan_.plan.lower_bound, gap);
    }
    print_state_map(writer_, plan_);
    writer_.line();
    writer_.line("// Bases that the layers work on.");
    writer_.line("struct Memory {");
    writer_.line("  uint8_t* workspace;");
    for (size_t i = 0; i < plan_.inputs.size(); ++i) {  // in the order of the interface, which fills it
      if (plan_.inputs[i].offset < 0) writer_.format("  uint8_t* input{};", i);
    }
    for (size_t i = 0; i < plan_.outputs.size(); ++i) {
      if (plan_.outputs[i].offset < 0) writer_.format("  uint8_t* output{};", i);
    }
    if (has_state(plan_)) writer_.line("  uint8_t* state;");
    writer_.line("};");
    writer_.line();
    section(writer_, "layers");
  }

  void print_constants(const EmittedLayer& layer) {
    for (const EmittedConstant& constant : layer.constants) {
      const std::vector<std::byte>& bytes = constant.data->bytes;
      writer_.format("// {}; {} B", constant.comment, bytes.size());
      if (is_large(constant)) {
        writer_.format("alignas(8) constexpr unsigned char {}[]{} =", constant.symbol, section_text(constant.section));
        print_bytes(writer_, bytes.data(), bytes.size());
        continue;
      }
      writer_.format("alignas({}) constexpr {} {}[]{} = {{", std::max(4, ir::element_bytes(constant.element)),
                     storage_type(constant.element), constant.symbol, section_text(constant.section));
      writer_.indent();
      print_elements(writer_, constant.element, bytes.data(), constant.data->count());
      writer_.dedent();
      writer_.line("};");
    }
  }

  // Compilers need some 300 bytes of memory per element of an array, but only a few per character of a string: large
  // constants are written as their bytes (little-endian, as every target is).
  static bool is_large(const EmittedConstant& constant) { return constant.data->bytes.size() > 64 * 1024; }
  static std::string pointer_to(const EmittedConstant& constant) {
    if (constant.copy_offset >= 0)
      return fmt::format("bytes_of<{}>(memory.workspace + {})", storage_type(constant.element), constant.copy_offset);
    if (!is_large(constant)) return constant.symbol;
    return fmt::format("bytes_of<{}>({})", storage_type(constant.element), constant.symbol);
  }

  static std::string rows_text(const EmittedLayer& layer, size_t index) {
    const EmittedRows& rows = layer.rows[index];
    const bool of_image = layer.batch > 1 && rows.image_bytes > 0;
    return rows.open + rows.base + (of_image ? fmt::format(" + image * {}", rows.image_bytes) : "") + rows.rest;
  }

  // "conv_q8(geometry, {memory.workspace + 0, 10, 0}, ..., weights, y0, y1);"
  // In a body of several layers constants are pointers already.
  std::string call(const EmittedLayer& layer, bool by_name = true) const {
    std::string text = fmt::format("{}({}", layer.entry, layer.geometry_symbol);
    if (layer.array_rows > 0) text += ", operands";
    for (size_t i = layer.array_rows; i < layer.rows.size(); ++i) text += ", " + rows_text(layer, i);
    for (const EmittedConstant& constant : layer.constants) {
      if (constant.argument) text += ", " + (by_name ? pointer_to(constant) : constant.symbol);
    }
    if (!layer.scratch.empty()) text += ", " + layer.scratch;
    text += functor_argument(layer.built, layer.symbol);
    return text + (layer.batch > 1 ? fmt::format(", 0, {});", layer.image_rows) : ", y0, y1);");
  }

  // The body of layers that differ only in where their tensors lie and in their constants.
  void print_shared(const EmittedLayer& layer) {
    print_geometry(writer_, layer.geometry_type, layer.geometry_symbol, layer.built.geometry);
    writer_.line("// Also for layers further down that differ only in their tensors and constants.");
    writer_.format("TINYC_LAYER void {}({}) {{", layer.shared, shared_parameters(layer));
    EmittedLayer body = layer;
    for (size_t i = 0; i < body.rows.size(); ++i) body.rows[i].base = fmt::format("rows{}", i);
    for (EmittedConstant& constant : body.constants) constant.symbol = constant.data->name;
    if (!body.scratch.empty()) body.scratch = "scratch";
    writer_.format("  {}", call(body, false));
    writer_.line("  TINYC_LAYER_EFFECT();");
    writer_.line("}");
  }

  void print_layer(const EmittedLayer& layer) {
    for (const std::string& comment : layer.comment) writer_.format("// {}", comment);
    print_constants(layer);
    print_definitions(writer_, layer.built, layer.symbol);
    if (layer.is_first) print_shared(layer);
    if (layer.shared.empty()) print_geometry(writer_, layer.geometry_type, layer.geometry_symbol, layer.built.geometry);
    const bool rows = layer.batch == 1;
    writer_.format("TINYC_LAYER void {}(const Memory& memory, int32_t{}, int32_t{}) {{", layer.symbol,
                   rows ? " y0" : "", rows ? " y1" : "");
    writer_.indent();
    print_prefetch(writer_, layer);
    if (layer.array_rows > 0) {
      std::string operands;
      for (size_t i = 0; i < layer.array_rows; ++i) operands += (i ? ", " : "") + rows_text(layer, i);
      writer_.format("const Rows operands[] = {{{}}};", operands);
    }
    if (layer.batch > 1) {
      writer_.format("for (int32_t image = 0; image < {}; ++image) {{", layer.batch);
      writer_.format("  {}", call(layer));
      writer_.line("}");
    } else if (!layer.shared.empty()) {
      std::vector<std::string> constants;
      for (const EmittedConstant& constant : layer.constants) constants.push_back(pointer_to(constant));
      writer_.format("{}({});", layer.shared, shared_arguments(layer, constants));
    } else {
      writer_.line(call(layer));
    }
    writer_.line("TINYC_LAYER_EFFECT();");
    writer_.dedent();
    writer_.line("}");
    writer_.line();
  }

  void print_body() {
    section(writer_, "schedule");
    print_schedule(writer_, plan_);
    writer_.line();
    writer_.line("}  // namespace");
    writer_.format("}}  // namespace {}", plan_.options.name);
    writer_.line();
  }

  void print_infer() {
    const std::string& n = plan_.options.name;
    writer_.format("int {}_infer({}) {{", n, infer_parameters(plan_));
    writer_.indent();
    check_workspace();
    if (has_state(plan_))
      writer_.format(
          "if (state == nullptr || reinterpret_cast<uintptr_t>(state) % {0}_WORKSPACE_ALIGN != 0) return "
          "{0}_BAD_STATE;",
          plan_.macro);
    writer_.line("uint8_t* const base = static_cast<uint8_t*>(workspace);");
    std::string external;
    for (const Port& port : plan_.inputs) {
      if (port.offset < 0) {
        external += fmt::format(", const_cast<uint8_t*>(static_cast<const uint8_t*>(static_cast<const void*>({})))",
                                port.parameter);
      } else {
        writer_.format(
            "if ({0} != nullptr && static_cast<const void*>({0}) != base + {1}) memcpy(base + {1}, {0}, {2});",
            port.parameter, port.offset, port.bytes);
      }
    }
    for (const Port& port : plan_.outputs) {
      if (port.offset < 0) external += fmt::format(", static_cast<uint8_t*>(static_cast<void*>({}))", port.parameter);
    }
    writer_.format("const {}::Memory memory = {{base{}{}}};", n, external,
                   has_state(plan_) ? ", static_cast<uint8_t*>(state)" : "");
    if (counts_calls(plan_)) {
      writer_.line("uint32_t calls;");
      writer_.format("memcpy(&calls, memory.state + {}, sizeof calls);", plan_.plan.calls_offset);
      writer_.format("if (calls < {}_FIRST_OUTPUT) ++calls;", plan_.macro);
    }
    writer_.format("{}::run_layers(memory);", n);
    copy_outputs();
    if (counts_calls(plan_)) {
      writer_.format("memcpy(memory.state + {}, &calls, sizeof calls);", plan_.plan.calls_offset);
      writer_.format("return calls < {0}_FIRST_OUTPUT ? {0}_NOT_YET : {0}_OK;", plan_.macro);
    } else {
      writer_.format("return {}_OK;", plan_.macro);
    }
    writer_.dedent();
    writer_.line("}");
    writer_.line();
  }

  void check_workspace() {
    writer_.format(
        "if (workspace == nullptr || reinterpret_cast<uintptr_t>(workspace) % {0}_WORKSPACE_ALIGN != 0) return "
        "{0}_BAD_WORKSPACE;",
        plan_.macro);
  }

  void copy_outputs() {
    for (const Port& port : plan_.outputs) {
      if (port.offset >= 0)
        writer_.format("if ({0} != nullptr && static_cast<void*>({0}) != base + {1}) memcpy({0}, base + {1}, {2});",
                       port.parameter, port.offset, port.bytes);
    }
  }

  void open(const std::string& head) {
    writer_.format("{} {{", head);
    writer_.indent();
  }
  void close() {
    writer_.dedent();
    writer_.line("}");
    writer_.line();
  }

  void print_push_interface() {
    const std::string& n = plan_.options.name;
    const std::string& m = plan_.macro;
    const std::string progress =
        fmt::format("{0}::Progress& progress = *static_cast<{0}::Progress*>(static_cast<void*>(base + {1}));", n,
                    plan_.plan.progress_offset);
    open(fmt::format("int {}_begin(void* workspace)", n));
    check_workspace();
    writer_.line("uint8_t* const base = static_cast<uint8_t*>(workspace);");
    writer_.line(progress);
    writer_.line("memset(&progress, 0, sizeof progress);");
    writer_.format("progress.begun = {}::kBegun;", n);
    writer_.format("return {}_OK;", m);
    close();
    open(fmt::format("int {}_push_row({})", n, push_parameters(plan_)));
    check_workspace();
    writer_.format("if (row == nullptr) return {}_BAD_ROW;", m);
    writer_.line("uint8_t* const base = static_cast<uint8_t*>(workspace);");
    writer_.line(progress);
    writer_.format("if (progress.begun != {}::kBegun) return {}_OUT_OF_ORDER;", n, m);
    writer_.format(
        "const {}::Memory memory = {{base, const_cast<uint8_t*>(static_cast<const uint8_t*>(static_cast<const "
        "void*>(row))){}}};",
        n, has_state(plan_) ? ", static_cast<uint8_t*>(state)" : "");
    writer_.format("if (!{}::push_row(memory, progress)) return {}_OK;", n, m);
    writer_.line("progress.begun = 0;");
    writer_.format("return {}_READY;", m);
    close();
    const std::string input = plan_.inputs[0].parameter;
    open(fmt::format("int {}_infer({})", n, infer_parameters(plan_)));
    writer_.format("if ({} == nullptr) return {}_BAD_ROW;", input, m);
    writer_.format("int status = {}_begin(workspace);", n);
    writer_.format("for (int32_t y = 0; y < {}_PUSH_ROWS && status == {}_OK; ++y)", m, m);
    writer_.format("  status = {}_push_row({} + y * {}_ROW_ELEMENTS, workspace{});", n, input, m,
                   has_state(plan_) ? ", state" : "");
    writer_.format("if (status != {}_READY) return status;", m);
    writer_.line("uint8_t* const base = static_cast<uint8_t*>(workspace);");
    copy_outputs();
    writer_.format("return {}_OK;", m);
    close();
  }

  void print_interface() {
    section(writer_, "interface");
    writer_.line("extern \"C\" {");
    writer_.line();
    if (pushed_stage(plan_)) {
      print_push_interface();
    } else {
      print_infer();
    }
    const std::string& n = plan_.options.name;
    writer_.format("int {}_run(const void* const inputs[], void* const outputs[], void* workspace{}) {{", n,
                   has_state(plan_) ? ", void* state" : "");
    std::string arguments;
    for (size_t i = 0; i < plan_.inputs.size(); ++i)
      arguments += fmt::format("static_cast<const {}*>(inputs[{}]), ", plan_.inputs[i].c_type, i);
    for (size_t i = 0; i < plan_.outputs.size(); ++i)
      arguments += fmt::format("static_cast<{}*>(outputs[{}]), ", plan_.outputs[i].c_type, i);
    if (plan_.inputs.empty()) writer_.line("  static_cast<void>(inputs);");
    writer_.format("  return {}_infer({}workspace{});", n, arguments, has_state(plan_) ? ", state" : "");
    writer_.line("}");
    if (has_state(plan_)) print_reset(writer_, plan_);
    print_places();
    writer_.line();
    writer_.line("}  // extern \"C\"");
  }

  void print_places() {
    if (plan_.options.io_place != IoPlace::workspace) return;
    writer_.line();
    const auto place = [&](const Port& port, std::string_view kind, size_t index) {
      writer_.format(
          "{0}* {1}_{2}_{3}(void* workspace) {{ return "
          "static_cast<{0}*>(static_cast<void*>(static_cast<uint8_t*>(workspace) + {4})); }}",
          port.c_type, plan_.options.name, kind, index, port.offset);
    };
    for (size_t i = 0; i < plan_.inputs.size() && !pushed_stage(plan_); ++i) place(plan_.inputs[i], "input", i);
    for (size_t i = 0; i < plan_.outputs.size(); ++i) place(plan_.outputs[i], "output", i);
  }

  const EmissionPlan& plan_;
  TextWriter writer_;
};

}  // namespace

std::string print_source(const EmissionPlan& plan) { return SourcePrinter(plan).run(); }

}  // namespace tinyc
