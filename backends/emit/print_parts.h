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
// The stage into which rows of the input are pushed (--push-rows), or nullptr.
const Stage* pushed_stage(const EmissionPlan& plan);
// Rows of the input until the output is there.
int64_t pushed_rows(const EmissionPlan& plan);
// "const int8_t* row, void* workspace" with the state last.
std::string push_parameters(const EmissionPlan& plan);
bool has_state(const EmissionPlan& plan);
// Whether some array has a section of its own.
bool has_sections(const EmissionPlan& plan);
// " TINYC_SECTION("...")" behind an array's declarator, or "".
std::string section_text(const std::string& section);
// Whether calls take the next frames of a stream.
inline bool is_stream(const EmissionPlan& plan) { return plan.options.stream.frames > 0; }
// Whether the first calls after a reset have no output.
inline bool counts_calls(const EmissionPlan& plan) { return plan.plan.calls_offset >= 0; }
// Lines of a comment about tool, options, model and totals.
void print_banner(TextWriter& writer, const EmissionPlan& plan, std::string_view file, std::string_view what);

}  // namespace tinyc
