// SPDX-License-Identifier: Apache-2.0
// The calls of an inference are the same in every one, so a table says what each of them may touch, and a counter which
// is next.
#include "backends/emit/print_zones.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/support/text_writer.h"

namespace tinyc {
namespace {

struct Piece {
  int64_t begin;
  int64_t end;
};

// The calls that print_schedule() emits: reversed ones are a call per granule.
std::vector<RowStep> emitted_calls(const Program& program) {
  std::vector<RowStep> calls;
  for (const RowStep& step : timeline(program)) {
    if (!step.reversed) {
      calls.push_back(step);
      continue;
    }
    const std::vector<RowStep> parts = granules_of(program.instances[static_cast<size_t>(step.instance)], step);
    calls.insert(calls.end(), parts.begin(), parts.end());
  }
  return calls;
}

class Pieces {
 public:
  explicit Pieces(const EmissionPlan& plan) : plan_(plan), program_(*plan.program) {}

  // What a call may touch, in order and joined.
  std::vector<Piece> of(const RowStep& call) {
    pieces_.clear();
    const Instance& instance = program_.instances[static_cast<size_t>(call.instance)];
    for (size_t k = 0; k < instance.inputs.size(); ++k) add(instance.inputs[k].buffer, input_rows(program_, call, k));
    for (size_t k = 0; k < instance.outputs.size(); ++k)
      add(instance.outputs[k].buffer, output_rows(program_, call, k));
    if (instance.scratch >= 0) add(instance.scratch, {0, 1});
    if (instance.prefetch >= 0) add(instance.prefetch, {0, 1});
    return joined();
  }

 private:
  void add(int index, RowRange rows) {
    const Buffer& buffer = program_.buffers[static_cast<size_t>(index)];
    if (buffer.external || buffer.kind == BufferKind::state) return;
    const int64_t offset = plan_.plan.placements[static_cast<size_t>(index)].offset;
    const int64_t run = buffer.row_bytes / buffer.planes;
    for (int64_t plane = 0; plane < buffer.planes; ++plane) {
      for (int64_t row = rows.first; row < rows.last && run > 0; ++row) {
        const int64_t begin = offset + (plane * buffer.ring + row % buffer.ring) * run;
        pieces_.push_back({begin, begin + run});
      }
    }
  }

  std::vector<Piece> joined() {
    std::sort(pieces_.begin(), pieces_.end(), [](const Piece& a, const Piece& b) { return a.begin < b.begin; });
    std::vector<Piece> all;
    for (const Piece& piece : pieces_) {
      if (!all.empty() && piece.begin <= all.back().end) {
        all.back().end = std::max(all.back().end, piece.end);
      } else {
        all.push_back(piece);
      }
    }
    return all;
  }

  const EmissionPlan& plan_;
  const Program& program_;
  std::vector<Piece> pieces_;
};

constexpr const char* kFunctions = R"(inline uint32_t call = 0;

inline void begin(const uint8_t* workspace) {
  __asan_poison_memory_region(workspace, bytes);
  for (uint32_t i = first[call]; i < first[call + 1]; ++i) {
    __asan_unpoison_memory_region(workspace + pieces[i].begin, pieces[i].end - pieces[i].begin);
  }
}

inline void end(const uint8_t* workspace) {
  __asan_unpoison_memory_region(workspace, bytes);
  if (++call == calls) call = 0;
}

}  // namespace tinyc_zones

#define TINYC_LAYER_BEGIN(index, name) tinyc_zones::begin(memory.workspace);
#define TINYC_LAYER_END(index, name) tinyc_zones::end(memory.workspace);
)";

}  // namespace

std::string print_zones(const EmissionPlan& plan) {
  TextWriter writer;
  writer.line("// What each call of a layer may touch in the workspace; see print_zones.h of tinyc.");
  writer.line("#pragma once");
  writer.line("#include <sanitizer/asan_interface.h>");
  writer.line("#include <stddef.h>");
  writer.line("#include <stdint.h>");
  writer.line("namespace tinyc_zones {");
  writer.line("struct Piece { uint32_t begin, end; };");
  const std::vector<RowStep> calls = emitted_calls(*plan.program);
  Pieces pieces(plan);
  // Piece 0 is nobody's, so that there is one.
  std::string first = "1";
  size_t count = 1;
  writer.line("constexpr Piece pieces[] = {{0, 0},");
  for (const RowStep& call : calls) {
    for (const Piece& piece : pieces.of(call)) {
      writer.format("{{{}, {}}},", piece.begin, piece.end);
      ++count;
    }
    first += fmt::format(", {}", count);
  }
  writer.line("};");
  writer.format("constexpr uint32_t first[] = {{{}}};  // of a call, and behind the last", first);
  writer.format("constexpr uint32_t calls = {};", calls.size());
  writer.format("constexpr size_t bytes = {};", plan.plan.workspace_bytes);
  writer.raw(kFunctions);
  return writer.take();
}

}  // namespace tinyc
