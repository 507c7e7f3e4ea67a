// SPDX-License-Identifier: Apache-2.0
// What the HTML pages share: escaping, and one look for light and dark.
#pragma once

#include <string>
#include <string_view>

namespace tinyc {

// Text for an element or a quoted attribute.
std::string html_text(std::string_view text);

// Doctype, head with the style, and a heading.
std::string html_beginning(std::string_view title);

}  // namespace tinyc
