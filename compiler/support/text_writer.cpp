// SPDX-License-Identifier: Apache-2.0
#include "compiler/support/text_writer.h"

#include <cmath>

namespace tinyc {
namespace {

template <class T>
std::string shortest_text(T value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  std::string text = fmt::format("{}", value);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

template <class T>
std::string literal(T value, std::string_view suffix) {
  if (std::isnan(value)) return "NAN";
  if (std::isinf(value)) return value < 0 ? "-INFINITY" : "INFINITY";
  return shortest_text(value) + std::string(suffix);
}

}  // namespace

void TextWriter::line(std::string_view text) {
  if (!text.empty()) {
    text_.append(static_cast<size_t>(depth_) * 2, ' ');
    text_ += text;
  }
  text_ += '\n';
}

std::string shortest(double value) { return shortest_text(value); }
std::string shortest(float value) { return shortest_text(value); }
std::string float_literal(float value) { return literal(value, "f"); }
std::string double_literal(double value) { return literal(value, ""); }

std::string with_commas(int64_t value) {
  std::string digits = fmt::format("{}", value);
  const size_t first = digits[0] == '-' ? 1 : 0;
  for (size_t at = digits.size(); at > first + 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    switch (c) {
      case '"':
        result += "\\\"";
        break;
      case '\\':
        result += "\\\\";
        break;
      case '\n':
        result += "\\n";
        break;
      case '\t':
        result += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          result += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else {
          result += c;
        }
    }
  }
  return result + "\"";
}

std::string printable(std::string_view text, bool keep_newlines) {
  std::string result;
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    const bool control = code < 0x20 || code == 0x7f;
    if (control && !(keep_newlines && (c == '\n' || c == '\t'))) {
      result += fmt::format("\\x{:02x}", code);
    } else {
      result += c;
    }
  }
  return result;
}

std::string comment_text(std::string_view text) {
  std::string result;
  for (const char c : printable(text)) {
    const char before = result.empty() ? ' ' : result.back();
    // End of a comment, a comment in a comment, trigraphs.
    if ((before == '*' && c == '/') || (before == '/' && (c == '*' || c == '/')) || (before == '?' && c == '?'))
      result += ' ';
    result += c;
  }
  if (result.ends_with('\\')) result += '.';  // would continue the comment on the next line
  return result;
}

}  // namespace tinyc
