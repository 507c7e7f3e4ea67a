// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// Quantised integers with scales along an axis or per block to float32.
#include "backends/kernel_axis_scales.h"

namespace tinyc {
namespace portable_dequantize_axis {

inline std::optional<std::string> why_not(const ir::Op& op) {
  const ir::Type& x = op.operand_type(0);
  if (x.quant->per_tensor()) return "needs scales along an axis";
  if (ir::element_bits(x.element) > 32) return "needs integers of at most 32 bits";
  return std::nullopt;
}

inline Needs needs(const ir::Op& op, const Variant&) { return whole(op); }

inline Built build(const ir::Op& op, const Variant&) {
  const ir::Type& x = op.operand_type(0);
  Built built;
  built.geometry = axis_scales_geometry(x);
  built.geometry.push_back({"bytes", ir::element_bytes(x.element)});
  built.geometry.push_back({"is_signed", ir::is_signed(x.element)});
  built.constants = {packed("scales", "per index of the axis, or per block", axis_scales(x)),
                     packed("zeros", "zero points, as the scales", axis_zero_points(x))};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return static_cast<double>(op.result_type().elements()) * (3 * t.load + t.store + 6 * t.alu + 2 * t.float_mul);
}

}  // namespace portable_dequantize_axis

inline const KernelDef portable_dequantize_axis_kernel = {
    .name = "dequantize_axis",
    .isa = Isa::portable,
    .ops = {"dequantize"},
    .types = "integers -> f32",
    .summary = "quantised integers to float32, scales per channel or block",
    .entry = "dequantize_axis",
    .geometry_type = "DequantizeAxis",
    .constant_rows = true,
    .why_not = portable_dequantize_axis::why_not,
    .needs = portable_dequantize_axis::needs,
    .build = portable_dequantize_axis::build,
    .cycles = portable_dequantize_axis::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/axis_scales.h"
#include "backends/portable/shared/integers.h"
#include "runtime-stubs/tinyc_kernel.h"

// (x - zero) * scale, one multiplication.
struct DequantizeAxis {
  int32_t outer, size, inner, block, bytes, is_signed;
};

TINYC_KERNEL void dequantize_axis(const DequantizeAxis& g, const Rows& in, const Rows& out, const float* scales,
                                  const int32_t* zeros, int32_t y0, int32_t y1) {
  static_cast<void>(y1);
  const uint8_t* from = row_at(in, y0);
  float* to = row_of<float>(out, y0);
  for_each_scaled(g, [&](int32_t element, int32_t k) {
    const int64_t value = load_integer(from + element * g.bytes, g.bytes, g.is_signed != 0) - zeros[k];
    to[element] = static_cast<float>(value) * scales[k];
  });
}
