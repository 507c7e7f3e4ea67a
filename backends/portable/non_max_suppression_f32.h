// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// Non-maximum suppression of boxes, without further memory.
#include <algorithm>

#include "backends/kernel_support.h"

namespace tinyc {
namespace portable_non_max_suppression_f32 {

inline std::optional<std::string> why_not(const ir::Op& op) { return need_float32(op); }

inline Needs needs(const ir::Op& op, const Variant&) { return whole(op); }

inline Built build(const ir::Op& op, const Variant&) {
  const ir::Shape& scores = op.operand_type(1).shape;
  Built built;
  built.geometry = {{"images", scores[0]},
                    {"classes", scores[1]},
                    {"boxes", scores[2]},
                    {"most", std::min(op.integer("most"), scores[2])},
                    {"rows", op.result_type().shape[0]},
                    {"centred", op.flag("centred")},
                    {"overlap", static_cast<float>(op.real("overlap"))},
                    {"threshold", static_cast<float>(op.real("threshold"))}};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  const auto scores = static_cast<double>(op.operand_type(1).elements());
  return (scores * static_cast<double>(op.operand_type(0).shape[1]) + 1) * (t.load + 4 * t.alu);
}

}  // namespace portable_non_max_suppression_f32

inline const KernelDef portable_non_max_suppression_f32_kernel = {
    .name = "non_max_suppression_f32",
    .isa = Isa::portable,
    .ops = {"non_max_suppression"},
    .types = "f32 -> i64",
    .summary = "boxes with the best scores that do not overlap",
    .entry = "non_max_suppression_f32",
    .geometry_type = "NonMaxSuppressionF32",
    .constant_rows = true,
    .why_not = portable_non_max_suppression_f32::why_not,
    .needs = portable_non_max_suppression_f32::needs,
    .build = portable_non_max_suppression_f32::build,
    .cycles = portable_non_max_suppression_f32::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "runtime-stubs/tinyc_kernel.h"

// boxes [images][boxes][4], scores [images][classes][boxes], selected [rows][3].
struct NonMaxSuppressionF32 {
  int32_t images, classes, boxes, most, rows, centred;
  float overlap, threshold;
};

struct NonMaxSuppressionBox {
  float low_y, low_x, high_y, high_x;
};

TINYC_KERNEL float non_max_suppression_least(float a, float b) { return b < a ? b : a; }
TINYC_KERNEL float non_max_suppression_most(float a, float b) { return a < b ? b : a; }

TINYC_KERNEL NonMaxSuppressionBox non_max_suppression_box(const NonMaxSuppressionF32& g, const float* b) {
  if (g.centred != 0) {
    const float half_w = b[2] / 2.0f, half_h = b[3] / 2.0f;
    return {b[1] - half_h, b[0] - half_w, b[1] + half_h, b[0] + half_w};
  }
  return {non_max_suppression_least(b[0], b[2]), non_max_suppression_least(b[1], b[3]),
          non_max_suppression_most(b[0], b[2]), non_max_suppression_most(b[1], b[3])};
}

TINYC_KERNEL bool non_max_suppression_hides(const NonMaxSuppressionF32& g, const float* first, const float* second) {
  const NonMaxSuppressionBox a = non_max_suppression_box(g, first), b = non_max_suppression_box(g, second);
  const float height = non_max_suppression_least(a.high_y, b.high_y) - non_max_suppression_most(a.low_y, b.low_y);
  const float width = non_max_suppression_least(a.high_x, b.high_x) - non_max_suppression_most(a.low_x, b.low_x);
  if (!(height > 0.0f && width > 0.0f)) return false;
  const float common = height * width;
  const float area_a = (a.high_y - a.low_y) * (a.high_x - a.low_x);
  const float area_b = (b.high_y - b.low_y) * (b.high_x - b.low_x);
  return common > g.overlap * (area_a + area_b - common);
}

// The box whose score follows that of `last` in falling order, positions ascending among equals; -1 at the end.
TINYC_KERNEL int32_t non_max_suppression_next(const NonMaxSuppressionF32& g, const float* scores, int32_t last) {
  int32_t best = -1;
  for (int32_t i = 0; i < g.boxes; ++i) {
    const float score = scores[i];
    if (!(score > g.threshold)) continue;
    if (last >= 0 && (score > scores[last] || (score == scores[last] && i <= last))) continue;
    if (best < 0 || score > scores[best]) best = i;
  }
  return best;
}

TINYC_KERNEL void non_max_suppression_f32(const NonMaxSuppressionF32& g, const Rows& boxes, const Rows& scores,
                                          const Rows& out, int32_t y0, int32_t y1) {
  static_cast<void>(y1);
  const float* box = row_of<const float>(boxes, 0);
  const float* score = row_of<const float>(scores, 0);
  int64_t* selected = row_of<int64_t>(out, y0);
  int32_t row = 0;
  for (int32_t n = 0; n < g.images; ++n, box += g.boxes * 4) {
    for (int32_t c = 0; c < g.classes; ++c, score += g.boxes) {
      const int32_t first = row;
      int32_t next = -1;
      while (row - first < g.most && (next = non_max_suppression_next(g, score, next)) >= 0) {
        bool hidden = false;
        for (int32_t k = first; k < row && !hidden; ++k)
          hidden = non_max_suppression_hides(g, box + selected[k * 3 + 2] * 4, box + next * 4);
        if (hidden) continue;
        selected[row * 3] = n;
        selected[row * 3 + 1] = c;
        selected[row * 3 + 2] = next;
        ++row;
      }
    }
  }
  for (int32_t i = row * 3; i < g.rows * 3; ++i) selected[i] = -1;
}
