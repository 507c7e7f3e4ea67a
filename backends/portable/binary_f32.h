// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// A function of two float32 variables with numpy broadcasting, and an activation after it.
#include "backends/kernel_broadcast.h"
#include "backends/kernel_functions.h"
#include "backends/kernel_support.h"

namespace tinyc {
namespace portable_binary_f32 {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_float32(op)) return reason;
  if (auto reason = need_float_activation(op)) return reason;
  return need_broadcast(op);
}

inline Needs needs(const ir::Op& op, const Variant&) { return broadcast_needs(op); }

inline Built build(const ir::Op& op, const Variant&) {
  Built built;
  built.geometry = broadcast_geometry(*broadcast_of(op));
  set_function(built, float_binary(op));
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return static_cast<double>(op.result_type().elements()) * (2 * t.load + t.store + t.float_add + 3 * t.alu);
}

}  // namespace portable_binary_f32

inline const KernelDef portable_binary_f32_kernel = {
    .name = "binary_f32",
    .isa = Isa::portable,
    .ops = {"add", "sub", "mul", "div", "min", "max", "pow", "mod", "fmod", "prelu"},
    .types = "f32 x f32 -> f32",
    .summary = "function of two float32 variables",
    .entry = "binary_f32",
    .geometry_type = "BinaryF32",
    .constant_rows = true,
    .mean_code_bytes = 60,
    .why_not = portable_binary_f32::why_not,
    .needs = portable_binary_f32::needs,
    .build = portable_binary_f32::build,
    .cycles = portable_binary_f32::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/broadcast.h"
#include "runtime-stubs/tinyc_kernel.h"

// Sizes of a result row, and the steps of both operands along its axes.
struct BinaryF32 {
  int32_t size0, size1, size2, size3;
  int32_t a0, a1, a2, a3, a_by_row, a_row;
  int32_t b0, b1, b2, b3, b_by_row, b_row;
};

template <class Function>
TINYC_KERNEL void binary_f32(const BinaryF32& g, const Rows& a, const Rows& b, const Rows& out, Function function,
                             int32_t y0, int32_t y1) {
  for (int32_t y = y0; y < y1; ++y) {
    const float* from_a = row_of<const float>(a, y * g.a_by_row) + y * g.a_row;
    const float* from_b = row_of<const float>(b, y * g.b_by_row) + y * g.b_row;
    float* to = row_of<float>(out, y);
    broadcast_row(g, [&](int32_t ia, int32_t ib, int32_t i) { to[i] = function(from_a[ia], from_b[ib]); });
  }
}
