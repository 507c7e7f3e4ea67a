// SPDX-License-Identifier: Apache-2.0
// Everything that the printers print, decided: names, order, offsets, texts. Printers make no decisions.
#pragma once

#include <string>
#include <vector>

#include "backends/emit/region_plan.h"
#include "backends/schedule/plan_memory.h"
#include "backends/schedule/program.h"
#include "ir/stream.h"

namespace tinyc {

enum class IoPlace : uint8_t { workspace, caller };

struct EmitOptions {
  std::string name = "model";  // C identifier; prefix of the interface
  std::string command_line;    // options with base names only, for the header comment
  std::string model_file;
  std::string model_sha256;
  std::string tool_version;
  IoPlace io_place = IoPlace::workspace;
  bool keep_inputs = false;
  ir::Stream stream;  // the graph's states
  // What an inference takes of the stack, where a build has told, and how; else 0.
  int64_t stack_bytes = 0;
  std::string stack_basis;
};

// A graph input, output or state of the interface.
struct Port {
  std::string name;       // as in the model
  std::string parameter;  // C identifier
  ir::Type type;          // as seen by the caller
  std::string c_type;     // "int8_t"
  int64_t bytes = 0;      // in the caller's memory
  int64_t offset = -1;    // in the workspace; -1 = caller's memory
};

struct EmittedConstant {
  std::string symbol;
  std::string comment;
  ir::Element element;
  const PackedConstant* data;
  bool argument = true;      // passed as a pointer; else as Rows
  int64_t copy_offset = -1;  // of its copy in the workspace (--prefetch)
  std::string section = {};  // empty: where the linker puts constants anyway
};

// A Rows argument of a kernel, as text: `open`, `base`, what the image adds where there are several, `rest`.
struct EmittedRows {
  std::string open;         // "{"; "constant_rows(" for a constant
  std::string base;         // "memory.workspace + 16"
  std::string rest;         // ", 10, 0}"
  int64_t image_bytes = 0;  // from image to image
};

// One layer: its function, its constants and what is said about it.
struct EmittedLayer {
  std::string symbol;                // "l01_conv1"
  std::vector<std::string> comment;  // lines above the function
  std::string geometry_symbol;
  std::string geometry_type;
  Built built;
  std::vector<PackedConstant> operand_constants;  // operands that are constants and passed as Rows
  std::vector<EmittedConstant> constants;
  std::string entry;
  std::vector<EmittedRows> rows;  // in call order
  size_t array_rows = 0;          // the first so many are passed as one array
  int64_t batch = 1;
  int64_t image_rows = 1;  // output rows per image, when batch > 1
  std::string scratch;     // expression, empty = none
  std::string shared;     // function that layers with the same body call, printed before the first; empty: its own body
  bool is_first = false;  // of those
  int64_t macs = 0;
  double cycles = 0;
  int64_t constant_bytes = 0;
  int64_t code_bytes = 0;     // estimate; functions and bodies that several layers call count with the first of them
  int64_t prefetch_row = -1;  // y0 of the first call, which copies constants; -1: no call does
};

struct EmissionPlan {
  EmitOptions options;
  std::string macro;  // KWS
  // States that are an input and an output of the model (--state): as calls find and leave them, at one offset of the
  // state. None of a stream, whose states the model does not know.
  std::vector<Port> found, left;
  const Target* target = nullptr;
  std::vector<std::string> system_includes;  // sorted
  std::vector<const ShippedText*> texts;     // dependencies first
  std::vector<Port> inputs;
  std::vector<Port> outputs;
  std::vector<EmittedLayer> layers;  // per instance
  std::vector<Node> const* body = nullptr;
  const Program* program = nullptr;
  Plan plan;
  std::vector<Liveness> live;
  RegionPlan memories;
  std::string workspace_section, state_section;  // empty: where the linker puts data anyway
  int64_t macs = 0;
  int64_t constant_bytes = 0;
  double cycles = 0;  // estimate
};

// What the model's data sets have: inputs and outputs, then states.
std::vector<Port> data_inputs(const EmissionPlan& plan);
std::vector<Port> data_outputs(const EmissionPlan& plan);

EmissionPlan make_emission_plan(const ir::Graph& graph, const Program& program, const Plan& plan, const Target& target,
                                EmitOptions options);

// name -> text of NAME.h, NAME.cpp, NAME.ld, NAME_test.cpp
std::string print_header(const EmissionPlan& plan);
std::string print_source(const EmissionPlan& plan);
// Empty where the linker needs no help: one region of each kind.
std::string print_linker_sections(const EmissionPlan& plan);
std::string print_linker_memories(const EmissionPlan& plan);

// A data set for the golden test: tensors per input and output of the graph.
struct GoldenSet {
  std::string label;  // "ONNX Runtime, test_data_set_0" or "tinyc's interpreter, seeded input"
  std::vector<ir::Tensor> inputs;
  std::vector<ir::Tensor> outputs;  // without elements: not compared
  bool resets = true;               // the state, before the call
  bool ready = true;                // the call has an output
};
struct Tolerance {
  double rtol = 1e-3;
  double atol = 1e-7;
  int64_t steps = 0;  // integers
};
std::string print_test(const EmissionPlan& plan, const std::vector<GoldenSet>& sets,
                       const std::vector<Tolerance>& tolerances);
// A program that runs the data sets of its working folder: sets.bin (how many), sNNNNN/input_KK.bin ->
// sNNNNN/output_KK.bin and stack_00.bin; for tinyc run and verify.
std::string print_runner(const EmissionPlan& plan);

}  // namespace tinyc
