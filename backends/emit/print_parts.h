// SPDX-License-Identifier: Apache-2.0
// Pieces that the printers share.
#pragma once

#include <string>

#include "backends/emit/emission_plan.h"
#include "compiler/support/text_writer.h"

namespace tinyc {

// "const int8_t* input, int8_t* output, void* workspace" with the state last.
std::string infer_parameters(const EmissionPlan& plan);
std::string quantization_text(const ir::Type& type);  // ", scale 0.5, zero point 83" or ""
// The array's elements, a few per line, ending without newline.
void print_elements(TextWriter& writer, ir::Element element, const std::byte* data, int64_t count);
// The bytes as string literals, one per line, ending with a semicolon.
void print_bytes(TextWriter& writer, const std::byte* data, size_t count);
// An include of a system header; the compiler's own of an extension only where that extension is there.
std::string include_text(std::string_view header);
std::string storage_type(ir::Element element);  // C++ element type of an array
bool has_state(const EmissionPlan& plan);
// Lines of a comment about tool, options, model and totals.
void print_banner(TextWriter& writer, const EmissionPlan& plan, std::string_view file, std::string_view what);

}  // namespace tinyc
