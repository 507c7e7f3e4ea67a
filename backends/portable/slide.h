// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// Moves a window over a stream on by new rows. The result may be the window itself: bytes only move towards its start.
#include "backends/kernel_support.h"

namespace tinyc {
namespace portable_slide {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (op.operand_type(0).bytes() != op.operand_type(0).stored_bytes()) return "needs elements of whole bytes";
  if (op.integer("axis") == 0 && row_count(op.result_type()) > 1) return "needs rows that do not lie within time";
  return std::nullopt;
}

// Whether time is the axis of rows: rows move from one to the other; else each row is a window of its own.
inline bool by_rows(const ir::Op& op) { return op.integer("axis") == 1 && row_count(op.result_type()) > 1; }

// Bytes of a step in time within what lies together, and how many steps.
struct Moves {
  int64_t outer, inner_bytes, kept, fresh;
};
inline Moves moves_of(const ir::Op& op) {
  const ir::Type& window = op.result_type();
  const auto axis = static_cast<size_t>(op.integer("axis"));
  const int64_t fresh = op.operand_type(1).shape[axis];
  int64_t inner = ir::element_bytes(window.element);
  for (size_t i = axis + 1; i < window.shape.size(); ++i) inner *= window.shape[i];
  const int64_t row = row_elements(window) * ir::element_bytes(window.element);
  const int64_t outer = by_rows(op) ? 1 : row / std::max<int64_t>(1, inner * window.shape[axis]);
  return {outer, inner, window.shape[axis] - fresh, fresh};
}

inline Needs needs(const ir::Op& op, const Variant&) {
  if (!by_rows(op)) return row_by_row(op, WriteFront::element);
  Needs needs = row_by_row(op, WriteFront::row);
  const Moves moves = moves_of(op);
  needs.inputs[0].window = {1, 1, moves.fresh, 1, false};
  needs.inputs[1].window = {1, 1, -moves.kept, 1, false};
  return needs;
}

inline Built build(const ir::Op& op, const Variant&) {
  const Moves moves = moves_of(op);
  Built built;
  built.geometry = {{"by_rows", by_rows(op) ? 1 : 0},
                    {"outer", moves.outer},
                    {"bytes", moves.inner_bytes},
                    {"kept", moves.kept},
                    {"fresh", moves.fresh}};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return static_cast<double>(op.result_type().bytes()) / 4 * (t.load_next + t.store + t.alu);
}

}  // namespace portable_slide

inline const KernelDef portable_slide_kernel = {
    .name = "slide",
    .isa = Isa::portable,
    .ops = {"slide"},
    .types = "any",
    .summary = "moves a window over a stream on by new rows",
    .entry = "slide",
    .geometry_type = "Slide",
    .constant_rows = true,
    .why_not = portable_slide::why_not,
    .needs = portable_slide::needs,
    .build = portable_slide::build,
    .cycles = portable_slide::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include <stdint.h>
#include <string.h>

#include "runtime-stubs/tinyc_kernel.h"

// kept steps of the window stay, fresh ones come, of `bytes` each; by_rows: a step is a row, else each row holds
// `outer` windows.
struct Slide {
  int32_t by_rows, outer, bytes, kept, fresh;
};

// Eight words, all read before the first is written.
TINYC_KERNEL void slide_words(uint8_t* to, const uint8_t* from) {
#if defined(__ARM_ARCH_ISA_THUMB) && __ARM_ARCH_ISA_THUMB >= 2 && defined(__OPTIMIZE__)
  __asm__ volatile(
      "ldmia %[from], {r2, r3, r4, r5, r6, r8, r9, r12}\n"
      "stmia %[to], {r2, r3, r4, r5, r6, r8, r9, r12}\n"
      :
      : [to] "r"(to), [from] "r"(from)
      : "r2", "r3", "r4", "r5", "r6", "r8", "r9", "r12", "memory");
#else
  uint32_t words[8];
  memcpy(words, __builtin_assume_aligned(from, 4), sizeof words);
  memcpy(__builtin_assume_aligned(to, 4), words, sizeof words);
#endif
}

// Towards the start of memory, so the two may overlap; word by word where both lie on words.
TINYC_KERNEL void slide_bytes(uint8_t* to, const uint8_t* from, int32_t bytes) {
  if (((reinterpret_cast<uintptr_t>(to) | reinterpret_cast<uintptr_t>(from)) & 3u) == 0) {
    for (; bytes >= 64; bytes -= 64, to += 64, from += 64) {
      slide_words(to, from);
      slide_words(to + 32, from + 32);
    }
  }
  memmove(to, from, static_cast<size_t>(bytes));
}

TINYC_KERNEL void slide(const Slide& g, const Rows& window, const Rows& rows, const Rows& out, int32_t y0, int32_t y1) {
  const int32_t kept_bytes = g.kept * g.bytes, fresh_bytes = g.fresh * g.bytes;
  if (g.by_rows != 0 && y0 == 0 && y1 == g.kept + g.fresh && window.ring == 0 && rows.ring == 0 && out.ring == 0) {
    slide_bytes(row_at(out, 0), row_at(window, g.fresh), kept_bytes);
    slide_bytes(row_at(out, g.kept), row_at(rows, 0), fresh_bytes);
    return;
  }
  for (int32_t y = y0; y < y1; ++y) {
    uint8_t* to = row_at(out, y);
    if (g.by_rows != 0) {
      slide_bytes(to, y < g.kept ? row_at(window, y + g.fresh) : row_at(rows, y - g.kept), g.bytes);
      continue;
    }
    for (int32_t o = 0; o < g.outer; ++o, to += kept_bytes + fresh_bytes) {
      slide_bytes(to, row_at(window, y) + o * (kept_bytes + fresh_bytes) + fresh_bytes, kept_bytes);
      slide_bytes(to + kept_bytes, row_at(rows, y) + o * fresh_bytes, fresh_bytes);
    }
  }
}
