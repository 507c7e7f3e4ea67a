// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// Position of the largest or smallest integer along an axis; quantised ones compare as integers.
#include "backends/kernel_support.h"

namespace tinyc {
namespace portable_arg_extreme_integer {

inline std::optional<std::string> why_not(const ir::Op& op) {
  return ir::is_float(op.operand_type(0).element) ? std::optional<std::string>("needs integers") : std::nullopt;
}

inline Needs needs(const ir::Op& op, const Variant&) { return axis_needs(op, WriteFront::never); }

inline Built build(const ir::Op& op, const Variant&) {
  const AxisInRow axis = axis_in_row(op, op.integer("axis"));
  Built built;
  built.geometry = {{"outer", axis.outer},
                    {"count", axis.count},
                    {"inner", axis.inner},
                    {"whole", axis.whole},
                    {"largest", op.is("arg_max")},
                    {"last", op.flag("last")},
                    {"bytes", ir::element_bytes(op.operand_type(0).element)},
                    {"is_signed", ir::is_signed(op.operand_type(0).element)}};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return static_cast<double>(op.operand_type(0).elements()) * (t.load + t.float_add + 3 * t.alu);
}

}  // namespace portable_arg_extreme_integer

inline const KernelDef portable_arg_extreme_integer_kernel = {
    .name = "arg_extreme_integer",
    .isa = Isa::portable,
    .ops = {"arg_max", "arg_min"},
    .types = "integers -> i64",
    .summary = "position of the extreme",
    .entry = "arg_extreme_integer",
    .geometry_type = "ArgExtremeInteger",
    .why_not = portable_arg_extreme_integer::why_not,
    .needs = portable_arg_extreme_integer::needs,
    .build = portable_arg_extreme_integer::build,
    .cycles = portable_arg_extreme_integer::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/integers.h"
#include "runtime-stubs/tinyc_kernel.h"

// The position of the extreme among `count` elements that lie `inner` apart, for `outer` times `inner` lines.
struct ArgExtremeInteger {
  int32_t outer, count, inner, whole;
  int32_t largest, last, bytes, is_signed;
};

TINYC_KERNEL void arg_extreme_integer(const ArgExtremeInteger& g, const Rows& in, const Rows& out, int32_t y0,
                                      int32_t y1) {
  const int32_t end = g.whole != 0 ? y0 + 1 : y1;
  for (int32_t y = y0; y < end; ++y) {
    const uint8_t* from = row_of<const uint8_t>(in, y);
    int64_t* to = row_of<int64_t>(out, y);
    for (int32_t o = 0; o < g.outer; ++o) {
      for (int32_t i = 0; i < g.inner; ++i) {
        const int32_t start = o * g.count * g.inner + i;
        int64_t leader = load_integer(from + start * g.bytes, g.bytes, g.is_signed != 0);
        int32_t best = 0;
        for (int32_t k = 1; k < g.count; ++k) {
          const int64_t value = load_integer(from + (start + k * g.inner) * g.bytes, g.bytes, g.is_signed != 0);
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
