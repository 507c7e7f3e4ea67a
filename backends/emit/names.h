// SPDX-License-Identifier: Apache-2.0
// Turns names from models into C and C++ identifiers.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace tinyc {

bool is_c_identifier(std::string_view text);  // and not a keyword of C or C++
std::string upper_case(std::string_view text);

// Gives each name a legal identifier that no other name got.
class Names {
 public:
  // Characters that identifiers cannot have become '_'; keywords and repeats get a suffix. `fallback` for names without
  // letters.
  std::string legal(std::string_view name, std::string_view fallback);
  void reserve(std::string_view name) { taken_.insert(std::string(name)); }

 private:
  std::set<std::string> taken_;
};

}  // namespace tinyc
