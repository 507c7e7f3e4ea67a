// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// The same bytes elsewhere.
#include "backends/kernel_support.h"

namespace tinyc {
namespace portable_copy {

inline std::optional<std::string> why_not(const ir::Op& op) {
  return op.operand(0) ? std::nullopt : std::optional<std::string>("needs an operand");
}

inline Needs needs(const ir::Op& op, const Variant&) { return row_by_row(op, WriteFront::element); }

inline Built build(const ir::Op& op, const Variant&) {
  Built built;
  built.geometry = {{"row_bytes", row_elements(op.result_type()) * ir::element_bytes(op.result_type().element)}};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return static_cast<double>(op.result_type().bytes()) / 4 * (t.load_next + t.store + t.alu);
}

}  // namespace portable_copy

inline const KernelDef portable_copy_kernel = {
    .name = "copy",
    .isa = Isa::portable,
    .ops = {"copy"},
    .types = "any",
    .summary = "copies rows",
    .entry = "copy",
    .geometry_type = "Copy",
    .constant_rows = true,
    .why_not = portable_copy::why_not,
    .needs = portable_copy::needs,
    .build = portable_copy::build,
    .cycles = portable_copy::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include <string.h>

#include "runtime-stubs/tinyc_kernel.h"

struct Copy {
  int32_t row_bytes;
};

TINYC_KERNEL void copy(const Copy& g, const Rows& in, const Rows& out, int32_t y0, int32_t y1) {
  for (int32_t y = y0; y < y1; ++y) memmove(row_at(out, y), row_at(in, y), static_cast<size_t>(g.row_bytes));
}
