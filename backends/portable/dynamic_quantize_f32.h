// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// float32 to u8 with scale and zero point from the data at hand.
#include "backends/kernel_support.h"

namespace tinyc {
namespace portable_dynamic_quantize_f32 {

inline std::optional<std::string> why_not(const ir::Op& op) { return need_float32(op); }

inline Needs needs(const ir::Op& op, const Variant&) { return whole(op); }

inline Built build(const ir::Op& op, const Variant&) {
  Built built;
  built.geometry = {{"elements", op.operand_type(0).elements()}};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return static_cast<double>(op.result_type().elements()) *
         (2 * t.load + t.store + 8 * t.alu + t.float_div + 6 * t.float_add);
}

}  // namespace portable_dynamic_quantize_f32

inline const KernelDef portable_dynamic_quantize_f32_kernel = {
    .name = "dynamic_quantize_f32",
    .isa = Isa::portable,
    .ops = {"dynamic_quantize"},
    .types = "f32 -> u8",
    .summary = "dynamic quantisation",
    .entry = "dynamic_quantize_f32",
    .geometry_type = "DynamicQuantizeF32",
    .mean_code_bytes = 190,
    .why_not = portable_dynamic_quantize_f32::why_not,
    .needs = portable_dynamic_quantize_f32::needs,
    .build = portable_dynamic_quantize_f32::build,
    .cycles = portable_dynamic_quantize_f32::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "runtime-stubs/tinyc_kernel.h"

// The range is that of the data and 0; every step in float32, ties to even.
struct DynamicQuantizeF32 {
  int32_t elements;
};

// Adding 1.5 * 2^23 leaves no room for a fraction: the sum is rounded, half to even. |value| < 2^22.
TINYC_KERNEL float dynamic_quantize_round(float value) {
  const float raised = value + 12582912.0f;
  return raised - 12582912.0f;
}

TINYC_KERNEL float dynamic_quantize_clamp(float value, float low, float high) {
  return value < low ? low : value > high ? high : value;
}

TINYC_KERNEL void dynamic_quantize_f32(const DynamicQuantizeF32& g, const Rows& in, const Rows& out, const Rows& scale,
                                       const Rows& zero_point, int32_t y0, int32_t y1) {
  static_cast<void>(y0);
  static_cast<void>(y1);
  const float* from = row_of<const float>(in, 0);
  float low = 0.0f;
  float high = 0.0f;
  for (int32_t i = 0; i < g.elements; ++i) {
    low = from[i] < low ? from[i] : low;
    high = from[i] > high ? from[i] : high;
  }
  const float step = low == high ? 1.0f : (high - low) / 255.0f;
  const float zero = dynamic_quantize_round(dynamic_quantize_clamp(0.0f - low / step, 0.0f, 255.0f));
  *row_of<float>(scale, 0) = step;
  *row_at(zero_point, 0) = static_cast<uint8_t>(zero);
  uint8_t* to = row_at(out, 0);
  for (int32_t i = 0; i < g.elements; ++i) {
    const float steps = dynamic_quantize_round(dynamic_quantize_clamp(from[i] / step, -1024.0f, 1024.0f));
    to[i] = static_cast<uint8_t>(dynamic_quantize_clamp(steps + zero, 0.0f, 255.0f));
  }
}
