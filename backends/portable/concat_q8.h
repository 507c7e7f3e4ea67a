// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// Joins 8-bit tensors of different quantisation along an axis.
#include "backends/kernel_joined.h"

namespace tinyc {
namespace portable_concat_q8 {

inline std::optional<std::string> why_not(const ir::Op& op) {
  for (const ir::Value* operand : op.operands) {
    if (auto reason = need_8bit(operand->type, "its operands")) return reason;
  }
  return need_8bit(op.result_type(), "its result");
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
  std::vector<uint8_t> tables;
  for (const ir::Value* operand : op.operands) {
    const std::vector<uint8_t> table = requantization_table(operand->type, op.result_type());
    tables.insert(tables.end(), table.begin(), table.end());
  }
  Built built;
  built.geometry = {{"operands", op.operands.size()}, {"outer", joined.outer}, {"by_rows", joined.by_rows}};
  built.constants = {packed("piece", "elements of each operand", joined.piece),
                     packed("first_row", "result row at which each operand begins", joined.first_row),
                     packed("table", "per operand: result per operand byte", tables)};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return static_cast<double>(op.result_type().bytes()) * (2 * t.load + t.store + 2 * t.alu);
}

}  // namespace portable_concat_q8

inline const KernelDef portable_concat_q8_kernel = {
    .name = "concat_q8",
    .isa = Isa::portable,
    .ops = {"concat"},
    .types = "q8 -> q8",
    .summary = "joins tensors of different quantisation",
    .entry = "concat_q8",
    .geometry_type = "ConcatQ8",
    .constant_rows = true,
    .variadic = true,
    .why_not = portable_concat_q8::why_not,
    .needs = portable_concat_q8::needs,
    .build = portable_concat_q8::build,
    .cycles = portable_concat_q8::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "runtime-stubs/tinyc_kernel.h"

// Result rows are pieces of the operands in turn: `outer` times piece[k] elements of operand k. With by_rows, operands
// follow each other row after row: operand k has rows first_row[k] up to first_row[k + 1].
struct ConcatQ8 {
  int32_t operands, outer, by_rows;
};

TINYC_KERNEL void concat_q8(const ConcatQ8& g, const Rows* in, const Rows& out, const int32_t* piece,
                            const int32_t* first_row, const uint8_t* table, int32_t y0, int32_t y1) {
  for (int32_t y = y0; y < y1; ++y) {
    uint8_t* to = row_at(out, y);
    for (int32_t o = 0; o < g.outer; ++o) {
      for (int32_t k = 0; k < g.operands; ++k) {
        if (g.by_rows != 0 && (y < first_row[k] || y >= first_row[k + 1])) continue;
        const uint8_t* from = row_at(in[k], g.by_rows != 0 ? y - first_row[k] : y) + o * piece[k];
        for (int32_t i = 0; i < piece[k]; ++i) *to++ = table[256 * k + from[i]];
      }
    }
  }
}
