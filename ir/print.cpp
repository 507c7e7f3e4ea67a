// SPDX-License-Identifier: Apache-2.0
// Graph -> text. One operator per line:
//   %y = conv(%x, %w, _) {strides = [2, 2]} : i8[1,25,5,64] q(0.02, -128) loc("conv1")
// Constants are lists, splat(v), or hex of their bytes; `_` is an absent operand.
#include "ir/print.h"

#include <algorithm>

#include "compiler/support/text_writer.h"
#include "ir/op_def.h"

namespace tinyc::ir {
namespace {

constexpr int64_t kLongestList = 16;

bool is_plain_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
           c == '/' || c == '-';
  });
}

std::string value_ref(const Value* value) {
  if (!value) return "_";
  return "%" + (is_plain_name(value->name) ? value->name : quoted(value->name));
}

template <class T, class Print>
std::string list_text(const std::vector<T>& values, Print print) {
  std::string text = "[";
  for (size_t i = 0; i < values.size(); ++i) text += (i ? ", " : "") + print(values[i]);
  return text + "]";
}

std::string element_text(const Tensor& tensor, int64_t index) {
  return is_float(tensor.element()) ? shortest(tensor.real(index)) : std::to_string(tensor.integer(index));
}

bool all_equal(const Tensor& tensor) {
  const auto bytes = static_cast<size_t>(element_bytes(tensor.element()));
  for (int64_t i = 1; i < tensor.size(); ++i) {
    if (!std::equal(tensor.data(), tensor.data() + bytes, tensor.data() + static_cast<size_t>(i) * bytes)) return false;
  }
  return tensor.size() > 0;
}

std::string hex(const Tensor& tensor) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text = "hex(";
  text.reserve(static_cast<size_t>(tensor.bytes()) * 2 + 5);
  for (int64_t i = 0; i < tensor.bytes(); ++i) {
    const auto byte = static_cast<unsigned>(tensor.data()[i]);
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text + ")";
}

std::string tensor_text(const Tensor& tensor, const PrintOptions& options) {
  std::string text = type_text(tensor.type()) + " ";
  if (tensor.size() > kLongestList && all_equal(tensor)) return text + "splat(" + element_text(tensor, 0) + ")";
  if (options.largest_constant >= 0 && tensor.size() > options.largest_constant) return text + "elided";
  if (tensor.size() > kLongestList) return text + hex(tensor);
  text += "[";
  for (int64_t i = 0; i < tensor.size(); ++i) text += (i ? ", " : "") + element_text(tensor, i);
  return text + "]";
}

std::string attribute_text(const Attribute& value, const PrintOptions& options) {
  switch (kind_of(value)) {
    case AttributeKind::flag:
      return std::get<bool>(value) ? "true" : "false";
    case AttributeKind::integer:
      return std::to_string(std::get<int64_t>(value));
    case AttributeKind::real:
      return shortest(std::get<double>(value));
    case AttributeKind::text:
      return quoted(std::get<std::string>(value));
    case AttributeKind::integers:
      return list_text(std::get<std::vector<int64_t>>(value), [](int64_t v) { return std::to_string(v); });
    case AttributeKind::reals:
      return list_text(std::get<std::vector<double>>(value), [](double v) { return shortest(v); });
    case AttributeKind::texts:
      return list_text(std::get<std::vector<std::string>>(value), [](const std::string& v) { return quoted(v); });
    case AttributeKind::element:
      return std::string(element_name(std::get<Element>(value)));
    case AttributeKind::tensor:
      return tensor_text(std::get<Tensor>(value), options);
  }
  return {};
}

class Printer {
 public:
  explicit Printer(const PrintOptions& options) : options_(options) {}

  void graph(const Graph& graph) {
    std::string inputs;
    for (const Value* input : graph.inputs()) {
      inputs += (inputs.empty() ? "" : ", ") + value_ref(input) + ": " + type_text(input->type);
    }
    writer_.line("graph " + quoted(graph.name()) + "(" + inputs + ") {");
    writer_.indent();
    for (const auto& op : graph.ops()) this->op(*op);
    std::string outputs;
    for (const Value* output : graph.outputs()) outputs += (outputs.empty() ? "" : ", ") + value_ref(output);
    writer_.line("return" + (outputs.empty() ? "" : " " + outputs));
    writer_.dedent();
    writer_.line("}");
  }

  void op(const Op& op) {
    std::string text;
    for (const Value* result : op.results) text += (text.empty() ? "" : ", ") + value_ref(result);
    text += " = " + std::string(op.name()) + "(";
    for (size_t i = 0; i < op.operands.size(); ++i) text += (i ? ", " : "") + value_ref(op.operands[i]);
    text += ")" + attributes(op) + " : ";
    for (size_t i = 0; i < op.results.size(); ++i) text += (i ? ", " : "") + type_text(op.results[i]->type);
    if (!op.origin.empty()) {
      text += " loc(";
      for (size_t i = 0; i < op.origin.size(); ++i) text += (i ? ", " : "") + quoted(op.origin[i]);
      text += ")";
    }
    writer_.line(text + (op.regions.empty() ? "" : " {"));
    if (op.regions.empty()) return;
    writer_.indent();
    for (const auto& region : op.regions) graph(*region);
    writer_.dedent();
    writer_.line("}");
  }

  std::string take() { return writer_.take(); }

 private:
  // Attributes equal to their default are left out.
  std::string attributes(const Op& op) const {
    std::string text;
    for (const auto& [name, value] : op.attributes) {
      const AttributeDef* def = op.def->attribute(name);
      if (def && def->fallback && *def->fallback == value) continue;
      text += (text.empty() ? " {" : ", ") + name + " = " + attribute_text(value, options_);
    }
    return text.empty() ? text : text + "}";
  }

  const PrintOptions& options_;
  TextWriter writer_;
};

}  // namespace

std::string print(const Graph& graph, const PrintOptions& options) {
  Printer printer(options);
  printer.graph(graph);
  return printer.take();
}

std::string print(const Op& op, const PrintOptions& options) {
  Printer printer(options);
  printer.op(op);
  return printer.take();
}

}  // namespace tinyc::ir
