// SPDX-License-Identifier: Apache-2.0
#include "compiler/support/html.h"

#include <fmt/format.h>

namespace tinyc {
namespace {

constexpr std::string_view kStyle = R"(<style>
body { font: 15px/1.45 system-ui, sans-serif; max-width: 1000px; margin: 2em auto; padding: 0 1em; color: #222; }
table { border-collapse: collapse; width: 100%; }
td, th { padding: .25em .6em; border-bottom: 1px solid #ddd; text-align: left; vertical-align: top; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
svg { background: #f6f6f6; width: 100%; height: auto; }
.how { color: #777; }
.bar { background: #4a7fb5; height: 1em; }
@media (prefers-color-scheme: dark) { body { background: #181818; color: #ddd; } svg { background: #262626; } td, th { border-color: #444; } }
</style>
)";

}  // namespace

std::string html_text(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

std::string html_beginning(std::string_view title) {
  const std::string text = html_text(title);
  return fmt::format("<!DOCTYPE html>\n<html lang=en><meta charset=utf-8><title>{}</title>\n{}<h1>{}</h1>\n", text,
                     kStyle, text);
}

}  // namespace tinyc
