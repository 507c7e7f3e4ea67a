// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// Reductions of plain integers over axes, in 64 bits; the low bits are kept.
#include "backends/kernel_functions.h"
#include "backends/kernel_reduce.h"

namespace tinyc {
namespace portable_reduce_integer {

inline std::optional<std::string> why_not(const ir::Op& op) {
  const ir::Type& x = op.operand_type(0);
  if (ir::is_float(x.element) || x.quantized()) return "needs plain integers";
  return need_reduce(op);
}

inline Needs needs(const ir::Op& op, const Variant&) { return reduce_needs(op); }

inline Built build(const ir::Op& op, const Variant&) {
  const ReduceAxes axes = *reduce_axes(op);
  const ir::Element element = op.operand_type(0).element;
  Built built;
  built.geometry = reduce_geometry(axes);
  built.geometry.push_back({"divisor", op.is("reduce_mean") ? axes.count : 1});
  built.geometry.push_back({"bytes", ir::element_bytes(element)});
  built.geometry.push_back({"is_signed", ir::is_signed(element)});
  set_function(built, reduction_step(op, "s64", "int64_t"));
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) { return reduce_cycles(op, t); }

}  // namespace portable_reduce_integer

inline const KernelDef portable_reduce_integer_kernel = {
    .name = "reduce_integer",
    .isa = Isa::portable,
    .ops = {"reduce_max", "reduce_mean", "reduce_min", "reduce_prod", "reduce_sum"},
    .types = "integers -> integers",
    .summary = "reductions of plain integers",
    .entry = "reduce_integer",
    .geometry_type = "ReduceInteger",
    .why_not = portable_reduce_integer::why_not,
    .needs = portable_reduce_integer::needs,
    .build = portable_reduce_integer::build,
    .cycles = portable_reduce_integer::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/integers.h"
#include "backends/portable/shared/reduce.h"
#include "runtime-stubs/tinyc_kernel.h"

// The operand is [keep0][reduce0][keep1][reduce1][keep2], the result [keep0][keep1][keep2].
struct ReduceInteger {
  int32_t keep0, reduce0, keep1, reduce1, keep2, whole;
  int32_t divisor, bytes, is_signed;
};

template <class Function>
TINYC_KERNEL void reduce_integer(const ReduceInteger& g, const Rows& in, const Rows& out, Function function, int32_t y0,
                                 int32_t y1) {
  const int32_t end = g.whole != 0 ? y0 + 1 : y1;
  for (int32_t y = y0; y < end; ++y) {
    const uint8_t* from = row_at(in, y);
    uint8_t* to = row_at(out, y);
    reduce_row(g, [&](int32_t first, int32_t result) {
      int64_t total = load_integer(from + first * g.bytes, g.bytes, g.is_signed != 0);
      reduce_rest(g, first, [&](int32_t i) {
        total = function(total, load_integer(from + i * g.bytes, g.bytes, g.is_signed != 0));
      });
      store_integer(to + result * g.bytes, g.divisor == 1 ? total : total / g.divisor, g.bytes);
    });
  }
}
