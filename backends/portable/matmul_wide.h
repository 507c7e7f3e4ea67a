// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// Product of matrices of 8- or 16-bit integers, both computed at run time, with 64-bit sums.
#include "backends/kernel_reduce.h"
#include "backends/kernel_wide.h"

namespace tinyc {
namespace portable_matmul_wide {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_narrow(op.operand_type(0), "its first operand")) return reason;
  if (auto reason = need_narrow(op.operand_type(1), "its second operand")) return reason;
  if (auto reason = need_narrow(op.result_type(), "its result")) return reason;
  if (auto reason = need_products(op)) return reason;
  if (op.operand_type(0).shape.back() > 1 << 12) return "needs at most 4096 products per result";
  const ir::FixedPoint scale = ir::result_scale(op, op.operand_type(0), op.operand_type(1).quant->scale());
  if (scale.shift < 17) return "needs a larger output scale";
  return std::nullopt;
}

inline Needs needs(const ir::Op& op, const Variant&) { return products_needs(op); }

inline Built build(const ir::Op& op, const Variant&) {
  const ir::Type& a = op.operand_type(0);
  const ir::Type& b = op.operand_type(1);
  const ir::Type& y = op.result_type();
  const Clamp clamp = clamp_of(op);
  const ir::FixedPoint scale = ir::result_scale(op, a, b.quant->scale());
  Built built;
  built.geometry = products_geometry(*products_of(op));
  const std::vector<GeometryField> rest = {{"a_zero", a.quant->zero_point()},
                                           {"b_zero", b.quant->zero_point()},
                                           {"out_zero", y.quant->zero_point()},
                                           {"low", clamp.low},
                                           {"high", clamp.high},
                                           {"a_kind", narrow_kind(a)},
                                           {"b_kind", narrow_kind(b)},
                                           {"out_kind", narrow_kind(y)},
                                           {"multiplier", scale.multiplier},
                                           {"shift", scale.shift}};
  built.geometry.insert(built.geometry.end(), rest.begin(), rest.end());
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return layer_cycles(op, 2 * t.load + t.mul_wide + 5 * t.alu, 2 * t.mul_wide + t.store + 30 * t.alu);
}

}  // namespace portable_matmul_wide

inline const KernelDef portable_matmul_wide_kernel = {
    .name = "matmul_wide",
    .isa = Isa::portable,
    .ops = {"matmul"},
    .types = "q8, q16 x q8, q16 -> q8, q16",
    .summary = "product of matrices of 8- or 16-bit integers, 64-bit sums",
    .entry = "matmul_wide",
    .geometry_type = "MatmulWide",
    .constant_rows = true,
    .why_not = portable_matmul_wide::why_not,
    .needs = portable_matmul_wide::needs,
    .build = portable_matmul_wide::build,
    .cycles = portable_matmul_wide::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/wide.h"
#include "runtime-stubs/tinyc_kernel.h"

// y row = two batch axes of `lines` lines: [lines][depth] times [depth][columns].
struct MatmulWide {
  int32_t batch0, batch1, a0, a1, b0, b1;
  int32_t lines, depth, columns;
  int32_t a_by_row, a_row, b_by_row, b_row;
  int32_t a_zero, b_zero, out_zero, low, high, a_kind, b_kind, out_kind, multiplier, shift;
};

TINYC_KERNEL void matmul_wide(const MatmulWide& g, const Rows& a, const Rows& b, const Rows& out, int32_t y0,
                              int32_t y1) {
  for (int32_t y = y0; y < y1; ++y) {
    const uint8_t* from_a = row_at(a, y * g.a_by_row);
    const uint8_t* from_b = row_at(b, y * g.b_by_row);
    uint8_t* to = row_at(out, y);
    int32_t at = 0;
    for (int32_t p = 0; p < g.batch0; ++p) {
      for (int32_t q = 0; q < g.batch1; ++q) {
        const int32_t matrix = y * g.b_row + p * g.b0 + q * g.b1;
        for (int32_t i = 0; i < g.lines; ++i) {
          const int32_t line = y * g.a_row + p * g.a0 + q * g.a1 + i * g.depth;
          for (int32_t j = 0; j < g.columns; ++j, ++at) {
            int64_t sum = 0;
            for (int32_t k = 0; k < g.depth; ++k)
              sum += static_cast<int64_t>(load_narrow(from_a, line + k, g.a_kind) - g.a_zero) *
                     (load_narrow(from_b, matrix + k * g.columns + j, g.b_kind) - g.b_zero);
            const int64_t result = g.out_zero + requantize_wide(sum, g.multiplier, g.shift);
            store_narrow(to, at, g.out_kind, clamp_wide(result, g.low, g.high));
          }
        }
      }
    }
  }
}
