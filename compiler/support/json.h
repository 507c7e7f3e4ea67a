// SPDX-License-Identifier: Apache-2.0
// JSON values; keys keep the order in which they were added. The project's only door to nlohmann's library, which takes
// seconds to compile: include it in sources, not in headers. Parse with json_from(), which does not throw.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace tinyc {

using Json = nlohmann::ordered_json;

inline std::optional<Json> json_from(const std::string& text) {
  Json value = Json::parse(text, nullptr, false);
  if (value.is_discarded()) return std::nullopt;
  return value;
}

// Indented text with a newline at the end; bytes that are not UTF-8 are replaced.
inline std::string json_text(const Json& value) {
  return value.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace tinyc
