// SPDX-License-Identifier: Apache-2.0
// Text -> graph: recursive descent over the form that print.cpp writes. Types in the text are compared with what
// shape inference gives, so a test case cannot lie about a shape.
#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <map>

#include "ir/op_def.h"
#include "ir/print.h"
#include "ir/verify.h"

namespace tinyc::ir {
namespace {

struct ParseError {
  std::string message;
};

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  std::unique_ptr<Graph> file() {
    auto graph = parse_graph();
    skip_space();
    if (at_ != text_.size()) fail("text after the end of the graph");
    return graph;
  }

  // "line 3, column 7"
  std::string position() const {
    size_t line = 1;
    size_t start = 0;
    for (size_t i = 0; i < at_; ++i) {
      if (text_[i] == '\n') {
        ++line;
        start = i + 1;
      }
    }
    return fmt::format("line {}, column {}", line, at_ - start + 1);
  }

 private:
  [[noreturn]] void fail(const std::string& message) const { throw ParseError{position() + ": " + message}; }

  void skip_space() {
    while (at_ < text_.size()) {
      if (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r') {
        ++at_;
      } else if (text_.substr(at_, 2) == "//") {
        while (at_ < text_.size() && text_[at_] != '\n') ++at_;
      } else {
        return;
      }
    }
  }
  char peek() {
    skip_space();
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool accept(std::string_view token) {
    skip_space();
    if (text_.substr(at_, token.size()) != token) return false;
    at_ += token.size();
    return true;
  }
  void expect(std::string_view token) {
    if (!accept(token)) fail(fmt::format("expected '{}'", token));
  }

  static bool word_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  }
  std::string word() {
    skip_space();
    const size_t begin = at_;
    while (at_ < text_.size() && word_char(text_[at_])) ++at_;
    if (begin == at_) fail("expected a word");
    return std::string(text_.substr(begin, at_ - begin));
  }
  std::string string_literal() {
    expect("\"");
    std::string result;
    while (at_ < text_.size() && text_[at_] != '"') {
      char c = text_[at_++];
      if (c == '\\' && at_ < text_.size()) c = escape();
      result += c;
    }
    if (at_ >= text_.size()) fail("string without end");
    ++at_;
    return result;
  }
  char escape() {
    switch (const char c = text_[at_++]) {
      case 'n':
        return '\n';
      case 't':
        return '\t';
      case 'u': {
        unsigned code = 0;
        if (at_ + 4 > text_.size()) fail("short \\u escape");
        std::from_chars(text_.data() + at_, text_.data() + at_ + 4, code, 16);
        at_ += 4;
        return static_cast<char>(code);
      }
      default:
        return c;
    }
  }
  std::string number_text() {
    skip_space();
    const size_t begin = at_;
    while (at_ < text_.size() && (word_char(text_[at_]) || text_[at_] == '-' || text_[at_] == '+' || text_[at_] == '.'))
      ++at_;
    if (begin == at_) fail("expected a number");
    return std::string(text_.substr(begin, at_ - begin));
  }
  int64_t integer() {
    const std::string digits = number_text();
    int64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size()) fail("'" + digits + "' is not an integer");
    return value;
  }
  double real() {
    const std::string digits = number_text();
    if (digits == "inf") return std::numeric_limits<double>::infinity();
    if (digits == "-inf") return -std::numeric_limits<double>::infinity();
    if (digits == "nan") return std::numeric_limits<double>::quiet_NaN();
    char* end = nullptr;
    const double value = std::strtod(digits.c_str(), &end);
    if (end != digits.c_str() + digits.size()) fail("'" + digits + "' is not a number");
    return value;
  }
  template <class T, class Item>
  std::vector<T> list(Item item) {
    expect("[");
    std::vector<T> values;
    if (accept("]")) return values;
    do {
      values.push_back(item());
    } while (accept(","));
    expect("]");
    return values;
  }
  std::vector<int64_t> integers() {
    return list<int64_t>([this] { return integer(); });
  }
  std::vector<double> reals() {
    return list<double>([this] { return real(); });
  }

  Element element() {
    const std::string name = word();
    const auto found = element_from_name(name);
    if (!found) fail("unknown element type '" + name + "'");
    return *found;
  }
  Type type() {
    Type result;
    result.element = element();
    result.shape = integers();
    if (!checked_element_count(result.shape)) fail("shape is out of range");
    if (accept("q(")) result.quant = quantization();
    return result;
  }
  Quantization quantization() {
    Quantization q;
    if (accept("axis")) {
      expect("=");
      q.axis = static_cast<int>(integer());
      expect(",");
      if (accept("block")) {
        expect("=");
        q.block = integer();
        expect(",");
      }
      q.scales = reals();
      expect(",");
      q.zero_points = integers();
    } else {
      q.scales = {real()};
      expect(",");
      q.zero_points = {integer()};
    }
    expect(")");
    return q;
  }

  Tensor tensor() {
    const Type tensor_type = type();
    Tensor result(tensor_type.element, tensor_type.shape);
    if (accept("splat(")) {
      const double value = real();
      for (int64_t i = 0; i < result.size(); ++i) result.set_real(i, value);
      expect(")");
    } else if (accept("hex(")) {
      hex_into(result);
      expect(")");
    } else if (accept("elided")) {
      fail("the constant was elided when this text was printed");
    } else if (is_float(tensor_type.element)) {
      fill(result, reals());
    } else {
      fill(result, integers());
    }
    return result;
  }
  template <class T>
  void fill(Tensor& to, const std::vector<T>& values) {
    if (static_cast<int64_t>(values.size()) != to.size()) fail("wrong number of elements");
    to = Tensor::of<T>(to.element(), to.shape(), values);
  }
  void hex_into(Tensor& to) {
    std::byte* bytes = to.mutable_data();
    for (int64_t i = 0; i < to.bytes(); ++i, at_ += 2) {
      unsigned value = 0;
      const char* begin = text_.data() + at_;
      if (at_ + 2 > text_.size() || std::from_chars(begin, begin + 2, value, 16).ptr != begin + 2) fail("bad hex data");
      bytes[i] = static_cast<std::byte>(value);
    }
  }

  Attribute attribute(AttributeKind kind) {
    switch (kind) {
      case AttributeKind::flag:
        return word() == "true";
      case AttributeKind::integer:
        return integer();
      case AttributeKind::real:
        return real();
      case AttributeKind::text:
        return string_literal();
      case AttributeKind::integers:
        return integers();
      case AttributeKind::reals:
        return reals();
      case AttributeKind::texts:
        return list<std::string>([this] { return string_literal(); });
      case AttributeKind::element:
        return element();
      case AttributeKind::tensor:
        return tensor();
    }
    fail("bad attribute kind");
  }
  Attributes attributes(const OpDef& def) {
    Attributes result;
    if (!accept("{")) return result;
    do {
      const std::string name = word();
      const AttributeDef* attribute_def = def.attribute(name);
      if (!attribute_def) fail(fmt::format("operator {} has no attribute '{}'", def.name, name));
      expect("=");
      result[name] = attribute(attribute_def->kind);
    } while (accept(","));
    expect("}");
    return result;
  }

  std::string value_name() {
    expect("%");
    if (at_ < text_.size() && text_[at_] == '"') return string_literal();
    const size_t begin = at_;
    while (at_ < text_.size() && (word_char(text_[at_]) || text_[at_] == '.' || text_[at_] == '/' || text_[at_] == '-'))
      ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }
  using Names = std::map<std::string, Value*>;
  Value* value(const Names& names) {
    const std::string name = value_name();
    const auto found = names.find(name);
    if (found == names.end()) fail("value '%" + name + "' is not defined here");
    return found->second;
  }

  std::unique_ptr<Graph> parse_graph() {
    expect("graph");
    auto graph = std::make_unique<Graph>(string_literal());
    Names names;
    expect("(");
    while (!accept(")")) {
      const std::string name = value_name();
      expect(":");
      if (names.count(name)) fail("value '%" + name + "' is defined twice");
      names[name] = graph->add_input(name, type());
      if (peek() != ')') expect(",");
    }
    expect("{");
    while (!accept("return")) parse_op(*graph, names);
    while (peek() == '%') {
      graph->add_output(value(names));
      if (!accept(",")) break;
    }
    expect("}");
    return graph;
  }

  void parse_op(Graph& graph, Names& names) {
    std::vector<std::string> result_names;
    do {
      result_names.push_back(value_name());
    } while (accept(","));
    expect("=");
    const std::string mnemonic = word();
    const OpDef* def = find_op(mnemonic);
    if (!def) fail("unknown operator '" + mnemonic + "'");
    std::vector<Value*> operands = parse_operands(names);
    Attributes parsed = attributes(*def);
    Op* op = graph.insert(*def, std::move(operands), std::move(parsed), result_names.size(), nullptr);
    expect(":");
    std::vector<Type> types;
    do {
      types.push_back(type());
    } while (accept(","));
    if (types.size() != op->results.size()) fail("as many types as results are needed");
    parse_location(*op);
    if (accept("{")) {
      while (!accept("}")) op->regions.push_back(parse_graph());
    }
    check_types(*op, types);
    for (size_t i = 0; i < result_names.size(); ++i) {
      if (!names.try_emplace(result_names[i], op->results[i]).second)
        fail("value '%" + result_names[i] + "' is defined twice");
      graph.rename(op->results[i], result_names[i]);
    }
  }
  std::vector<Value*> parse_operands(const Names& names) {
    std::vector<Value*> operands;
    expect("(");
    while (!accept(")")) {
      operands.push_back(accept("_") ? nullptr : value(names));
      if (peek() != ')') expect(",");
    }
    return operands;
  }
  void parse_location(Op& op) {
    if (!accept("loc(")) return;
    do {
      op.origin.push_back(string_literal());
    } while (accept(","));
    expect(")");
  }
  void check_types(Op& op, const std::vector<Type>& types) {
    for (size_t i = 0; i < types.size(); ++i) op.results[i]->type = types[i];
    if (const Status status = verify(op); !status) fail(std::string(op.name()) + ": " + status.message());
  }

  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

Result<std::unique_ptr<Graph>> parse(std::string_view text) {
  try {
    Parser parser(text);
    return parser.file();
  } catch (const ParseError& error) {
    return Failure{error.message};
  }
}

}  // namespace tinyc::ir
