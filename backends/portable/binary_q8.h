// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// A function of two quantised variables of 8 or 16 bits with numpy broadcasting.
#include "backends/kernel_broadcast.h"
#include "backends/kernel_functions.h"
#include "backends/kernel_quantized.h"
#include "backends/kernel_wide.h"

namespace tinyc {
namespace portable_binary_q8 {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_quantized_binary(op)) return reason;
  return need_broadcast(op);
}

inline Needs needs(const ir::Op& op, const Variant&) { return broadcast_needs(op); }

inline Built build(const ir::Op& op, const Variant&) {
  const Clamp clamp = clamp_of(op);
  Built built;
  built.geometry = broadcast_geometry(*broadcast_of(op));
  built.geometry.push_back({"out_zero", op.result_type().quant->zero_point()});
  built.geometry.push_back({"low", clamp.low});
  built.geometry.push_back({"high", clamp.high});
  built.geometry.push_back({"a_kind", narrow_kind(op.operand_type(0))});
  built.geometry.push_back({"b_kind", narrow_kind(op.operand_type(1))});
  built.geometry.push_back({"out_kind", narrow_kind(op.result_type())});
  set_function(built, quantized_binary(op));
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return static_cast<double>(op.result_type().elements()) *
         (2 * t.load + t.store + 2 * t.mul_wide + 10 * t.alu + (op.is("div") ? 10 * t.divide : 0));
}

}  // namespace portable_binary_q8

inline const KernelDef portable_binary_q8_kernel = {
    .name = "binary_q8",
    .isa = Isa::portable,
    .ops = {"add", "div", "max", "min", "mul", "prelu", "sub"},
    .types = "q8, q16 x q8, q16 -> q8, q16",
    .summary = "function of two quantised variables",
    .entry = "binary_q8",
    .geometry_type = "BinaryQ8",
    .constant_rows = true,
    .mean_code_bytes = 140,
    .tflite_rounding = true,
    .why_not = portable_binary_q8::why_not,
    .needs = portable_binary_q8::needs,
    .build = portable_binary_q8::build,
    .cycles = portable_binary_q8::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/broadcast.h"
#include "backends/portable/shared/wide.h"
#include "runtime-stubs/tinyc_kernel.h"

// Sizes of a result row, and the steps of both operands along its axes; the function knows their zero points and
// scales.
struct BinaryQ8 {
  int32_t size0, size1, size2, size3;
  int32_t a0, a1, a2, a3, a_by_row, a_row;
  int32_t b0, b1, b2, b3, b_by_row, b_row;
  int32_t out_zero, low, high, a_kind, b_kind, out_kind;
};

template <class Function>
TINYC_KERNEL void binary_q8(const BinaryQ8& g, const Rows& a, const Rows& b, const Rows& out, Function function,
                            int32_t y0, int32_t y1) {
  for (int32_t y = y0; y < y1; ++y) {
    const uint8_t* from_a = row_at(a, y * g.a_by_row);
    const uint8_t* from_b = row_at(b, y * g.b_by_row);
    uint8_t* to = row_at(out, y);
    broadcast_row(g, [&](int32_t ia, int32_t ib, int32_t i) {
      const int32_t value =
          function(load_narrow(from_a, y * g.a_row + ia, g.a_kind), load_narrow(from_b, y * g.b_row + ib, g.b_kind));
      store_narrow(to, i, g.out_kind, clamp_s32(value + g.out_zero, g.low, g.high));
    });
  }
}
