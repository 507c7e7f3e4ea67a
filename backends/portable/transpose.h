// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// Permutes the axes of a tensor of up to six axes, any element of 1, 2, 4 or 8 bytes.
#include <algorithm>

#include "backends/kernel_support.h"

namespace tinyc {
namespace portable_transpose {

constexpr size_t kAxes = 6;

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (op.operand_type(0).shape.size() > kAxes) return "needs at most 6 axes";
  return std::nullopt;
}

inline Needs needs(const ir::Op& op, const Variant&) { return whole(op); }

// The result's axes with their strides in the operand, padded with axes of size 1 in front.
inline Built build(const ir::Op& op, const Variant&) {
  const ir::Shape& out = op.result_type().shape;
  const ir::Shape strides = ir::strides_of(op.operand_type(0).shape);
  const std::vector<int64_t>& perm = op.integers("perm");
  std::vector<int64_t> size(kAxes, 1);
  std::vector<int64_t> step(kAxes, 0);
  for (size_t i = 0; i < out.size(); ++i) {
    size[kAxes - out.size() + i] = out[i];
    step[kAxes - out.size() + i] = strides[static_cast<size_t>(perm[i])];
  }
  Built built;
  built.geometry = {{"size0", size[0]},
                    {"size1", size[1]},
                    {"size2", size[2]},
                    {"size3", size[3]},
                    {"size4", size[4]},
                    {"size5", size[5]},
                    {"step0", step[0]},
                    {"step1", step[1]},
                    {"step2", step[2]},
                    {"step3", step[3]},
                    {"step4", step[4]},
                    {"step5", step[5]},
                    {"element_bytes", ir::element_bytes(op.operand_type(0).element)}};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& timing) {
  return static_cast<double>(op.result_type().elements()) * (timing.load + timing.store + 4 * timing.alu);
}

}  // namespace portable_transpose

inline const KernelDef portable_transpose_kernel = {
    .name = "transpose",
    .isa = Isa::portable,
    .ops = {"transpose"},
    .types = "any",
    .summary = "axis permutation, element by element",
    .entry = "transpose",
    .geometry_type = "Transpose",
    .why_not = portable_transpose::why_not,
    .needs = portable_transpose::needs,
    .build = portable_transpose::build,
    .cycles = portable_transpose::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include <string.h>

#include "runtime-stubs/tinyc_kernel.h"

// Result axis i has `size` positions that lie `step` elements apart in the operand.
struct Transpose {
  int32_t size0, size1, size2, size3, size4, size5;
  int32_t step0, step1, step2, step3, step4, step5;
  int32_t element_bytes;
};

TINYC_KERNEL void transpose(const Transpose& g, const Rows& in, const Rows& out, int32_t y0, int32_t y1) {
  static_cast<void>(y0);
  static_cast<void>(y1);
  const uint8_t* from = row_at(in, 0);
  uint8_t* to = row_at(out, 0);
  for (int32_t a = 0; a < g.size0; ++a) {
    for (int32_t b = 0; b < g.size1; ++b) {
      for (int32_t c = 0; c < g.size2; ++c) {
        for (int32_t d = 0; d < g.size3; ++d) {
          for (int32_t e = 0; e < g.size4; ++e) {
            const int32_t start = a * g.step0 + b * g.step1 + c * g.step2 + d * g.step3 + e * g.step4;
            for (int32_t f = 0; f < g.size5; ++f, to += g.element_bytes) {
              memcpy(to, from + (start + f * g.step5) * g.element_bytes, static_cast<size_t>(g.element_bytes));
            }
          }
        }
      }
    }
  }
}
