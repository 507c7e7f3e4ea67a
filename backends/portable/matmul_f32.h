// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// float32 product of matrices, four columns at a time.
#include "backends/kernel_conv.h"
#include "backends/kernel_functions.h"
#include "backends/kernel_reduce.h"

namespace tinyc {
namespace portable_matmul_f32 {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_float32(op)) return reason;
  if (auto reason = need_float_activation(op)) return reason;
  return need_products(op);
}

inline Needs needs(const ir::Op& op, const Variant&) { return products_needs(op); }

inline Built build(const ir::Op& op, const Variant&) {
  Built built;
  built.geometry = products_geometry(*products_of(op));
  set_function(built, float_activation(op));
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return layer_cycles(op, t.load + t.load_next + t.float_mac + t.alu, t.store + 6 * t.alu);
}

}  // namespace portable_matmul_f32

inline const KernelDef portable_matmul_f32_kernel = {
    .name = "matmul_f32",
    .isa = Isa::portable,
    .ops = {"matmul"},
    .types = "f32 x f32 -> f32",
    .summary = "float32 product of matrices",
    .entry = "matmul_f32",
    .geometry_type = "MatmulF32",
    .constant_rows = true,
    .mean_code_bytes = 380,
    .why_not = portable_matmul_f32::why_not,
    .needs = portable_matmul_f32::needs,
    .build = portable_matmul_f32::build,
    .cycles = portable_matmul_f32::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/dot_f32.h"
#include "runtime-stubs/tinyc_kernel.h"

// y row = two batch axes of `lines` lines: [lines][depth] times [depth][columns].
struct MatmulF32 {
  int32_t batch0, batch1, a0, a1, b0, b1;
  int32_t lines, depth, columns;
  int32_t a_by_row, a_row, b_by_row, b_row;
};

template <class Activation>
TINYC_KERNEL void matmul_f32(const MatmulF32& g, const Rows& a, const Rows& b, const Rows& out, Activation activation,
                             int32_t y0, int32_t y1) {
  for (int32_t y = y0; y < y1; ++y) {
    const float* from_a = row_of<const float>(a, y * g.a_by_row) + y * g.a_row;
    const float* from_b = row_of<const float>(b, y * g.b_by_row) + y * g.b_row;
    float* to = row_of<float>(out, y);
    for (int32_t p = 0; p < g.batch0; ++p) {
      for (int32_t q = 0; q < g.batch1; ++q) {
        const float* line = from_a + p * g.a0 + q * g.a1;
        const float* matrix = from_b + p * g.b0 + q * g.b1;
        for (int32_t i = 0; i < g.lines; ++i, line += g.depth, to += g.columns) {
          int32_t j = 0;
          for (; j + 4 <= g.columns; j += 4) {
            Sums4F32 sums = {0.0f, 0.0f, 0.0f, 0.0f};
            dot4_f32(sums, line, matrix + j, g.depth, g.columns);
            to[j] = activation(sums.s0);
            to[j + 1] = activation(sums.s1);
            to[j + 2] = activation(sums.s2);
            to[j + 3] = activation(sums.s3);
          }
          for (; j < g.columns; ++j) to[j] = activation(dot_f32(0.0f, line, matrix + j, g.depth, g.columns));
        }
      }
    }
  }
}
