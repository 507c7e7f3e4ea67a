// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// Arithmetic on two double variables with numpy broadcasting.
#include "backends/kernel_broadcast.h"
#include "backends/kernel_functions.h"
#include "backends/kernel_support.h"

namespace tinyc {
namespace portable_binary_f64 {

inline std::optional<std::string> why_not(const ir::Op& op) {
  for (const ir::Value* operand : op.operands) {
    if (operand->type.element != ir::Element::f64) return "needs float64 operands";
  }
  if (op.text("activation") != "none") return "takes no activation";
  return need_broadcast(op);
}

inline Needs needs(const ir::Op& op, const Variant&) { return broadcast_needs(op); }

inline Built build(const ir::Op& op, const Variant&) {
  Built built;
  built.geometry = broadcast_geometry(*broadcast_of(op));
  set_function(built, {std::string(op.name()) + "_f64", 2, "double", {}});
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return static_cast<double>(op.result_type().elements()) * (4 * t.load + 2 * t.store + 12 * t.float_add + 3 * t.alu);
}

}  // namespace portable_binary_f64

inline const KernelDef portable_binary_f64_kernel = {
    .name = "binary_f64",
    .isa = Isa::portable,
    .ops = {"add", "sub", "mul", "div"},
    .types = "f64 x f64 -> f64",
    .summary = "arithmetic on float64 elements",
    .entry = "binary_f64",
    .geometry_type = "BinaryF64",
    .constant_rows = true,
    .why_not = portable_binary_f64::why_not,
    .needs = portable_binary_f64::needs,
    .build = portable_binary_f64::build,
    .cycles = portable_binary_f64::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/broadcast.h"
#include "runtime-stubs/tinyc_kernel.h"

// Sizes of a result row, and the steps of both operands along its axes.
struct BinaryF64 {
  int32_t size0, size1, size2, size3;
  int32_t a0, a1, a2, a3, a_by_row, a_row;
  int32_t b0, b1, b2, b3, b_by_row, b_row;
};

template <class Function>
TINYC_KERNEL void binary_f64(const BinaryF64& g, const Rows& a, const Rows& b, const Rows& out, Function function,
                             int32_t y0, int32_t y1) {
  for (int32_t y = y0; y < y1; ++y) {
    const double* from_a = row_of<const double>(a, y * g.a_by_row) + y * g.a_row;
    const double* from_b = row_of<const double>(b, y * g.b_by_row) + y * g.b_row;
    double* to = row_of<double>(out, y);
    broadcast_row(g, [&](int32_t ia, int32_t ib, int32_t i) { to[i] = function(from_a[ia], from_b[ib]); });
  }
}
