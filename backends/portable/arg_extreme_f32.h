// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// Position of the largest or smallest float32 element along an axis.
#include "backends/kernel_support.h"

namespace tinyc {
namespace portable_arg_extreme_f32 {

inline std::optional<std::string> why_not(const ir::Op& op) { return need_float32(op); }

inline Needs needs(const ir::Op& op, const Variant&) { return axis_needs(op, WriteFront::never); }

inline Built build(const ir::Op& op, const Variant&) {
  const AxisInRow axis = axis_in_row(op, op.integer("axis"));
  Built built;
  built.geometry = {{"outer", axis.outer}, {"count", axis.count},         {"inner", axis.inner},
                    {"whole", axis.whole}, {"largest", op.is("arg_max")}, {"last", op.flag("last")}};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return static_cast<double>(op.operand_type(0).elements()) * (t.load + t.float_add + 3 * t.alu);
}

}  // namespace portable_arg_extreme_f32

inline const KernelDef portable_arg_extreme_f32_kernel = {
    .name = "arg_extreme_f32",
    .isa = Isa::portable,
    .ops = {"arg_max", "arg_min"},
    .types = "f32 -> i64",
    .summary = "position of the extreme",
    .entry = "arg_extreme_f32",
    .geometry_type = "ArgExtremeF32",
    .mean_code_bytes = 60,
    .why_not = portable_arg_extreme_f32::why_not,
    .needs = portable_arg_extreme_f32::needs,
    .build = portable_arg_extreme_f32::build,
    .cycles = portable_arg_extreme_f32::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "runtime-stubs/tinyc_kernel.h"

// The position of the extreme among `count` elements that lie `inner` apart, for `outer` times `inner` lines.
struct ArgExtremeF32 {
  int32_t outer, count, inner, whole;
  int32_t largest, last;
};

TINYC_KERNEL void arg_extreme_f32(const ArgExtremeF32& g, const Rows& in, const Rows& out, int32_t y0, int32_t y1) {
  const int32_t end = g.whole != 0 ? y0 + 1 : y1;
  for (int32_t y = y0; y < end; ++y) {
    const float* from = row_of<const float>(in, y);
    int64_t* to = row_of<int64_t>(out, y);
    for (int32_t o = 0; o < g.outer; ++o) {
      for (int32_t i = 0; i < g.inner; ++i) {
        const int32_t start = o * g.count * g.inner + i;
        float leader = from[start];
        int32_t best = 0;
        for (int32_t k = 1; k < g.count; ++k) {
          const float value = from[start + k * g.inner];
          const bool better = g.largest != 0 ? value > leader : value < leader;
          if (!better && !(g.last != 0 && value == leader)) continue;
          leader = value;
          best = k;
        }
        *to++ = best;
      }
    }
  }
}
