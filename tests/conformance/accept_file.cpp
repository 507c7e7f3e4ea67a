// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/accept_file.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace tinyc {
namespace {

// Walks JSON text without keeping it: enough for {"model": {..., "accept": [{"rtol": 1e-3, ...}, ...]}, ...}.
class Scanner {
 public:
  explicit Scanner(std::string text) : text_(std::move(text)) {}

  // Calls member(key) with the position at the value; it must consume the value.
  template <class Member>
  void object(Member member) {
    if (!take('{')) return;
    while (at_ < text_.size() && !take('}')) {
      const std::string key = string();
      take(':');
      member(key);
      take(',');
    }
  }

  template <class Element>
  void array(Element element) {
    if (!take('[')) return;
    while (at_ < text_.size() && !take(']')) {
      element();
      take(',');
    }
  }

  double number() {
    skip_space();
    char* end = nullptr;
    const double value = std::strtod(text_.c_str() + at_, &end);
    const auto next = static_cast<size_t>(end - text_.c_str());
    at_ = next > at_ ? next : at_ + 1;
    return value;
  }

  void skip_value() {
    skip_space();
    const char c = at_ < text_.size() ? text_[at_] : '\0';
    if (c == '{') {
      object([&](const std::string&) { skip_value(); });
    } else if (c == '[') {
      array([&] { skip_value(); });
    } else if (c == '"') {
      string();
    } else {
      while (at_ < text_.size() && std::string_view(",]}").find(text_[at_]) == std::string_view::npos) ++at_;
    }
  }

 private:
  void skip_space() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }
  bool take(char wanted) {
    skip_space();
    if (at_ >= text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }
  std::string string() {
    std::string value;
    if (!take('"')) {
      at_ = text_.size();  // not JSON: stop
      return value;
    }
    while (at_ < text_.size() && text_[at_] != '"') {
      if (text_[at_] == '\\') ++at_;
      if (at_ < text_.size()) value += text_[at_++];
    }
    take('"');
    return value;
  }

  std::string text_;
  size_t at_ = 0;
};

Accept read_entry(Scanner& scanner) {
  Accept accept;
  scanner.object([&](const std::string& key) {
    if (key == "rtol") {
      accept.rtol = scanner.number();
    } else if (key == "atol") {
      accept.atol = scanner.number();
    } else if (key == "steps") {
      accept.steps = scanner.number();
    } else {
      scanner.skip_value();
    }
  });
  return accept;
}

}  // namespace

AcceptFile::AcceptFile(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  Scanner scanner(text.str());
  scanner.object([&](const std::string& model) {
    scanner.object([&](const std::string& key) {
      if (key != "accept") return scanner.skip_value();
      scanner.array([&] { models_[model].push_back(read_entry(scanner)); });
    });
  });
}

std::vector<Accept> AcceptFile::find(const std::string& model) const {
  const auto found = models_.find(model);
  return found == models_.end() ? std::vector<Accept>{} : found->second;
}

}  // namespace tinyc
