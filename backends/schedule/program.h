// SPDX-License-Identifier: Apache-2.0
// The program: kernel calls over rows, and the buffers they work on. Between the graph (what) and the emitted text
// (how).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "backends/kernel.h"
#include "backends/schedule/select_kernel.h"
#include "ir/graph.h"

namespace tinyc {

enum class BufferKind : uint8_t { value, scratch, state, input, output };

struct Buffer {
  BufferKind kind = BufferKind::value;
  std::string name;
  const ir::Value* value = nullptr;  // nullptr for scratch
  int port = -1;                     // index of the graph's input, output or state; a state has two buffers in one
                                     // place: as the call finds it (a graph input), and as it leaves it (an output)
  Form form;
  int64_t rows = 1;  // of the whole tensor
  int64_t row_bytes = 0;
  int64_t ring = 1;       // rows that are kept; = rows for a dense tensor
  int64_t planes = 1;     // of a dense tensor: row y is the y-th run of each of so many planes, which follow each other
  bool is_found = false;  // a state as the call finds it
  bool external = false;  // lies in the caller's memory, not in the workspace
  bool pushed = false;    // an input of which the caller shows one row after the other; ring = 1
  int64_t bytes() const { return ring * row_bytes; }
  bool dense() const { return ring == rows; }
};

// How an instance sees a buffer: a view may divide the same bytes into other rows (dense buffers only).
struct Access {
  int buffer = -1;
  int64_t rows = 1;
  int64_t row_bytes = 0;
  int64_t image_rows = 1;  // rows of one image of a batch (axis 1), where a kernel loops over images
};

// One emitted function: a kernel with everything that specialises it.
struct Instance {
  const Kernel* kernel = nullptr;
  Variant variant;
  const ir::Op* op = nullptr;
  Needs needs;
  std::vector<Access> inputs;   // one per InputNeeds of `needs`
  std::vector<Access> outputs;  // one per result
  int scratch = -1;             // buffers, -1 = none
  int state = -1;
  int prefetch = -1;  // holds copies of the constants from the first row to the last
  int64_t rows = 1;   // rows of a whole call: of the output, or of the input of a kernel that accumulates
  int64_t batch = 1;  // images, where the kernel computes one at a time
  double cycles = 0;  // estimate
  std::string why;    // why this kernel and variant
  Choices choices;    // what else could compute it
};

// The unit of time: instance computes output rows [y0, y1). In a steady state both advance by `advance` per iteration.
struct RowStep {
  int instance = 0;
  int64_t y0 = 0;
  int64_t y1 = 0;
  bool reversed = false;  // granules from the last to the first
  int64_t advance = 0;
  bool operator==(const RowStep&) const = default;
};

// Instances that run interleaved. A stage of one instance has one step in its prologue.
struct Stage {
  std::vector<RowStep> prologue;
  std::vector<RowStep> steady;  // run `count` times
  int64_t count = 0;
  std::vector<RowStep> epilogue;
  bool pushed = false;  // rows of the graph's input arrive one by one: each waits for the next call of its first member
  bool persistent = false;  // rings live on between inferences
};

// Bytes moved from one buffer to another.
struct Copy {
  int from = 0;
  int to = 0;
};

struct Program;

// The body runs `count` times; condition, if any, is a buffer of one bool that ends the loop early when false.
struct Loop {
  int64_t count = 0;
  int condition = -1;
  std::unique_ptr<Program> body;
};

struct If {
  int condition = -1;
  std::unique_ptr<Program> then_body;
  std::unique_ptr<Program> else_body;
};

using Node = std::variant<Stage, Copy, Loop, If>;

struct Program {
  std::vector<Buffer> buffers;
  std::vector<Instance> instances;
  std::vector<Node> body;
  bool counts_calls = false;  // the state holds the number of calls since its reset
};

// A step of a program as its memory sees it: a call of several rows by a kernel that frees rows as it goes is as many
// steps of one granule each, in the order of the call.
struct TimedStep {
  RowStep step;
  int call = 0;  // index into timeline()
};

// The row steps of a stage in the order in which they run, steady iterations unrolled.
std::vector<RowStep> unrolled(const Stage& stage);
// The row steps of a program (its stages in order).
std::vector<RowStep> timeline(const Program& program);
std::vector<TimedStep> timed_steps(const Program& program);
// The steps of one call.
std::vector<RowStep> granules_of(const Instance& instance, const RowStep& call);
// Input rows [first, last) that output rows [y0, y1) read, clipped to [0, rows).
struct RowRange {
  int64_t first;
  int64_t last;
};
RowRange rows_read(const InputWindow& window, int64_t y0, int64_t y1, int64_t rows);
// Rows of a buffer that rows [first, last) of an access to it cover.
RowRange buffer_rows(const Buffer& buffer, const Access& access, RowRange rows);
// Buffer rows that a step reads of the instance's k-th input, and writes of its k-th output.
RowRange input_rows(const Program& program, const RowStep& step, size_t k);
RowRange output_rows(const Program& program, const RowStep& step, size_t k);
// Whether output row y of a step may lie exactly on row y of the k-th input: an element-wise kernel, rows of one size.
bool may_lie_on_input(const Program& program, const Instance& instance, size_t k);

// Whether the buffer is one of the caller's states.
inline bool is_state_port(const Buffer& buffer) { return buffer.kind == BufferKind::state && buffer.port >= 0; }
// Whether the instance leaves something for the next call: its rows are written once, in order, when nobody reads what
// was there.
bool writes_state(const Program& program, const Instance& instance);

// Of a program whose body is stages.
Program copy_of(const Program& program);

// The instances that a stage runs, in order.
std::vector<int> members_of(const Stage& stage);
// Bytes that a pushed stage keeps from row to row besides its buffers: a mark, the next step, and two per member.
int64_t progress_bytes(const Stage& stage);

// Where each buffer lies.
struct Placement {
  int region = 0;
  int64_t offset = -1;  // -1: not in the workspace
};

struct Plan {
  std::vector<Placement> placements;  // per buffer
  int64_t workspace_bytes = 0;
  int64_t state_bytes = 0;
  int64_t calls_offset = -1;  // of the number of calls (uint32_t) in the state; in bytes that a call does not read
  int64_t lower_bound = 0;    // no plan for this schedule can be smaller
  int peak_step = 0;          // index into timeline() where the bound is reached
  int alignment = 8;
  int64_t progress_offset = -1;  // progress_bytes() of a pushed stage; behind all buffers
  bool optimal() const { return workspace_bytes == lower_bound; }
};

}  // namespace tinyc
