// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// 8-bit integers to integers of 2 and 4 bits, which take a byte each: the low bits.
#include "backends/kernel_support.h"

namespace tinyc {
namespace portable_cast_narrow {

inline std::optional<std::string> why_not(const ir::Op& op) {
  const ir::Element from = op.operand_type(0).element, to = op.result_type().element;
  if (!ir::is_integer(to) || ir::element_bits(to) >= 8) return "needs a result of 2 or 4 bits";
  if (!ir::is_integer(from) || ir::element_bytes(from) != 1) return "needs an integer of at most 8 bits";
  return std::nullopt;
}

inline Needs needs(const ir::Op& op, const Variant&) { return row_by_row(op, WriteFront::element); }

inline Built build(const ir::Op& op, const Variant&) {
  const ir::Element to = op.result_type().element;
  Built built;
  built.geometry = {{"row_elements", row_elements(op.result_type())},
                    {"bits", ir::element_bits(to)},
                    {"is_signed", ir::is_signed(to)}};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return static_cast<double>(op.result_type().elements()) * (t.load + t.store + 3 * t.alu);
}

}  // namespace portable_cast_narrow

inline const KernelDef portable_cast_narrow_kernel = {
    .name = "cast_narrow",
    .isa = Isa::portable,
    .ops = {"cast"},
    .types = "8 bits -> i4, u4, i2, u2",
    .summary = "low bits of 8-bit integers",
    .entry = "cast_narrow",
    .geometry_type = "CastNarrow",
    .constant_rows = true,
    .why_not = portable_cast_narrow::why_not,
    .needs = portable_cast_narrow::needs,
    .build = portable_cast_narrow::build,
    .cycles = portable_cast_narrow::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "runtime-stubs/tinyc_kernel.h"

struct CastNarrow {
  int32_t row_elements, bits, is_signed;
};

TINYC_KERNEL void cast_narrow(const CastNarrow& g, const Rows& in, const Rows& out, int32_t y0, int32_t y1) {
  const int32_t sign = g.is_signed != 0 ? 1 << (g.bits - 1) : 0;
  for (int32_t y = y0; y < y1; ++y) {
    const uint8_t* from = row_at(in, y);
    uint8_t* to = row_at(out, y);
    for (int32_t i = 0; i < g.row_elements; ++i) {
      const int32_t low = from[i] & ((1 << g.bits) - 1);
      to[i] = static_cast<uint8_t>((low ^ sign) - sign);
    }
  }
}
