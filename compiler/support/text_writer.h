// SPDX-License-Identifier: Apache-2.0
// Writes indented text. The only place in the project that turns numbers into text for files.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace tinyc {

class TextWriter {
 public:
  // One line at the current indentation; an empty line carries no blanks.
  void line(std::string_view text = {});
  template <class... Args>
  void format(fmt::format_string<Args...> form, Args&&... args) {
    line(fmt::format(form, std::forward<Args>(args)...));
  }
  // Text as it is, several lines allowed, no indentation added.
  void raw(std::string_view text) { text_ += text; }
  void indent() { ++depth_; }
  void dedent() { --depth_; }

  const std::string& text() const { return text_; }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
  int depth_ = 0;
};

// Shortest text that reads back as the same value; always has a '.', an 'e', or is inf, -inf or nan.
std::string shortest(double value);
std::string shortest(float value);
// 1234567 -> "1,234,567"
std::string with_commas(int64_t value);
// C++ literals; inf and nan are spelled with <math.h>'s INFINITY and NAN.
std::string float_literal(float value);
std::string double_literal(double value);
// In quotes with escapes for C++, JSON and IR text alike (ASCII; other bytes as they are).
std::string quoted(std::string_view text);

// Names from models can hold anything: control characters become \xNN, so that they cannot steer a terminal or start a
// line of their own.
std::string printable(std::string_view text, bool keep_newlines = false);
// As printable(), and nothing that ends, continues or nests a C or C++ comment.
std::string comment_text(std::string_view text);

}  // namespace tinyc
