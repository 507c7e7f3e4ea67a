// SPDX-License-Identifier: Apache-2.0
#include "backends/emit/print_state.h"

#include <fmt/format.h>

#include <algorithm>

namespace tinyc {

void print_state_map(TextWriter& writer, const EmissionPlan& plan) {
  if (!has_state(plan)) return;
  writer.line("//");
  writer.line("// Bytes of the state, kept from call to call:");
  const Program& program = *plan.program;
  for (size_t i = 0; i < program.buffers.size(); ++i) {
    const Buffer& buffer = program.buffers[i];
    if (buffer.kind != BufferKind::state || (is_state_port(buffer) && !buffer.is_found)) continue;
    const int64_t offset = plan.plan.placements[i].offset;
    writer.format("//   [{:>7} .. {:>7}]  {}", offset, offset + buffer.bytes() - 1, comment_text(buffer.name));
  }
  const int64_t calls = plan.plan.calls_offset;
  if (counts_calls(plan))
    writer.format("//   [{:>7} .. {:>7}]  between calls, how many there were: no call reads what lies here", calls,
                  calls + 3);
}

namespace {

// Nothing where the state begins with zero bytes, which are there.
void print_initial(TextWriter& writer, const EmissionPlan& plan, size_t index) {
  const Buffer& buffer = plan.program->buffers[index];
  const ir::Tensor& initial = plan.options.stream.initial[static_cast<size_t>(buffer.port)];
  const auto* bytes = initial.data();
  const auto count = static_cast<size_t>(initial.bytes());
  const std::string at = fmt::format("static_cast<uint8_t*>(state) + {}", plan.plan.placements[index].offset);
  if (std::all_of(bytes, bytes + count, [](std::byte byte) { return byte == std::byte{0}; })) return;
  if (std::all_of(bytes, bytes + count, [&](std::byte byte) { return byte == bytes[0]; })) {
    writer.format("memset({}, {}, {});", at, std::to_integer<int>(bytes[0]), count);
  } else {
    writer.format("static constexpr {} initial_{}[] = {{", storage_type(initial.element()), buffer.port);
    writer.indent();
    print_elements(writer, initial.element(), bytes, initial.size());
    writer.dedent();
    writer.line("};");
    writer.format("memcpy({}, initial_{}, sizeof initial_{});", at, buffer.port, buffer.port);
  }
}

}  // namespace

// What is not zero byte by byte is written over zeros; the number of calls is zero in any case.
void print_reset(TextWriter& writer, const EmissionPlan& plan) {
  writer.line();
  writer.format("void {}_reset(void* state) {{", plan.options.name);
  writer.indent();
  writer.format("memset(state, 0, {}_STATE_BYTES);", plan.macro);
  for (size_t i = 0; i < plan.program->buffers.size(); ++i) {
    if (plan.program->buffers[i].is_found) print_initial(writer, plan, i);
  }
  if (counts_calls(plan))
    writer.format("memset(static_cast<uint8_t*>(state) + {}, 0, sizeof(uint32_t));", plan.plan.calls_offset);
  writer.dedent();
  writer.line("}");
}

}  // namespace tinyc
