// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// A function of two plain integers or booleans with numpy broadcasting, computed in 64 bits; the low bits are kept.
#include "backends/kernel_broadcast.h"
#include "backends/kernel_functions.h"
#include "backends/kernel_quantized.h"
#include "backends/kernel_support.h"

namespace tinyc {
namespace portable_binary_integer {

inline std::optional<std::string> why_not(const ir::Op& op) {
  for (const ir::Value* value : {op.operand(0), op.operand(1), op.result()}) {
    if (ir::is_float(value->type.element) || value->type.quantized()) return "needs plain integers";
  }
  return need_broadcast(op);
}

inline Needs needs(const ir::Op& op, const Variant&) { return broadcast_needs(op); }

inline Built build(const ir::Op& op, const Variant&) {
  const ir::Element in = op.operand_type(0).element;
  Built built;
  built.geometry = broadcast_geometry(*broadcast_of(op));
  built.geometry.push_back({"bytes", ir::element_bytes(in)});
  built.geometry.push_back({"is_signed", ir::is_signed(in)});
  built.geometry.push_back({"out_bytes", ir::element_bytes(op.result_type().element)});
  set_function(built, integer_binary(op));
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return static_cast<double>(op.result_type().elements()) * (2 * t.load + t.store + 8 * t.alu);
}

}  // namespace portable_binary_integer

inline const KernelDef portable_binary_integer_kernel = {
    .name = "binary_integer",
    .isa = Isa::portable,
    .ops = {"add",         "sub",        "mul",           "div",         "min",
            "max",         "pow",        "mod",           "fmod",        "prelu",
            "equal",       "less",       "less_or_equal", "greater",     "greater_or_equal",
            "bit_and",     "bit_or",     "bit_xor",       "logical_and", "logical_or",
            "logical_xor", "shift_left", "shift_right"},
    .types = "integers x integers -> integers",
    .summary = "function of two plain integers",
    .entry = "binary_integer",
    .geometry_type = "BinaryInteger",
    .constant_rows = true,
    .mean_code_bytes = 70,
    .why_not = portable_binary_integer::why_not,
    .needs = portable_binary_integer::needs,
    .build = portable_binary_integer::build,
    .cycles = portable_binary_integer::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/broadcast.h"
#include "backends/portable/shared/integers.h"
#include "runtime-stubs/tinyc_kernel.h"

// Sizes of a result row, and the steps of both operands along its axes, in elements.
struct BinaryInteger {
  int32_t size0, size1, size2, size3;
  int32_t a0, a1, a2, a3, a_by_row, a_row;
  int32_t b0, b1, b2, b3, b_by_row, b_row;
  int32_t bytes, is_signed, out_bytes;
};

template <class Function>
TINYC_KERNEL void binary_integer(const BinaryInteger& g, const Rows& a, const Rows& b, const Rows& out,
                                 Function function, int32_t y0, int32_t y1) {
  for (int32_t y = y0; y < y1; ++y) {
    const uint8_t* from_a = row_at(a, y * g.a_by_row) + y * g.a_row * g.bytes;
    const uint8_t* from_b = row_at(b, y * g.b_by_row) + y * g.b_row * g.bytes;
    uint8_t* to = row_at(out, y);
    broadcast_row(g, [&](int32_t ia, int32_t ib, int32_t i) {
      const int64_t value_a = load_integer(from_a + ia * g.bytes, g.bytes, g.is_signed != 0);
      const int64_t value_b = load_integer(from_b + ib * g.bytes, g.bytes, g.is_signed != 0);
      store_integer(to + i * g.out_bytes, function(value_a, value_b), g.out_bytes);
    });
  }
}
