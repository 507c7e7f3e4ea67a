// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// 8-bit resize along one or two axes: linear, cubic or antialiased, with tables of weights in fixed point.
#include <algorithm>

#include "backends/kernel_resize.h"
#include "ir/ops/resampling.h"

namespace tinyc {
namespace portable_resize_q8 {

// Of the sums, in units of 2^-20 where any axis changes.
inline ir::FixedPoint scale_of(const ir::Op& op, const Resized& r) {
  ir::FixedPoint scale = ir::to_fixed_point(op.operand_type(0).quant->scale() / op.result_type().quant->scale());
  scale.shift += std::max(r.a.bits, r.b.bits);
  return scale;
}

constexpr int64_t kLargestSum = (int64_t{1} << 31) - 1;

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_8bit(op.operand_type(0), "its input")) return reason;
  if (auto reason = need_8bit(op.result_type(), "its result")) return reason;
  const std::optional<Resized> r = resized_of(op);
  if (!r || r->extrapolates) return "needs at most two resized axes, and no extrapolation";
  const ir::FixedPoint scale = scale_of(op, *r);
  if (scale.shift > 62 || !fits_requantize(scale, kLargestSum))
    return "needs an output scale that is neither far above nor far below the input's";
  return std::nullopt;
}

inline Needs needs(const ir::Op& op, const Variant&) { return resize_needs(op); }

inline Built build(const ir::Op& op, const Variant&) {
  const Resized r = *resized_of(op);
  const ir::FixedPoint scale = scale_of(op, r);
  const ir::Type& in = op.operand_type(0);
  const ir::Type& out = op.result_type();
  Built built;
  built.geometry = resize_geometry(r);
  built.geometry.insert(built.geometry.end(), {{"taps_a", r.a.taps},
                                               {"taps_b", r.b.taps},
                                               {"extra_bits", std::min(r.a.bits, r.b.bits)},
                                               {"multiplier", scale.multiplier},
                                               {"shift", scale.shift},
                                               {"in_zero", in.quant->zero_point()},
                                               {"out_zero", out.quant->zero_point()},
                                               {"low", ir::lowest(out.element)},
                                               {"high", ir::highest(out.element)},
                                               {"in_unsigned", is_unsigned_8(in)},
                                               {"rounding", ir::tie_possible(scale, kLargestSum) ? 1 : 0}});
  built.constants = {packed("source_a", "[out_a][taps_a], operand positions", r.a.index),
                     packed("weight_a", "[out_a][taps_a], in units of 2^-20", r.a.fixed),
                     packed("source_b", "[out_b][taps_b], operand positions", r.b.index),
                     packed("weight_b", "[out_b][taps_b], in units of 2^-20", r.b.fixed)};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  const Resized r = *resized_of(op);
  const auto taps = static_cast<double>(r.a.taps * r.b.taps);
  return static_cast<double>(op.result_type().elements()) *
         (taps * (3 * t.load + 3 * t.alu) + t.mul_wide + 12 * t.alu + t.store);
}

}  // namespace portable_resize_q8

inline const KernelDef portable_resize_q8_kernel = {
    .name = "resize_q8",
    .isa = Isa::portable,
    .ops = {"resize"},
    .types = "q8 -> q8",
    .summary = "weighted resize of quantised integers",
    .entry = "resize_q8",
    .geometry_type = "ResizeQ8",
    .why_not = portable_resize_q8::why_not,
    .needs = portable_resize_q8::needs,
    .build = portable_resize_q8::build,
    .cycles = portable_resize_q8::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "runtime-stubs/tinyc_kernel.h"

// The operand is [outer][in_a][middle][in_b][inner], the result has out_a and out_b instead. rows 1: axis a is the row
// axis. extra_bits of a sum are those of weights of two axes, beyond the 20 of one.
struct ResizeQ8 {
  int32_t outer, in_a, out_a, middle, in_b, out_b, inner, rows, taps_a, taps_b;
  int32_t extra_bits, multiplier, shift, in_zero, out_zero, low, high, in_unsigned, rounding;
};

TINYC_KERNEL uint8_t resize_q8_result(const ResizeQ8& g, int64_t sum) {
  const int32_t value = g.extra_bits == 0 ? static_cast<int32_t>(sum) : round_shift_half_up(sum, g.extra_bits);
  const int32_t steps = requantize(value, g.multiplier, g.shift, g.rounding);
  return static_cast<uint8_t>(clamp_s32(steps + g.out_zero, g.low, g.high));
}

// The results of one position of axis a: weighted sums over taps of both axes. `row` gives the plane of an operand
// position of axis a.
template <class Row>
TINYC_KERNEL void resize_q8_plane(const ResizeQ8& g, uint8_t* to, const int32_t* source_a, const int32_t* weight_a,
                                  const int32_t* source_b, const int32_t* weight_b, Row row) {
  for (int32_t m = 0; m < g.middle; ++m) {
    for (int32_t b = 0; b < g.out_b; ++b) {
      for (int32_t c = 0; c < g.inner; ++c) {
        int64_t sum = 0;
        for (int32_t p = 0; p < g.taps_a; ++p) {
          const uint8_t* line = row(source_a[p]) + m * g.in_b * g.inner + c;
          int32_t part = 0;
          for (int32_t q = 0; q < g.taps_b; ++q) {
            const int32_t at = source_b[b * g.taps_b + q] * g.inner;
            part += weight_b[b * g.taps_b + q] * (load_8(line, at, g.in_unsigned != 0) - g.in_zero);
          }
          sum += static_cast<int64_t>(weight_a[p]) * part;
        }
        *to++ = resize_q8_result(g, sum);
      }
    }
  }
}

TINYC_KERNEL void resize_q8(const ResizeQ8& g, const Rows& in, const Rows& out, const int32_t* source_a,
                            const int32_t* weight_a, const int32_t* source_b, const int32_t* weight_b, int32_t y0,
                            int32_t y1) {
  if (g.rows != 0) {
    for (int32_t y = y0; y < y1; ++y) {
      resize_q8_plane(g, row_at(out, y), source_a + y * g.taps_a, weight_a + y * g.taps_a, source_b, weight_b,
                      [&](int32_t a) { return row_at(in, a); });
    }
    return;
  }
  const int32_t in_plane = g.middle * g.in_b * g.inner;
  const int32_t out_plane = g.middle * g.out_b * g.inner;
  for (int32_t o = 0; o < g.outer; ++o) {
    const uint8_t* from = row_at(in, 0) + o * g.in_a * in_plane;
    for (int32_t a = 0; a < g.out_a; ++a) {
      uint8_t* to = row_at(out, 0) + (o * g.out_a + a) * out_plane;
      resize_q8_plane(g, to, source_a + a * g.taps_a, weight_a + a * g.taps_a, source_b, weight_b,
                      [&](int32_t at) { return from + at * in_plane; });
    }
  }
}
