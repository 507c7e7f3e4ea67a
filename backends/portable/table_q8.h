// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// Any function of one 8-bit quantised variable, and changes of quantisation: a table of the reference's results.
#include "backends/kernel_quantized.h"
#include "backends/kernel_support.h"

namespace tinyc {
namespace portable_table_q8 {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_8bit(op.operand_type(0), "its operand")) return reason;
  return need_8bit(op.result_type(), "its result");
}

inline Needs needs(const ir::Op& op, const Variant&) { return row_by_row(op, WriteFront::element); }

inline Built build(const ir::Op& op, const Variant&) {
  Built built;
  built.geometry = {{"row_elements", row_elements(op.result_type())}};
  built.constants = {packed("table", "result per operand byte", table_of(op))};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return static_cast<double>(op.result_type().elements()) * (2 * t.load + t.store + 2 * t.alu);
}

}  // namespace portable_table_q8

inline const KernelDef portable_table_q8_kernel = {
    .name = "table_q8",
    .isa = Isa::portable,
    .ops = kTableOps,
    .types = "q8 -> q8",
    .summary = "function of one quantised variable, by table",
    .entry = "table_q8",
    .geometry_type = "TableQ8",
    .mean_code_bytes = 30,
    .tflite_rounding = true,
    .why_not = portable_table_q8::why_not,
    .needs = portable_table_q8::needs,
    .build = portable_table_q8::build,
    .cycles = portable_table_q8::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "runtime-stubs/tinyc_kernel.h"

struct TableQ8 {
  int32_t row_elements;
};

TINYC_KERNEL void table_q8(const TableQ8& g, const Rows& in, const Rows& out, const uint8_t* table, int32_t y0,
                           int32_t y1) {
  for (int32_t y = y0; y < y1; ++y) {
    const uint8_t* from = row_at(in, y);
    uint8_t* to = row_at(out, y);
    for (int32_t i = 0; i < g.row_elements; ++i) to[i] = table[from[i]];
  }
}
