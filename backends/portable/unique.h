// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// Lines that differ, without further memory.
#include "backends/kernel_support.h"

namespace tinyc {
namespace portable_unique {

inline std::optional<std::string> why_not(const ir::Op& op) {
  const ir::Element element = op.operand_type(0).element;
  if (element == ir::Element::f32 || ir::is_integer(element) || element == ir::Element::b1) return std::nullopt;
  return "needs float32, integers or bool";
}

inline Needs needs(const ir::Op& op, const Variant&) { return whole(op); }

inline Built build(const ir::Op& op, const Variant&) {
  const ir::Type& x = op.operand_type(0);
  Built built;
  built.geometry = {{"lines", x.shape[0]},
                    {"width", x.shape[1]},
                    {"sorted", op.flag("sorted")},
                    {"real", x.element == ir::Element::f32},
                    {"element_bytes", ir::element_bytes(x.element)},
                    {"element_signed", ir::is_integer(x.element) && ir::is_signed(x.element)}};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  const ir::Type& x = op.operand_type(0);
  return (static_cast<double>(x.elements() * x.shape[0]) + 1) * (2 * t.load + 4 * t.alu);
}

}  // namespace portable_unique

inline const KernelDef portable_unique_kernel = {
    .name = "unique",
    .isa = Isa::portable,
    .ops = {"unique"},
    .types = "f32, integers, b1",
    .summary = "lines that differ",
    .entry = "unique",
    .geometry_type = "Unique",
    .constant_rows = true,
    .why_not = portable_unique::why_not,
    .needs = portable_unique::needs,
    .build = portable_unique::build,
    .cycles = portable_unique::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include <string.h>

#include "backends/portable/shared/integers.h"
#include "runtime-stubs/tinyc_kernel.h"

struct Unique {
  int32_t lines, width, sorted, real, element_bytes, element_signed;
};

// -1, 0 or 1 as line a stands before, with or after line b.
TINYC_KERNEL int32_t unique_compare(const Unique& g, const uint8_t* x, int64_t a, int64_t b) {
  const uint8_t* first = x + static_cast<int32_t>(a) * g.width * g.element_bytes;
  const uint8_t* second = x + static_cast<int32_t>(b) * g.width * g.element_bytes;
  for (int32_t i = 0; i < g.width; ++i, first += g.element_bytes, second += g.element_bytes) {
    if (g.real != 0) {
      const float va = load_as<float>(first), vb = load_as<float>(second);
      if (va < vb) return -1;
      if (!(va == vb)) return 1;
    } else {
      int64_t va = load_integer(first, g.element_bytes, g.element_signed != 0);
      int64_t vb = load_integer(second, g.element_bytes, g.element_signed != 0);
      if (g.element_signed == 0 && g.element_bytes == 8) va ^= INT64_MIN, vb ^= INT64_MIN;
      if (va != vb) return va < vb ? -1 : 1;
    }
  }
  return 0;
}

// Place among the first `count` indices of a line equal to line i; count if there is none.
TINYC_KERNEL int32_t unique_find(const Unique& g, const uint8_t* x, const int64_t* indices, int32_t count, int32_t i) {
  int32_t k = 0;
  while (k < count && unique_compare(g, x, indices[k], i) != 0) ++k;
  return k;
}

TINYC_KERNEL void unique(const Unique& g, const Rows& in, const Rows& out, const Rows& first, const Rows& inverse,
                         const Rows& counts, int32_t y0, int32_t y1) {
  static_cast<void>(y1);
  const uint8_t* x = row_at(in, 0);
  uint8_t* values = row_at(out, y0);
  int64_t* indices = row_of<int64_t>(first, 0);
  int64_t* places = row_of<int64_t>(inverse, 0);
  int64_t* numbers = row_of<int64_t>(counts, 0);
  int32_t count = 0;
  for (int32_t i = 0; i < g.lines; ++i) {
    if (unique_find(g, x, indices, count, i) < count) continue;
    int32_t at = count++;
    for (; g.sorted != 0 && at > 0 && unique_compare(g, x, indices[at - 1], i) > 0; --at) indices[at] = indices[at - 1];
    indices[at] = i;
  }
  const int32_t line = g.width * g.element_bytes;
  for (int32_t k = 0; k < g.lines; ++k) {
    numbers[k] = 0;
    if (k < count) {
      memcpy(values + k * line, x + static_cast<int32_t>(indices[k]) * line, static_cast<size_t>(line));
    } else {
      indices[k] = -1;
      memset(values + k * line, 0, static_cast<size_t>(line));
    }
  }
  for (int32_t i = 0; i < g.lines; ++i) {
    const int32_t k = unique_find(g, x, indices, count, i);
    places[i] = k < count ? k : 0;
    if (k < count) ++numbers[k];
  }
}
