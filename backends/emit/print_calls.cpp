// SPDX-License-Identifier: Apache-2.0
#include "backends/emit/print_calls.h"

#include <fmt/format.h>

namespace tinyc {

namespace {

constexpr size_t kLineWidth = 110;

std::string integer_argument(int64_t value) {
  if (value == INT64_MIN) return "INT64_MIN";
  const bool fits = value == static_cast<int32_t>(value) && value != INT32_MIN;
  return fits ? std::to_string(value) : fmt::format("INT64_C({})", value);
}

std::string scalar_call(const ScalarCall& function, std::string operands) {
  for (const auto& argument : function.arguments) {
    const int64_t* integer = std::get_if<int64_t>(&argument);
    operands += ", " + (integer ? integer_argument(*integer) : float_literal(std::get<float>(argument)));
  }
  return fmt::format("{}({})", function.name, operands);
}

std::string with_symbol(const std::string& text, std::string_view symbol) {
  std::string result;
  for (const char c : text) {
    if (c == '@') {
      result += symbol;
    } else {
      result += c;
    }
  }
  return result;
}

}  // namespace

void print_geometry(TextWriter& writer, std::string_view type, std::string_view symbol,
                    const std::vector<GeometryField>& fields) {
  writer.format("constexpr {} {} = {{", type, symbol);
  writer.indent();
  std::string line;
  for (size_t i = 0; i < fields.size(); ++i) {
    const std::string value = fields[i].real ? float_literal(fields[i].value) : std::to_string(fields[i].integer);
    const std::string item = fmt::format("/*{}*/ {}{}", fields[i].name, value, i + 1 < fields.size() ? ", " : "");
    if (line.size() + item.size() > kLineWidth) {
      line.pop_back();
      writer.line(line);
      line.clear();
    }
    line += item;
  }
  writer.line(line);
  writer.dedent();
  writer.line("};");
}

std::string lambda_text(const ScalarCall& function) {
  std::string parameters, operands;
  for (int i = 0; i < function.operands; ++i) {
    parameters += fmt::format("{}{} {}", i ? ", " : "", function.type, "abc"[i]);
    operands += fmt::format("{}{}", i ? ", " : "", "abc"[i]);
  }
  std::string value = scalar_call(function, operands);
  for (const ScalarCall& outer : function.then) value = scalar_call(outer, value);
  return fmt::format("[]({}) {{ return {}; }}", parameters, value);
}

std::string functor_argument(const Built& built, std::string_view symbol) {
  if (built.function) return ", " + lambda_text(*built.function);
  return built.own_functor.empty() ? "" : ", " + with_symbol(built.own_functor, symbol);
}

void print_definitions(TextWriter& writer, const Built& built, std::string_view symbol) {
  for (const std::string& line : built.definitions) writer.line(with_symbol(line, symbol));
}

void print_prefetch(TextWriter& writer, const EmittedLayer& layer) {
  if (layer.prefetch_row < 0) return;
  const bool once = layer.batch > 1;
  if (!once) writer.format("if (y0 == {}) {{  // the constants, for all calls", layer.prefetch_row);
  for (const EmittedConstant& constant : layer.constants) {
    if (constant.copy_offset >= 0)
      writer.format("{}prefetch(memory.workspace + {}, {}, {});", once ? "" : "  ", constant.copy_offset,
                    constant.symbol, constant.data->bytes.size());
  }
  if (!once) writer.line("}");
}

}  // namespace tinyc
