// SPDX-License-Identifier: Apache-2.0
#include "backends/emit/print_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace tinyc {

bool has_state(const EmissionPlan& plan) { return plan.plan.state_bytes > 0; }

bool has_sections(const EmissionPlan& plan) {
  bool any = !plan.workspace_section.empty() || !plan.state_section.empty();
  for (const EmittedLayer& layer : plan.layers) {
    for (const EmittedConstant& constant : layer.constants) any |= !constant.section.empty();
  }
  return any;
}

std::string section_text(const std::string& section) {
  return section.empty() ? "" : fmt::format(" TINYC_SECTION(\"{}\")", section);
}

const Stage* pushed_stage(const EmissionPlan& plan) {
  const Stage* first = plan.body->empty() ? nullptr : std::get_if<Stage>(&plan.body->front());
  return first && first->pushed ? first : nullptr;
}

int64_t pushed_rows(const EmissionPlan& plan) {
  const Stage& stage = *pushed_stage(plan);
  const int first = members_of(stage).front();
  const std::vector<RowStep> steps = unrolled(stage);
  return std::count_if(steps.begin(), steps.end(), [&](const RowStep& step) { return step.instance == first; });
}

std::string push_parameters(const EmissionPlan& plan) {
  return fmt::format("const {}* row, void* workspace{}", plan.inputs[0].c_type, has_state(plan) ? ", void* state" : "");
}

std::string infer_parameters(const EmissionPlan& plan) {
  std::string text;
  for (const Port& port : plan.inputs) text += fmt::format("const {}* {}, ", port.c_type, port.parameter);
  for (const Port& port : plan.outputs) text += fmt::format("{}* {}, ", port.c_type, port.parameter);
  return text + "void* workspace" + (has_state(plan) ? ", void* state" : "");
}

std::string quantization_text(const ir::Type& type) {
  if (!type.quant || !type.quant->per_tensor()) return "";
  return fmt::format(", scale {}, zero point {}", shortest(type.quant->scales[0]), type.quant->zero_points[0]);
}

std::string include_text(std::string_view header) {
  const std::string line = fmt::format("#include {}\n", header);
  return header == "<arm_mve.h>" ? "#if defined(__ARM_FEATURE_MVE)\n" + line + "#endif\n" : line;
}

std::string storage_type(ir::Element element) {
  switch (element) {
    case ir::Element::f32:
      return "float";
    case ir::Element::f64:
      return "double";
    case ir::Element::f16:
    case ir::Element::bf16:
      return "uint16_t";
    case ir::Element::b1:
    case ir::Element::u2:
    case ir::Element::u4:
      return "uint8_t";
    case ir::Element::i2:
    case ir::Element::i4:
      return "int8_t";
    default:
      if (ir::is_minifloat(element)) return "uint8_t";
      return fmt::format("{}int{}_t", ir::is_signed(element) ? "" : "u", ir::element_bits(element));
  }
}

namespace {

constexpr size_t kLineWidth = 116;

template <class T>
T load(const std::byte* data, int64_t index) {
  T value;
  std::copy_n(data + index * static_cast<int64_t>(sizeof(T)), sizeof(T), reinterpret_cast<std::byte*>(&value));
  return value;
}

// The most negative integers have no literal of their own type in C++.
std::string integer_literal(int64_t value, ir::Element element) {
  if (element == ir::Element::i64)
    return value == ir::lowest(element) ? "INT64_MIN" : fmt::format("INT64_C({})", value);
  if (element == ir::Element::u64) return fmt::format("UINT64_C({})", static_cast<uint64_t>(value));
  if (element == ir::Element::u32) return fmt::format("{}u", static_cast<uint32_t>(value));
  if (element == ir::Element::i32 && value == ir::lowest(element)) return "INT32_MIN";
  return fmt::format("{}", value);
}

void append_element(std::string& line, ir::Element element, const std::byte* data, int64_t index) {
  const auto out = std::back_inserter(line);
  switch (element) {
    case ir::Element::f32:
      line += float_literal(load<float>(data, index));
      break;
    case ir::Element::f64:
      line += double_literal(load<double>(data, index));
      break;
    case ir::Element::i2:
    case ir::Element::i4:
    case ir::Element::i8:
      fmt::format_to(out, "{}", static_cast<int>(load<int8_t>(data, index)));
      break;
    case ir::Element::b1:
    case ir::Element::u2:
    case ir::Element::u4:
    case ir::Element::f8e4m3fn:
    case ir::Element::f8e4m3fnuz:
    case ir::Element::f8e5m2:
    case ir::Element::f8e5m2fnuz:
    case ir::Element::f8e8m0:
    case ir::Element::f4e2m1:
    case ir::Element::u8:
      fmt::format_to(out, "{}", static_cast<int>(load<uint8_t>(data, index)));
      break;
    case ir::Element::i16:
      fmt::format_to(out, "{}", load<int16_t>(data, index));
      break;
    case ir::Element::f16:
    case ir::Element::bf16:
    case ir::Element::u16:
      fmt::format_to(out, "{}", load<uint16_t>(data, index));
      break;
    case ir::Element::i32:
      line += integer_literal(load<int32_t>(data, index), element);
      break;
    case ir::Element::u32:
      line += integer_literal(load<uint32_t>(data, index), element);
      break;
    default:
      line += integer_literal(load<int64_t>(data, index), element);
      break;
  }
}

}  // namespace

void print_elements(TextWriter& writer, ir::Element element, const std::byte* data, int64_t count) {
  std::string line;
  for (int64_t i = 0; i < count; ++i) {
    const size_t before = line.size();
    if (!line.empty()) line += ' ';
    append_element(line, element, data, i);
    if (i + 1 < count) line += ',';
    if (line.size() > kLineWidth && before > 0) {
      const std::string last = line.substr(before + 1);
      line.resize(before);
      writer.line(line);
      line = last;
    }
  }
  if (!line.empty()) writer.line(line);
}

void print_bytes(TextWriter& writer, const std::byte* data, size_t count) {
  constexpr size_t kBytesPerLine = 32;
  for (size_t start = 0; start < count; start += kBytesPerLine) {
    const size_t end = std::min(count, start + kBytesPerLine);
    std::string line = "  \"";
    for (size_t i = start; i < end; ++i) {
      const auto byte = static_cast<unsigned>(data[i]);
      const bool letter = (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
      if (letter) {
        line += static_cast<char>(byte);
      } else {
        line += '\\';
        line += static_cast<char>('0' + (byte >> 6));
        line += static_cast<char>('0' + (byte >> 3 & 7));
        line += static_cast<char>('0' + (byte & 7));
      }
    }
    writer.line(line + (end == count ? "\";" : "\""));
  }
}

void print_banner(TextWriter& writer, const EmissionPlan& plan, std::string_view file, std::string_view what) {
  const EmitOptions& options = plan.options;
  writer.format("// SPDX-License-Identifier: 0BSD");
  writer.format("// {} - {}, generated by tinyc {}. Do not edit: change the model or the options and generate again.",
                file, what, options.tool_version);
  writer.format("//   {}", comment_text(options.command_line));
  writer.format("//   model {} sha256 {}", comment_text(options.model_file), options.model_sha256);
  writer.format("//   workspace {} B   constants {} B   {} MACs   about {} cycles on {} (estimate)",
                with_commas(plan.plan.workspace_bytes), with_commas(plan.constant_bytes), with_commas(plan.macs),
                with_commas(static_cast<int64_t>(plan.cycles)), plan.target->name);
}

}  // namespace tinyc
