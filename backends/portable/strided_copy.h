// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// Transpose, slice and expand: every element of the result comes from a fixed step along each axis.
#include "backends/kernel_strided.h"

namespace tinyc {
namespace portable_strided_copy {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (strided_of(op)) return std::nullopt;
  return "needs at most 5 groups of axes";
}

inline Needs needs(const ir::Op& op, const Variant&) {
  const Strided strided = *strided_of(op);
  Needs needs = row_by_row(op, WriteFront::never);
  if (needs.inputs.empty()) return needs;
  needs.inputs[0].window = strided.window;
  needs.inputs[0].planes = strided.planes;
  if (strided.planes.count > 1) needs.front = WriteFront::row;
  return needs;
}

inline Built build(const ir::Op& op, const Variant&) {
  const Strided s = *strided_of(op);
  Built built;
  built.geometry = {{"size0", s.size[0]},
                    {"size1", s.size[1]},
                    {"size2", s.size[2]},
                    {"size3", s.size[3]},
                    {"size4", s.size[4]},
                    {"step0", s.step[0]},
                    {"step1", s.step[1]},
                    {"step2", s.step[2]},
                    {"step3", s.step[3]},
                    {"step4", s.step[4]},
                    {"row_first", s.row_first},
                    {"row_step", s.row_step},
                    {"start", s.start},
                    {"start_step", s.start_step},
                    {"element_bytes", ir::element_bytes(op.result_type().element)}};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return static_cast<double>(op.result_type().elements()) * (t.load + t.store + 4 * t.alu);
}

}  // namespace portable_strided_copy

inline const KernelDef portable_strided_copy_kernel = {
    .name = "strided_copy",
    .isa = Isa::portable,
    .ops = {"expand", "slice", "transpose"},
    .types = "any",
    .summary = "elements at fixed steps",
    .entry = "strided_copy",
    .geometry_type = "StridedCopy",
    .constant_rows = true,
    .mean_code_bytes = 60,
    .why_not = portable_strided_copy::why_not,
    .needs = portable_strided_copy::needs,
    .build = portable_strided_copy::build,
    .cycles = portable_strided_copy::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include <string.h>

#include "runtime-stubs/tinyc_kernel.h"

// Result row y starts `start + y * start_step` elements into operand row `row_first + y * row_step`. Its axis i has
// `size` positions that lie `step` elements apart in the operand.
struct StridedCopy {
  int32_t size0, size1, size2, size3, size4;
  int32_t step0, step1, step2, step3, step4;
  int32_t row_first, row_step, start, start_step;
  int32_t element_bytes;
};

// The innermost axis: a run, or element by element.
TINYC_KERNEL void strided_copy_line(const StridedCopy& g, uint8_t* to, const uint8_t* from) {
  if (g.step4 == 1) {
    memcpy(to, from, static_cast<size_t>(g.size4 * g.element_bytes));
  } else {
    for (int32_t e = 0; e < g.size4; ++e) {
      memcpy(to + e * g.element_bytes, from + e * g.step4 * g.element_bytes, static_cast<size_t>(g.element_bytes));
    }
  }
}

TINYC_KERNEL void strided_copy(const StridedCopy& g, const Rows& in, const Rows& out, int32_t y0, int32_t y1) {
  for (int32_t y = y0; y < y1; ++y) {
    const uint8_t* from = row_at(in, g.row_first + y * g.row_step) + (g.start + y * g.start_step) * g.element_bytes;
    uint8_t* to = row_at(out, y);
    for (int32_t a = 0; a < g.size0; ++a) {
      for (int32_t b = 0; b < g.size1; ++b) {
        for (int32_t c = 0; c < g.size2; ++c) {
          for (int32_t d = 0; d < g.size3; ++d, to += g.size4 * g.element_bytes) {
            strided_copy_line(g, to, from + (a * g.step0 + b * g.step1 + c * g.step2 + d * g.step3) * g.element_bytes);
          }
        }
      }
    }
  }
}
