// SPDX-License-Identifier: Apache-2.0
// What a call of a kernel is made of, as text.
#pragma once

#include <string>

#include "backends/kernel.h"
#include "compiler/support/text_writer.h"

namespace tinyc {

// "constexpr ConvQ8 symbol = {...};"
void print_geometry(TextWriter& writer, std::string_view type, std::string_view symbol,
                    const std::vector<GeometryField>& fields);
// "[](float a, float b) { return add_f32(a, b); }"
std::string lambda_text(const ScalarCall& function);

}  // namespace tinyc
