// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// 8-bit product of matrices that are both computed at run time.
#include "backends/kernel_conv.h"
#include "backends/kernel_reduce.h"
#include "ir/numerics.h"

namespace tinyc {
namespace portable_matmul_q8 {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_8bit(op.result_type(), "its result")) return reason;
  return need_quantized_products(op);
}

inline Needs needs(const ir::Op& op, const Variant&) { return products_needs(op); }

inline Built build(const ir::Op& op, const Variant&) {
  const ir::Type& a = op.operand_type(0);
  const ir::Type& b = op.operand_type(1);
  const ir::Type& y = op.result_type();
  const Clamp clamp = clamp_of(op);
  std::vector<int32_t> multiplier, shift;
  bool ties = false;
  for (int64_t j = 0; j < y.shape.back(); ++j) {
    const ir::FixedPoint scale = ir::to_fixed_point(a.quant->scale() * b.quant->scale(j) / y.quant->scale());
    multiplier.push_back(scale.multiplier);
    shift.push_back(scale.shift);
    ties |= ir::tie_possible(scale, 255 * 255 * a.shape.back());
  }
  Built built;
  built.geometry = products_geometry(*products_of(op));
  const std::vector<GeometryField> rest = {
      {"a_zero", a.quant->zero_point()}, {"out_zero", y.quant->zero_point()}, {"low", clamp.low}, {"high", clamp.high},
      {"a_unsigned", is_unsigned_8(a)},  {"b_unsigned", is_unsigned_8(b)},    {"rounding", ties}};
  built.geometry.insert(built.geometry.end(), rest.begin(), rest.end());
  built.constants = {packed("zero", "of the second operand, per column", column_zeros(op)),
                     packed("multiplier", "per column", multiplier), packed("shift", "per column", shift)};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return layer_cycles(op, 2 * t.load + t.mla + 3 * t.alu, t.mul_wide + t.store + 12 * t.alu);
}

}  // namespace portable_matmul_q8

inline const KernelDef portable_matmul_q8_kernel = {
    .name = "matmul_q8",
    .isa = Isa::portable,
    .ops = {"matmul"},
    .types = "q8 x q8 -> q8",
    .summary = "8-bit product of matrices",
    .entry = "matmul_q8",
    .geometry_type = "MatmulQ8",
    .constant_rows = true,
    .why_not = portable_matmul_q8::why_not,
    .needs = portable_matmul_q8::needs,
    .build = portable_matmul_q8::build,
    .cycles = portable_matmul_q8::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "runtime-stubs/tinyc_kernel.h"

// y row = two batch axes of `lines` lines: [lines][depth] times [depth][columns].
struct MatmulQ8 {
  int32_t batch0, batch1, a0, a1, b0, b1;
  int32_t lines, depth, columns;
  int32_t a_by_row, a_row, b_by_row, b_row;
  int32_t a_zero, out_zero, low, high, a_unsigned, b_unsigned, rounding;
};

TINYC_KERNEL int32_t matmul_q8_sum(const MatmulQ8& g, const uint8_t* line, const uint8_t* column, int32_t zero) {
  int32_t sum = 0;
  for (int32_t k = 0; k < g.depth; ++k) {
    sum += (load_8(line, k, g.a_unsigned != 0) - g.a_zero) * (load_8(column, k * g.columns, g.b_unsigned != 0) - zero);
  }
  return sum;
}

TINYC_KERNEL void matmul_q8(const MatmulQ8& g, const Rows& a, const Rows& b, const Rows& out, const int32_t* zero,
                            const int32_t* multiplier, const int32_t* shift, int32_t y0, int32_t y1) {
  for (int32_t y = y0; y < y1; ++y) {
    const uint8_t* from_a = row_of<const uint8_t>(a, y * g.a_by_row) + y * g.a_row;
    const uint8_t* from_b = row_of<const uint8_t>(b, y * g.b_by_row) + y * g.b_row;
    uint8_t* to = row_of<uint8_t>(out, y);
    for (int32_t p = 0; p < g.batch0; ++p) {
      for (int32_t q = 0; q < g.batch1; ++q) {
        const uint8_t* line = from_a + p * g.a0 + q * g.a1;
        const uint8_t* matrix = from_b + p * g.b0 + q * g.b1;
        for (int32_t i = 0; i < g.lines; ++i, line += g.depth, to += g.columns) {
          for (int32_t j = 0; j < g.columns; ++j) {
            const int32_t sum = matmul_q8_sum(g, line, matrix + j, zero[j]);
            const int32_t result = g.out_zero + requantize(sum, multiplier[j], shift[j], g.rounding);
            to[j] = static_cast<uint8_t>(clamp_s32(result, g.low, g.high));
          }
        }
      }
    }
  }
}
