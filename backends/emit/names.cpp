// SPDX-License-Identifier: Apache-2.0
#include "backends/emit/names.h"

#include <algorithm>
#include <cctype>

namespace tinyc {
namespace {

constexpr std::string_view kKeywords[] = {
    "alignas",     "alignof",      "and",       "and_eq",   "asm",       "auto",     "bitand",       "bitor",
    "bool",        "break",        "case",      "catch",    "char",      "char16_t", "char32_t",     "char8_t",
    "class",       "co_await",     "co_return", "co_yield", "compl",     "concept",  "const",        "const_cast",
    "consteval",   "constexpr",    "constinit", "continue", "decltype",  "default",  "delete",       "do",
    "double",      "dynamic_cast", "else",      "enum",     "explicit",  "export",   "extern",       "false",
    "float",       "for",          "friend",    "goto",     "if",        "inline",   "int",          "long",
    "main",        "mutable",      "namespace", "new",      "noexcept",  "not",      "not_eq",       "nullptr",
    "operator",    "or",           "or_eq",     "private",  "protected", "public",   "register",     "reinterpret_cast",
    "requires",    "restrict",     "return",    "short",    "signed",    "sizeof",   "static",       "static_assert",
    "static_cast", "std",          "struct",    "switch",   "template",  "this",     "thread_local", "throw",
    "true",        "try",          "typedef",   "typeid",   "typename",  "typeof",   "union",        "unsigned",
    "using",       "virtual",      "void",      "volatile", "wchar_t",   "while",    "xor",          "xor_eq"};
constexpr size_t kLongestName = 40;

bool letter_or_digit(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

bool is_keyword(std::string_view text) {
  return std::find(std::begin(kKeywords), std::end(kKeywords), text) != std::end(kKeywords);
}

}  // namespace

bool is_c_identifier(std::string_view text) {
  if (text.empty() || std::isdigit(static_cast<unsigned char>(text[0])) != 0 || is_keyword(text)) return false;
  // A leading or double underscore is reserved for the implementation.
  if (text[0] == '_' || text.find("__") != std::string_view::npos) return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return letter_or_digit(c) || c == '_'; });
}

std::string upper_case(std::string_view text) {
  std::string upper(text);
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return upper;
}

std::string Names::legal(std::string_view name, std::string_view fallback) {
  std::string id;
  for (const char c : name) {
    if (letter_or_digit(c)) {
      id += c;
    } else if (!id.empty() && id.back() != '_') {
      id += '_';
    }
  }
  if (id.size() > kLongestName) id = id.substr(id.size() - kLongestName);
  while (!id.empty() && id.back() == '_') id.pop_back();
  while (!id.empty() && (id[0] == '_' || std::isdigit(static_cast<unsigned char>(id[0])) != 0)) {
    if (id[0] != '_')
      id = "n" + id;
    else
      id.erase(0, 1);
  }
  if (id.empty()) id = fallback;
  if (is_keyword(id)) id += "_";
  std::string unique = id;
  for (int suffix = 2; !taken_.insert(unique).second; ++suffix) unique = id + "_" + std::to_string(suffix);
  return unique;
}

}  // namespace tinyc
