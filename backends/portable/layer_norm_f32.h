// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// float32 layer normalisation over the last axes.
#include "backends/kernel_support.h"
#include "ir/ops/layer_norm.h"

namespace tinyc {
namespace portable_layer_norm_f32 {

// Scale or bias for every element of a line.
inline std::vector<float> parameter_of(const ir::Op& op, size_t operand, double fallback) {
  const std::vector<double> values = ir::layer_norm_parameter(op, operand, fallback);
  return {values.begin(), values.end()};
}

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_float32(op)) return reason;
  if (auto reason = need_constant(op, 1, "the scale")) return reason;
  return need_constant(op, 2, "the bias");
}

inline Needs needs(const ir::Op& op, const Variant&) {
  return last_axes(op, op.integer("axis")).whole ? whole(op) : row_by_row(op, WriteFront::row);
}

inline Built build(const ir::Op& op, const Variant&) {
  const LastAxes lines = last_axes(op, op.integer("axis"));
  Built built;
  built.geometry = {{"lines", lines.lines},
                    {"count", lines.count},
                    {"whole", lines.whole},
                    {"epsilon", static_cast<float>(op.real("epsilon"))}};
  built.constants = {packed("scale", "per element of a line", parameter_of(op, 1, 1)),
                     packed("bias", "per element of a line", parameter_of(op, 2, 0))};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return static_cast<double>(op.result_type().elements()) * (5 * t.load + t.store + 6 * t.float_mac);
}

}  // namespace portable_layer_norm_f32

inline const KernelDef portable_layer_norm_f32_kernel = {
    .name = "layer_norm_f32",
    .isa = Isa::portable,
    .ops = {"layer_norm"},
    .types = "f32 -> f32",
    .summary = "float32 layer normalisation",
    .entry = "layer_norm_f32",
    .geometry_type = "LayerNormF32",
    .why_not = portable_layer_norm_f32::why_not,
    .needs = portable_layer_norm_f32::needs,
    .build = portable_layer_norm_f32::build,
    .cycles = portable_layer_norm_f32::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include <math.h>

#include "runtime-stubs/tinyc_kernel.h"

// (x - mean) / sqrt(variance + epsilon) * scale + bias for every line of `count` elements.
struct LayerNormF32 {
  int32_t lines, count, whole;
  float epsilon;
};

TINYC_KERNEL void layer_norm_f32_line(const LayerNormF32& g, const float* from, float* to, const float* scale,
                                      const float* bias) {
  const float part = 1.0f / static_cast<float>(g.count);
  float sum = 0.0f;
  for (int32_t i = 0; i < g.count; ++i) sum += from[i];
  const float mean = sum * part;
  float squares = 0.0f;
  for (int32_t i = 0; i < g.count; ++i) squares += (from[i] - mean) * (from[i] - mean);
  const float factor = 1.0f / sqrtf(squares * part + g.epsilon);
  for (int32_t i = 0; i < g.count; ++i) to[i] = (from[i] - mean) * factor * scale[i] + bias[i];
}

TINYC_KERNEL void layer_norm_f32(const LayerNormF32& g, const Rows& in, const Rows& out, const float* scale,
                                 const float* bias, int32_t y0, int32_t y1) {
  const int32_t end = g.whole != 0 ? y0 + 1 : y1;
  for (int32_t y = y0; y < end; ++y) {
    const float* from = row_of<const float>(in, y);
    float* to = row_of<float>(out, y);
    for (int32_t i = 0; i < g.lines; ++i) layer_norm_f32_line(g, from + i * g.count, to + i * g.count, scale, bias);
  }
}
