// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// Padding before and after along axes: constant, edge, reflect, wrap.
#include "backends/kernel_padded.h"

namespace tinyc {
namespace portable_pad {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (padded_of(op)) return std::nullopt;
  return "needs padding on at most 3 axes besides the rows";
}

inline Needs needs(const ir::Op& op, const Variant&) {
  const Padded padded = *padded_of(op);
  Needs needs = row_by_row(op, WriteFront::never);
  if (!needs.inputs.empty()) needs.inputs[0].window = padded.window;
  return needs;
}

inline Built build(const ir::Op& op, const Variant&) {
  const Padded p = *padded_of(op);
  Built built;
  built.geometry = {{"rows", p.rows},       {"row_begin", p.row_begin},
                    {"in0", p.in[0]},       {"in1", p.in[1]},
                    {"in2", p.in[2]},       {"begin0", p.begin[0]},
                    {"begin1", p.begin[1]}, {"begin2", p.begin[2]},
                    {"out0", p.out[0]},     {"out1", p.out[1]},
                    {"out2", p.out[2]},     {"inner", p.inner},
                    {"mode", p.mode},       {"element_bytes", ir::element_bytes(op.result_type().element)}};
  built.constants = {packed("fill", "the constant", p.fill)};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return static_cast<double>(op.result_type().elements()) * (t.load + t.store + 3 * t.alu);
}

}  // namespace portable_pad

inline const KernelDef portable_pad_kernel = {
    .name = "pad",
    .isa = Isa::portable,
    .ops = {"pad"},
    .types = "any",
    .summary = "padding along axes",
    .entry = "pad",
    .geometry_type = "Pad",
    .constant_rows = true,
    .why_not = portable_pad::why_not,
    .needs = portable_pad::needs,
    .build = portable_pad::build,
    .cycles = portable_pad::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include <string.h>

#include "runtime-stubs/tinyc_kernel.h"

// Operand [rows][in0][in1][in2][inner], result [...][out0][out1][out2][inner]. rows 0: there is no row axis.
// mode: 0 constant, 1 edge, 2 reflect, 3 wrap.
struct Pad {
  int32_t rows, row_begin;
  int32_t in0, in1, in2, begin0, begin1, begin2, out0, out1, out2;
  int32_t inner, mode, element_bytes;
};

// Where position `at` of an axis reads; -1 = the constant.
TINYC_KERNEL int32_t pad_source(int32_t at, int32_t count, int32_t mode) {
  if (at >= 0 && at < count) return at;
  if (mode == 0) return -1;
  if (mode == 1) return at < 0 ? 0 : count - 1;
  const int32_t period = mode == 3 ? count : count > 1 ? 2 * (count - 1) : 1;
  const int32_t in_period = (at % period + period) % period;
  return in_period < count ? in_period : period - in_period;
}

TINYC_KERNEL uint8_t* pad_fill(const Pad& g, uint8_t* to, const void* fill, int32_t elements) {
  for (int32_t i = 0; i < elements; ++i, to += g.element_bytes) memcpy(to, fill, static_cast<size_t>(g.element_bytes));
  return to;
}

// The two inner axes of one line.
TINYC_KERNEL uint8_t* pad_line(const Pad& g, uint8_t* to, const uint8_t* from, const void* fill) {
  const int32_t bytes = g.inner * g.element_bytes;
  for (int32_t b = 0; b < g.out1; ++b) {
    const int32_t from1 = pad_source(b - g.begin1, g.in1, g.mode);
    if (from1 < 0) {
      to = pad_fill(g, to, fill, g.out2 * g.inner);
      continue;
    }
    for (int32_t c = 0; c < g.out2; ++c) {
      const int32_t from2 = pad_source(c - g.begin2, g.in2, g.mode);
      if (from2 < 0) {
        to = pad_fill(g, to, fill, g.inner);
        continue;
      }
      memcpy(to, from + (from1 * g.in2 + from2) * bytes, static_cast<size_t>(bytes));
      to += bytes;
    }
  }
  return to;
}

TINYC_KERNEL void pad(const Pad& g, const Rows& in, const Rows& out, const uint8_t* fill, int32_t y0, int32_t y1) {
  for (int32_t y = y0; y < y1; ++y) {
    uint8_t* to = row_at(out, y);
    const int32_t row = g.rows == 0 ? y : pad_source(y - g.row_begin, g.rows, g.mode);
    if (row < 0) {
      pad_fill(g, to, fill, g.out0 * g.out1 * g.out2 * g.inner);
      continue;
    }
    const uint8_t* from = row_at(in, row);
    for (int32_t a = 0; a < g.out0; ++a) {
      const int32_t from0 = pad_source(a - g.begin0, g.in0, g.mode);
      if (from0 < 0) {
        to = pad_fill(g, to, fill, g.out1 * g.out2 * g.inner);
      } else {
        to = pad_line(g, to, from + from0 * g.in1 * g.in2 * g.inner * g.element_bytes, fill);
      }
    }
  }
}
