// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// Rows written, or combined, at computed places.
#include "backends/kernel_support.h"

namespace tinyc {
namespace portable_scatter {

inline int64_t kind_of(const ir::Op& op) {
  const std::string& kind = op.text("reduction");
  return kind == "none" ? 0 : kind == "add" ? 1 : kind == "mul" ? 2 : kind == "max" ? 3 : 4;
}

inline std::optional<std::string> why_not(const ir::Op& op) {
  const ir::Element element = op.result_type().element;
  const bool known = element == ir::Element::f32 || (!ir::is_float(element) && element != ir::Element::u64);
  if (kind_of(op) != 0 && !known) return "combines float32 and integers of up to 63 bits only";
  return std::nullopt;
}

inline Needs needs(const ir::Op& op, const Variant&) { return whole(op); }

inline Built build(const ir::Op& op, const Variant&) {
  const ir::Type& x = op.operand_type(0);
  const ir::Type& indices = op.operand_type(1);
  const bool real = ir::is_float(x.element);
  Built built;
  built.geometry = {{"rows", x.shape[0]},
                    {"width", x.shape[1]},
                    {"count", indices.shape[0]},
                    {"reduction", kind_of(op)},
                    {"real", real},
                    {"element_bytes", ir::element_bytes(x.element)},
                    {"element_signed", !real && ir::is_integer(x.element) && ir::is_signed(x.element)},
                    {"index_bytes", ir::element_bytes(indices.element)},
                    {"index_signed", ir::is_signed(indices.element)}};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  const auto moved = static_cast<double>(op.result_type().elements() + op.operand_type(2).elements());
  return moved * (t.load + t.store + 2 * t.alu);
}

}  // namespace portable_scatter

inline const KernelDef portable_scatter_kernel = {
    .name = "scatter",
    .isa = Isa::portable,
    .ops = {"scatter"},
    .types = "any",
    .summary = "rows at computed places",
    .entry = "scatter",
    .geometry_type = "Scatter",
    .constant_rows = true,
    .why_not = portable_scatter::why_not,
    .needs = portable_scatter::needs,
    .build = portable_scatter::build,
    .cycles = portable_scatter::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include <string.h>

#include "backends/portable/shared/integers.h"
#include "runtime-stubs/tinyc_kernel.h"

// reduction: 0 none, 1 add, 2 multiply, 3 largest, 4 smallest.
struct Scatter {
  int32_t rows, width, count, reduction;
  int32_t real, element_bytes, element_signed, index_bytes, index_signed;
};

template <class T>
TINYC_KERNEL T scatter_extreme(T a, T b, bool largest) {
  return largest == (b > a) ? b : a;
}

TINYC_KERNEL void scatter_combine(const Scatter& g, uint8_t* to, const uint8_t* from) {
  if (g.real != 0) {
    const float a = load_as<float>(to);
    const float b = load_as<float>(from);
    store_as(to, g.reduction == 1 ? a + b : g.reduction == 2 ? a * b : scatter_extreme(a, b, g.reduction == 3));
    return;
  }
  const int64_t a = load_integer(to, g.element_bytes, g.element_signed != 0);
  const int64_t b = load_integer(from, g.element_bytes, g.element_signed != 0);
  const uint64_t ua = static_cast<uint64_t>(a);
  const uint64_t ub = static_cast<uint64_t>(b);
  const int64_t value = g.reduction == 1   ? static_cast<int64_t>(ua + ub)
                        : g.reduction == 2 ? static_cast<int64_t>(ua * ub)
                                           : scatter_extreme(a, b, g.reduction == 3);
  store_integer(to, value, g.element_bytes);
}

TINYC_KERNEL void scatter(const Scatter& g, const Rows& in, const Rows& indices, const Rows& updates, const Rows& out,
                          int32_t y0, int32_t y1) {
  static_cast<void>(y1);
  const int32_t row_bytes = g.width * g.element_bytes;
  const uint8_t* index = row_at(indices, 0);
  const uint8_t* from = row_at(updates, 0);
  uint8_t* to = row_at(out, y0);
  memcpy(to, row_at(in, y0), static_cast<size_t>(g.rows * row_bytes));
  for (int32_t i = 0; i < g.count; ++i, index += g.index_bytes, from += row_bytes) {
    const int64_t row = load_integer(index, g.index_bytes, g.index_signed != 0);
    if (row < 0 || row >= g.rows) continue;
    uint8_t* at = to + static_cast<int32_t>(row) * row_bytes;
    if (g.reduction == 0) {
      memcpy(at, from, static_cast<size_t>(row_bytes));
    } else {
      for (int32_t k = 0; k < row_bytes; k += g.element_bytes) scatter_combine(g, at + k, from + k);
    }
  }
}
