// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// A function of one plain integer or boolean, computed in 64 bits; the low bits are kept.
#include "backends/kernel_functions.h"
#include "backends/kernel_quantized.h"
#include "backends/kernel_support.h"

namespace tinyc {
namespace portable_unary_integer {

inline std::optional<std::string> why_not(const ir::Op& op) {
  for (const ir::Value* value : {op.operand(0), op.result()}) {
    if (ir::is_float(value->type.element) || value->type.quantized()) return "needs plain integers";
  }
  return std::nullopt;
}

inline Needs needs(const ir::Op& op, const Variant&) { return row_by_row(op, WriteFront::element); }

inline Built build(const ir::Op& op, const Variant&) {
  const ir::Element in = op.operand_type(0).element;
  Built built;
  built.geometry = {{"row_elements", row_elements(op.result_type())},
                    {"bytes", ir::element_bytes(in)},
                    {"is_signed", ir::is_signed(in)},
                    {"out_bytes", ir::element_bytes(op.result_type().element)}};
  set_function(built, integer_unary(op));
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return static_cast<double>(op.result_type().elements()) * (t.load + t.store + 6 * t.alu);
}

}  // namespace portable_unary_integer

inline const KernelDef portable_unary_integer_kernel = {
    .name = "unary_integer",
    .isa = Isa::portable,
    .ops = {"abs", "bit_not", "clip", "logical_not", "neg", "relu", "sign"},
    .types = "integers -> integers",
    .summary = "function of one plain integer",
    .entry = "unary_integer",
    .geometry_type = "UnaryInteger",
    .why_not = portable_unary_integer::why_not,
    .needs = portable_unary_integer::needs,
    .build = portable_unary_integer::build,
    .cycles = portable_unary_integer::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/integers.h"
#include "runtime-stubs/tinyc_kernel.h"

struct UnaryInteger {
  int32_t row_elements, bytes, is_signed, out_bytes;
};

template <class Function>
TINYC_KERNEL void unary_integer(const UnaryInteger& g, const Rows& in, const Rows& out, Function function, int32_t y0,
                                int32_t y1) {
  for (int32_t y = y0; y < y1; ++y) {
    const uint8_t* from = row_at(in, y);
    uint8_t* to = row_at(out, y);
    for (int32_t i = 0; i < g.row_elements; ++i) {
      const int64_t value = function(load_integer(from + i * g.bytes, g.bytes, g.is_signed != 0));
      store_integer(to + i * g.out_bytes, value, g.out_bytes);
    }
  }
}
