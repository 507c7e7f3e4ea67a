// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// 8-bit max pool, with a change of quantisation if there is one.
#include "backends/kernel_joined.h"
#include "backends/kernel_wide.h"

namespace tinyc {
namespace portable_max_pool_q8 {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_2d(op)) return reason;
  const ir::Type& x = op.operand_type(0);
  const ir::Type& y = op.result_type();
  const int bits = ir::element_bits(x.element);
  if (!ir::is_integer(x.element) || (bits != 8 && bits != 16)) return "needs integers of 8 or 16 bits";
  if (bits == 16 && !(x.element == y.element && x.quant == y.quant)) return "needs 8 bits to change the quantisation";
  if (!x.quantized() || bits == 16) return std::nullopt;
  if (auto reason = need_8bit(x, "its input")) return reason;
  return need_8bit(y, "its result");
}

inline Needs needs(const ir::Op& op, const Variant&) { return pool_needs(op); }

inline Built build(const ir::Op& op, const Variant&) {
  const ir::Type& x = op.operand_type(0);
  Built built;
  built.geometry = window_geometry(image_2d(op, op.integers("kernel")));
  built.geometry.push_back({"kind", narrow_kind(x)});
  built.geometry.push_back({"lowest", ir::lowest(x.element)});
  const bool requantized = x.quant != op.result_type().quant || x.element != op.result_type().element;
  built.geometry.push_back({"requantized", requantized});
  built.constants = {requantized ? packed("table", "result per operand byte", requantization_table(x, op.result_type()))
                                 : packed("table", "not used", std::vector<uint8_t>{0})};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  const auto taps = static_cast<double>(ir::element_count(op.integers("kernel")));
  return static_cast<double>(op.result_type().elements()) * (taps * (t.load + 3 * t.alu) + t.store + 10 * t.alu);
}

}  // namespace portable_max_pool_q8

inline const KernelDef portable_max_pool_q8_kernel = {
    .name = "max_pool_q8",
    .isa = Isa::portable,
    .ops = {"max_pool"},
    .types = "q8, q16 -> q8, q16",
    .summary = "8-bit max pool",
    .entry = "max_pool_q8",
    .geometry_type = "MaxPoolQ8",
    .loops_over_batch = true,
    .mean_code_bytes = 170,
    .why_not = portable_max_pool_q8::why_not,
    .needs = portable_max_pool_q8::needs,
    .build = portable_max_pool_q8::build,
    .cycles = portable_max_pool_q8::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/taps.h"
#include "backends/portable/shared/wide.h"
#include "runtime-stubs/tinyc_kernel.h"

// Largest integer of each window; padding never wins.
struct MaxPoolQ8 {
  int32_t in_h, in_w, in_c, out_w, out_c;
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_h, pad_w;
  int32_t kind, lowest, requantized;
};

TINYC_KERNEL void max_pool_q8(const MaxPoolQ8& g, const Rows& in, const Rows& out, const uint8_t* table, int32_t y0,
                              int32_t y1) {
  for (int32_t y = y0; y < y1; ++y) {
    uint8_t* to = row_at(out, y);
    const int32_t top = y * g.stride_h - g.pad_h;
    const Taps rows = taps_inside(top, g.kernel_h, g.dilation_h, g.in_h);
    for (int32_t x = 0; x < g.out_w; ++x) {
      const int32_t left = x * g.stride_w - g.pad_w;
      const Taps columns = taps_inside(left, g.kernel_w, g.dilation_w, g.in_w);
      for (int32_t c = 0; c < g.in_c; ++c) {
        int32_t largest = g.lowest;
        for (int32_t ky = rows.first; ky < rows.last; ++ky) {
          const uint8_t* row = row_at(in, top + ky * g.dilation_h);
          for (int32_t kx = columns.first; kx < columns.last; ++kx) {
            const int32_t value = load_narrow(row, (left + kx * g.dilation_w) * g.in_c + c, g.kind);
            largest = value > largest ? value : largest;
          }
        }
        const int32_t result = g.requantized != 0 ? table[static_cast<uint8_t>(largest)] : largest;
        store_narrow(to, x * g.in_c + c, g.kind, result);
      }
    }
  }
}
