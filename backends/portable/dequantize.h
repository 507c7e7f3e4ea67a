// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// Quantised integers of any width to float32.
#include "backends/kernel_support.h"

namespace tinyc {
namespace portable_dequantize {

inline std::optional<std::string> why_not(const ir::Op& op) {
  const ir::Type& x = op.operand_type(0);
  if (!x.quant->per_tensor()) return "needs one scale for the tensor";
  if (ir::element_bits(x.element) > 32) return "needs integers of at most 32 bits";
  return std::nullopt;
}

inline Needs needs(const ir::Op& op, const Variant&) { return row_by_row(op, WriteFront::never); }

inline Built build(const ir::Op& op, const Variant&) {
  const ir::Type& x = op.operand_type(0);
  Built built;
  built.geometry = {{"row_elements", row_elements(x)},
                    {"bytes", ir::element_bytes(x.element)},
                    {"is_signed", ir::is_signed(x.element)},
                    {"zero", x.quant->zero_point()},
                    {"scale", static_cast<float>(x.quant->scale())}};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return static_cast<double>(op.result_type().elements()) * (t.load + t.store + 3 * t.alu + 2 * t.float_mul);
}

}  // namespace portable_dequantize

inline const KernelDef portable_dequantize_kernel = {
    .name = "dequantize",
    .isa = Isa::portable,
    .ops = {"dequantize"},
    .types = "integers -> f32",
    .summary = "quantised integers to float32",
    .entry = "dequantize",
    .geometry_type = "Dequantize",
    .constant_rows = true,
    .mean_code_bytes = 60,
    .why_not = portable_dequantize::why_not,
    .needs = portable_dequantize::needs,
    .build = portable_dequantize::build,
    .cycles = portable_dequantize::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/integers.h"
#include "runtime-stubs/tinyc_kernel.h"

// (x - zero) * scale, one multiplication.
struct Dequantize {
  int32_t row_elements, bytes, is_signed, zero;
  float scale;
};

TINYC_KERNEL void dequantize(const Dequantize& g, const Rows& in, const Rows& out, int32_t y0, int32_t y1) {
  for (int32_t y = y0; y < y1; ++y) {
    const uint8_t* from = row_at(in, y);
    float* to = row_of<float>(out, y);
    for (int32_t i = 0; i < g.row_elements; ++i) {
      const int64_t value = load_integer(from + i * g.bytes, g.bytes, g.is_signed != 0) - g.zero;
      // 8 and 16 bits are exact in 32-bit arithmetic, which is quicker.
      to[i] = (g.bytes < 4 ? static_cast<float>(static_cast<int32_t>(value)) : static_cast<float>(value)) * g.scale;
    }
  }
}
