// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// float32 to quantised integers of up to 16 bits with scales along an axis or per block.
#include "backends/kernel_axis_scales.h"

namespace tinyc {
namespace portable_quantize_axis_f32 {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_float32(op)) return reason;
  const ir::Type& y = op.result_type();
  if (y.quant->per_tensor()) return "needs scales along an axis";
  if (ir::element_bits(y.element) > 16) return "needs integers of at most 16 bits";
  return std::nullopt;
}

inline Needs needs(const ir::Op& op, const Variant&) { return whole(op); }

inline Built build(const ir::Op& op, const Variant&) {
  const ir::Type& y = op.result_type();
  Built built;
  built.geometry = axis_scales_geometry(y);
  built.geometry.push_back({"bytes", ir::element_bytes(y.element)});
  built.geometry.push_back({"low", ir::lowest(y.element)});
  built.geometry.push_back({"high", ir::highest(y.element)});
  built.constants = {packed("scales", "per index of the axis, or per block", axis_scales(y)),
                     packed("zeros", "zero points, as the scales", axis_zero_points(y))};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return static_cast<double>(op.result_type().elements()) *
         (3 * t.load + t.store + 10 * t.alu + t.float_div + 4 * t.float_add);
}

}  // namespace portable_quantize_axis_f32

inline const KernelDef portable_quantize_axis_f32_kernel = {
    .name = "quantize_axis_f32",
    .isa = Isa::portable,
    .ops = {"quantize"},
    .types = "f32 -> integers",
    .summary = "float32 to quantised integers, scales per channel or block",
    .entry = "quantize_axis_f32",
    .geometry_type = "QuantizeAxisF32",
    .why_not = portable_quantize_axis_f32::why_not,
    .needs = portable_quantize_axis_f32::needs,
    .build = portable_quantize_axis_f32::build,
    .cycles = portable_quantize_axis_f32::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/axis_scales.h"
#include "backends/portable/shared/integers.h"
#include "runtime-stubs/tinyc_kernel.h"

// clamp(zero + round(x / scale)), ties to even.
struct QuantizeAxisF32 {
  int32_t outer, size, inner, block, bytes, low, high;
};

// Adding 1.5 * 2^23 leaves no room for a fraction: the sum is rounded, half to even. |value| < 2^22.
TINYC_KERNEL int32_t quantize_axis_f32_round(float value, float low, float high) {
  const float bounded = value != value ? 0.0f : value < low ? low : value > high ? high : value;
  const float raised = bounded + 12582912.0f;
  return static_cast<int32_t>(raised - 12582912.0f);
}

TINYC_KERNEL void quantize_axis_f32(const QuantizeAxisF32& g, const Rows& in, const Rows& out, const float* scales,
                                    const int32_t* zeros, int32_t y0, int32_t y1) {
  static_cast<void>(y1);
  const float* from = row_of<const float>(in, y0);
  uint8_t* to = row_at(out, y0);
  for_each_scaled(g, [&](int32_t element, int32_t k) {
    const int32_t steps = quantize_axis_f32_round(from[element] / scales[k], static_cast<float>(g.low - zeros[k]),
                                                  static_cast<float>(g.high - zeros[k]));
    store_integer(to + element * g.bytes, steps + zeros[k], g.bytes);
  });
}
