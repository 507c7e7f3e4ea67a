// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// 8-bit product of matrices with the 32-bit sums as the result.
#include "backends/kernel_conv.h"
#include "backends/kernel_reduce.h"
#include "ir/numerics.h"

namespace tinyc {
namespace portable_matmul_q8_s32 {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (op.result_type().quantized()) return "needs the sums themselves as the result";
  return need_quantized_products(op);
}

inline Needs needs(const ir::Op& op, const Variant&) { return products_needs(op); }

inline Built build(const ir::Op& op, const Variant&) {
  Built built;
  built.geometry = products_geometry(*products_of(op));
  const std::vector<GeometryField> rest = {{"a_zero", op.operand_type(0).quant->zero_point()},
                                           {"a_unsigned", is_unsigned_8(op.operand_type(0))},
                                           {"b_unsigned", is_unsigned_8(op.operand_type(1))}};
  built.geometry.insert(built.geometry.end(), rest.begin(), rest.end());
  built.constants = {packed("zero", "of the second operand, per column", column_zeros(op))};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return layer_cycles(op, 2 * t.load + t.mla + 3 * t.alu, t.store + 6 * t.alu);
}

}  // namespace portable_matmul_q8_s32

inline const KernelDef portable_matmul_q8_s32_kernel = {
    .name = "matmul_q8_s32",
    .isa = Isa::portable,
    .ops = {"matmul"},
    .types = "q8 x q8 -> i32",
    .summary = "8-bit product of matrices, sums",
    .entry = "matmul_q8_s32",
    .geometry_type = "MatmulQ8S32",
    .constant_rows = true,
    .why_not = portable_matmul_q8_s32::why_not,
    .needs = portable_matmul_q8_s32::needs,
    .build = portable_matmul_q8_s32::build,
    .cycles = portable_matmul_q8_s32::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "runtime-stubs/tinyc_kernel.h"

// y row = two batch axes of `lines` lines: [lines][depth] times [depth][columns].
struct MatmulQ8S32 {
  int32_t batch0, batch1, a0, a1, b0, b1;
  int32_t lines, depth, columns;
  int32_t a_by_row, a_row, b_by_row, b_row;
  int32_t a_zero, a_unsigned, b_unsigned;
};

TINYC_KERNEL int32_t matmul_q8_s32_sum(const MatmulQ8S32& g, const uint8_t* line, const uint8_t* column, int32_t zero) {
  int32_t sum = 0;
  for (int32_t k = 0; k < g.depth; ++k) {
    sum += (load_8(line, k, g.a_unsigned != 0) - g.a_zero) * (load_8(column, k * g.columns, g.b_unsigned != 0) - zero);
  }
  return sum;
}

TINYC_KERNEL void matmul_q8_s32(const MatmulQ8S32& g, const Rows& a, const Rows& b, const Rows& out,
                                const int32_t* zero, int32_t y0, int32_t y1) {
  for (int32_t y = y0; y < y1; ++y) {
    const uint8_t* from_a = row_of<const uint8_t>(a, y * g.a_by_row) + y * g.a_row;
    const uint8_t* from_b = row_of<const uint8_t>(b, y * g.b_by_row) + y * g.b_row;
    int32_t* to = row_of<int32_t>(out, y);
    for (int32_t p = 0; p < g.batch0; ++p) {
      for (int32_t q = 0; q < g.batch1; ++q) {
        const uint8_t* line = from_a + p * g.a0 + q * g.a1;
        const uint8_t* matrix = from_b + p * g.b0 + q * g.b1;
        for (int32_t i = 0; i < g.lines; ++i, line += g.depth, to += g.columns) {
          for (int32_t j = 0; j < g.columns; ++j) to[j] = matmul_q8_s32_sum(g, line, matrix + j, zero[j]);
        }
      }
    }
  }
}
