// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// float32 reductions over axes.
#include "backends/kernel_functions.h"
#include "backends/kernel_reduce.h"

namespace tinyc {
namespace portable_reduce_f32 {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_float32(op)) return reason;
  return need_reduce(op);
}

inline Needs needs(const ir::Op& op, const Variant&) { return reduce_needs(op); }

inline Built build(const ir::Op& op, const Variant&) {
  const ReduceAxes axes = *reduce_axes(op);
  Built built;
  built.geometry = reduce_geometry(axes);
  built.geometry.push_back({"divisor", op.is("reduce_mean") ? static_cast<float>(axes.count) : 1.0F});
  set_function(built, reduction_step(op, "f32", "float"));
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) { return reduce_cycles(op, t); }

}  // namespace portable_reduce_f32

inline const KernelDef portable_reduce_f32_kernel = {
    .name = "reduce_f32",
    .isa = Isa::portable,
    .ops = {"reduce_max", "reduce_mean", "reduce_min", "reduce_prod", "reduce_sum"},
    .types = "f32 -> f32",
    .summary = "float32 reductions",
    .entry = "reduce_f32",
    .geometry_type = "ReduceF32",
    .mean_code_bytes = 70,
    .why_not = portable_reduce_f32::why_not,
    .needs = portable_reduce_f32::needs,
    .build = portable_reduce_f32::build,
    .cycles = portable_reduce_f32::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/reduce.h"
#include "runtime-stubs/tinyc_kernel.h"

// The operand is [keep0][reduce0][keep1][reduce1][keep2], the result [keep0][keep1][keep2].
struct ReduceF32 {
  int32_t keep0, reduce0, keep1, reduce1, keep2, whole;
  float divisor;
};

template <class Function>
TINYC_KERNEL void reduce_f32(const ReduceF32& g, const Rows& in, const Rows& out, Function function, int32_t y0,
                             int32_t y1) {
  const int32_t end = g.whole != 0 ? y0 + 1 : y1;
  for (int32_t y = y0; y < end; ++y) {
    const float* from = row_of<const float>(in, y);
    float* to = row_of<float>(out, y);
    reduce_row(g, [&](int32_t first, int32_t result) {
      float total = from[first];
      reduce_rest(g, first, [&](int32_t i) { total = function(total, from[i]); });
      to[result] = total / g.divisor;
    });
  }
}
