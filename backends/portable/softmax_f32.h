// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// float32 softmax along any axis.
#include "backends/kernel_support.h"

namespace tinyc {
namespace portable_softmax_f32 {

inline std::optional<std::string> why_not(const ir::Op& op) { return need_float32(op); }

inline Needs needs(const ir::Op& op, const Variant&) { return axis_needs(op, WriteFront::row); }

inline Built build(const ir::Op& op, const Variant&) {
  const AxisInRow axis = axis_in_row(op, op.integer("axis"));
  Built built;
  built.geometry = {{"outer", axis.outer}, {"count", axis.count}, {"inner", axis.inner}, {"whole", axis.whole}};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return static_cast<double>(op.result_type().elements()) * (3 * t.load + 2 * t.store + 20 * t.float_mac + t.float_div);
}

}  // namespace portable_softmax_f32

inline const KernelDef portable_softmax_f32_kernel = {
    .name = "softmax_f32",
    .isa = Isa::portable,
    .ops = {"softmax"},
    .types = "f32 -> f32",
    .summary = "float32 softmax along any axis",
    .entry = "softmax_f32",
    .geometry_type = "SoftmaxF32",
    .mean_code_bytes = 130,
    .why_not = portable_softmax_f32::why_not,
    .needs = portable_softmax_f32::needs,
    .build = portable_softmax_f32::build,
    .cycles = portable_softmax_f32::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include <math.h>

#include "runtime-stubs/tinyc_kernel.h"

// `outer` times `count` elements that lie `inner` apart, for each of `inner` lines.
struct SoftmaxF32 {
  int32_t outer, count, inner;
  int32_t whole;  // the tensor is one row
};

TINYC_KERNEL void softmax_f32_line(const float* from, float* to, int32_t count, int32_t step) {
  float largest = from[0];
  for (int32_t i = 1; i < count; ++i) largest = from[i * step] > largest ? from[i * step] : largest;
  float sum = 0.0f;
  for (int32_t i = 0; i < count; ++i) {
    const float value = expf(from[i * step] - largest);
    to[i * step] = value;
    sum += value;
  }
  const float factor = 1.0f / sum;
  for (int32_t i = 0; i < count; ++i) to[i * step] *= factor;
}

TINYC_KERNEL void softmax_f32(const SoftmaxF32& g, const Rows& in, const Rows& out, int32_t y0, int32_t y1) {
  const int32_t end = g.whole != 0 ? y0 + 1 : y1;
  for (int32_t y = y0; y < end; ++y) {
    const float* from = row_of<const float>(in, y);
    float* to = row_of<float>(out, y);
    for (int32_t o = 0; o < g.outer; ++o) {
      for (int32_t i = 0; i < g.inner; ++i) {
        const int32_t start = o * g.count * g.inner + i;
        softmax_f32_line(from + start, to + start, g.count, g.inner);
      }
    }
  }
}
