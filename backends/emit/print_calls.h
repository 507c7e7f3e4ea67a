// SPDX-License-Identifier: Apache-2.0
// What a call of a kernel is made of, as text.
#pragma once

#include <string>

#include "backends/kernel.h"
#include "backends/emit/emission_plan.h"
#include "compiler/support/text_writer.h"

namespace tinyc {

// "constexpr ConvQ8 symbol = {...};"
void print_geometry(TextWriter& writer, std::string_view type, std::string_view symbol,
                    const std::vector<GeometryField>& fields);
// "[](float a, float b) { return add_f32(a, b); }"
std::string lambda_text(const ScalarCall& function);

// ", " and the functor that the kernel takes; empty if it takes none.
std::string functor_argument(const Built& built, std::string_view symbol);
// The layer's own functions, which that functor calls.
void print_definitions(TextWriter& writer, const Built& built, std::string_view symbol);

// At the beginning of a layer's function: its first call copies constants to the workspace (--prefetch).
void print_prefetch(TextWriter& writer, const EmittedLayer& layer);

}  // namespace tinyc
