// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// float32 to quantised integers of 8 or 16 bits.
#include "backends/kernel_support.h"

namespace tinyc {
namespace portable_quantize_f32 {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_float32(op)) return reason;
  const ir::Type& y = op.result_type();
  if (!y.quant->per_tensor()) return "needs one scale for the tensor";
  if (ir::element_bits(y.element) > 16) return "needs integers of at most 16 bits";
  return std::nullopt;
}

inline Needs needs(const ir::Op& op, const Variant&) { return row_by_row(op, WriteFront::never); }

inline Built build(const ir::Op& op, const Variant&) {
  const ir::Type& y = op.result_type();
  const int64_t zero = y.quant->zero_point();
  Built built;
  built.geometry = {{"row_elements", row_elements(y)},
                    {"bytes", ir::element_bytes(y.element)},
                    {"zero", zero},
                    {"low", ir::lowest(y.element) - zero},
                    {"high", ir::highest(y.element) - zero},
                    {"away", ir::rounding_of(op) != ir::Rounding::nearest},
                    {"scale", static_cast<float>(y.quant->scale())}};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return static_cast<double>(op.result_type().elements()) *
         (t.load + t.store + 6 * t.alu + t.float_div + 4 * t.float_add);
}

}  // namespace portable_quantize_f32

inline const KernelDef portable_quantize_f32_kernel = {
    .name = "quantize_f32",
    .isa = Isa::portable,
    .ops = {"quantize"},
    .types = "f32 -> integers",
    .summary = "float32 to quantised integers",
    .entry = "quantize_f32",
    .geometry_type = "QuantizeF32",
    .mean_code_bytes = 180,
    .tflite_rounding = true,
    .why_not = portable_quantize_f32::why_not,
    .needs = portable_quantize_f32::needs,
    .build = portable_quantize_f32::build,
    .cycles = portable_quantize_f32::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/integers.h"
#include "runtime-stubs/tinyc_kernel.h"

// zero + clamp(round(x / scale)), ties to even or, with `away`, away from zero; low and high are without the zero
// point.
struct QuantizeF32 {
  int32_t row_elements, bytes, zero, low, high, away;
  float scale;
};

// Adding 1.5 * 2^23 leaves no room for a fraction: the sum is rounded, half to even. |value| < 2^22.
TINYC_KERNEL int32_t quantize_f32_round(float value, float low, float high, bool away) {
  const float bounded = value != value ? 0.0f : value < low ? low : value > high ? high : value;
  if (away) {
    const int32_t whole = static_cast<int32_t>(bounded);
    const float rest = bounded - static_cast<float>(whole);
    return whole + (rest >= 0.5f ? 1 : 0) - (rest <= -0.5f ? 1 : 0);
  }
  const float raised = bounded + 12582912.0f;
  return static_cast<int32_t>(raised - 12582912.0f);
}

TINYC_KERNEL void quantize_f32(const QuantizeF32& g, const Rows& in, const Rows& out, int32_t y0, int32_t y1) {
  for (int32_t y = y0; y < y1; ++y) {
    const float* from = row_of<const float>(in, y);
    uint8_t* to = row_at(out, y);
    for (int32_t i = 0; i < g.row_elements; ++i) {
      const int32_t steps =
          quantize_f32_round(from[i] / g.scale, static_cast<float>(g.low), static_cast<float>(g.high), g.away != 0);
      store_integer(to + i * g.bytes, steps + g.zero, g.bytes);
    }
  }
}
