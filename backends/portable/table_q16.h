// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// Functions of one 16-bit quantised variable, by pieces of parabolas.
#include "backends/kernel_quantized.h"
#include "backends/kernel_wide.h"
#include "ir/ops/unary_table.h"

namespace tinyc {
namespace portable_table_q16 {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_narrow(op.operand_type(0), "its operand")) return reason;
  if (auto reason = need_narrow(op.result_type(), "its result")) return reason;
  if (ir::element_bits(op.operand_type(0).element) != 16) return "needs an operand in 16 bits";
  if (!ir::unary_table(op)) return "needs a function that a table of 16 KB can hold";
  return std::nullopt;
}

inline Needs needs(const ir::Op& op, const Variant&) { return row_by_row(op, WriteFront::element); }

inline Built build(const ir::Op& op, const Variant&) {
  const ir::FunctionTable& table = *ir::unary_table(op);
  const ir::Type& out = op.result_type();
  std::vector<int32_t> pieces;
  for (size_t i = 0; i < table.start.size(); ++i)
    pieces.insert(pieces.end(), {table.start[i], table.rise[i], table.bend[i]});
  Built built;
  built.geometry = {{"row_elements", row_elements(out)},  {"in_kind", narrow_kind(op.operand_type(0))},
                    {"out_kind", narrow_kind(out)},       {"in_low", ir::lowest(op.operand_type(0).element)},
                    {"segment_bits", table.segment_bits}, {"low", ir::lowest(out.element)},
                    {"high", ir::highest(out.element)}};
  built.constants = {packed("segments", "16 * first piece + log2 of the number of pieces", table.segments),
                     packed("pieces", "[pieces][start, rise, bend], in units of 2^-8 steps", pieces)};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return static_cast<double>(op.result_type().elements()) * (5 * t.load + t.store + 2 * t.mul_wide + 20 * t.alu);
}

}  // namespace portable_table_q16

inline const KernelDef portable_table_q16_kernel = {
    .name = "table_q16",
    .isa = Isa::portable,
    .ops = kTableOps,
    .types = "q16 -> q8, q16",
    .summary = "function of one 16-bit quantised variable, by pieces of parabolas",
    .entry = "table_q16",
    .geometry_type = "TableQ16",
    .why_not = portable_table_q16::why_not,
    .needs = portable_table_q16::needs,
    .build = portable_table_q16::build,
    .cycles = portable_table_q16::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/wide.h"
#include "runtime-stubs/tinyc_kernel.h"

// Operands, counted from the lowest one, lie in segments of 2^segment_bits; a segment is 2^n pieces of equal length.
struct TableQ16 {
  int32_t row_elements, in_kind, out_kind, in_low, segment_bits, low, high;
};

TINYC_KERNEL int32_t table_q16_result(const TableQ16& g, int32_t operand, const uint16_t* segments,
                                      const int32_t* pieces) {
  const int32_t entry = segments[operand >> g.segment_bits];
  const int32_t bits = g.segment_bits - (entry & 15);
  const int32_t inside = operand & ((1 << g.segment_bits) - 1);
  const int32_t* piece = pieces + 3 * ((entry >> 4) + (inside >> bits));
  const int32_t at = inside & ((1 << bits) - 1);
  const int64_t rest =
      static_cast<int64_t>(piece[1]) * (at << bits) + static_cast<int64_t>(piece[2]) * (at * ((1 << bits) - at));
  return (piece[0] + static_cast<int32_t>(rest >> (2 * bits))) >> 8;
}

TINYC_KERNEL void table_q16(const TableQ16& g, const Rows& in, const Rows& out, const uint16_t* segments,
                            const int32_t* pieces, int32_t y0, int32_t y1) {
  for (int32_t y = y0; y < y1; ++y) {
    const uint8_t* from = row_at(in, y);
    uint8_t* to = row_at(out, y);
    for (int32_t i = 0; i < g.row_elements; ++i) {
      const int32_t value = table_q16_result(g, load_narrow(from, i, g.in_kind) - g.in_low, segments, pieces);
      store_narrow(to, i, g.out_kind, clamp_s32(value, g.low, g.high));
    }
  }
}
