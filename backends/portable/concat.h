// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// Joins tensors of one form along an axis.
#include "backends/kernel_joined.h"

namespace tinyc {
namespace portable_concat {

inline std::optional<std::string> why_not(const ir::Op& op) {
  for (const ir::Value* operand : op.operands) {
    if (operand->type.element != op.result_type().element || operand->type.quant != op.result_type().quant)
      return "needs operands quantised as the result";
  }
  return std::nullopt;
}

inline Needs needs(const ir::Op& op, const Variant&) {
  Needs needs = row_by_row(op, WriteFront::never);
  const Joined joined = joined_of(op);
  size_t buffer = 0;
  for (size_t i = 0; i < op.operands.size(); ++i) {
    if (!ir::constant_data(op.operand(i))) needs.inputs[buffer++].window = joined.windows[i];
  }
  return needs;
}

inline Built build(const ir::Op& op, const Variant&) {
  const Joined joined = joined_of(op);
  Built built;
  built.geometry = {{"operands", op.operands.size()},
                    {"outer", joined.outer},
                    {"by_rows", joined.by_rows},
                    {"element_bytes", ir::element_bytes(op.result_type().element)}};
  built.constants = {packed("piece", "elements of each operand", joined.piece),
                     packed("first_row", "result row at which each operand begins", joined.first_row)};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return static_cast<double>(op.result_type().bytes()) / 4 * (t.load_next + t.store + t.alu);
}

}  // namespace portable_concat

inline const KernelDef portable_concat_kernel = {
    .name = "concat",
    .isa = Isa::portable,
    .ops = {"concat"},
    .types = "any",
    .summary = "joins tensors along an axis",
    .entry = "concat",
    .geometry_type = "Concat",
    .constant_rows = true,
    .variadic = true,
    .mean_code_bytes = 70,
    .why_not = portable_concat::why_not,
    .needs = portable_concat::needs,
    .build = portable_concat::build,
    .cycles = portable_concat::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include <string.h>

#include "runtime-stubs/tinyc_kernel.h"

// Result rows are pieces of the operands in turn: `outer` times piece[k] elements of operand k. With by_rows, operands
// follow each other row after row: operand k has rows first_row[k] up to first_row[k + 1].
struct Concat {
  int32_t operands, outer, by_rows, element_bytes;
};

TINYC_KERNEL void concat(const Concat& g, const Rows* in, const Rows& out, const int32_t* piece,
                         const int32_t* first_row, int32_t y0, int32_t y1) {
  for (int32_t y = y0; y < y1; ++y) {
    uint8_t* to = row_at(out, y);
    for (int32_t o = 0; o < g.outer; ++o) {
      for (int32_t k = 0; k < g.operands; ++k) {
        if (g.by_rows != 0 && (y < first_row[k] || y >= first_row[k + 1])) continue;
        const int32_t bytes = piece[k] * g.element_bytes;
        memcpy(to, row_at(in[k], g.by_rows != 0 ? y - first_row[k] : y) + o * bytes, static_cast<size_t>(bytes));
        to += bytes;
      }
    }
  }
}
