// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// float32 resize along one or two axes: linear, cubic or antialiased, with tables of weights.
#include "backends/kernel_resize.h"

namespace tinyc {
namespace portable_resize_f32 {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_float32(op)) return reason;
  if (!resized_of(op)) return "needs at most two resized axes";
  return std::nullopt;
}

inline Needs needs(const ir::Op& op, const Variant&) { return resize_needs(op); }

inline Built build(const ir::Op& op, const Variant&) {
  const Resized r = *resized_of(op);
  Built built;
  built.geometry = resize_geometry(r);
  built.geometry.insert(built.geometry.end(), {{"taps_a", r.a.taps},
                                               {"taps_b", r.b.taps},
                                               {"extrapolates", r.extrapolates},
                                               {"outside", static_cast<float>(op.real("extrapolation"))}});

  built.constants = {packed("source_a", "[out_a][taps_a], operand positions", r.a.index),
                     packed("weight_a", "[out_a][taps_a]", r.a.weight),
                     packed("source_b", "[out_b][taps_b], operand positions", r.b.index),
                     packed("weight_b", "[out_b][taps_b]", r.b.weight)};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  const Resized r = *resized_of(op);
  const auto taps = static_cast<double>(r.a.taps * r.b.taps);
  return static_cast<double>(op.result_type().elements()) * (taps * (3 * t.load + 2 * t.float_mac + t.alu) + t.store);
}

}  // namespace portable_resize_f32

inline const KernelDef portable_resize_f32_kernel = {
    .name = "resize_f32",
    .isa = Isa::portable,
    .ops = {"resize"},
    .types = "f32 -> f32",
    .summary = "weighted resize",
    .entry = "resize_f32",
    .geometry_type = "ResizeF32",
    .why_not = portable_resize_f32::why_not,
    .needs = portable_resize_f32::needs,
    .build = portable_resize_f32::build,
    .cycles = portable_resize_f32::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "runtime-stubs/tinyc_kernel.h"

// The operand is [outer][in_a][middle][in_b][inner], the result has out_a and out_b instead. rows 1: axis a is the row
// axis. extrapolates 1: positions of -1 give `outside`.
struct ResizeF32 {
  int32_t outer, in_a, out_a, middle, in_b, out_b, inner, rows, taps_a, taps_b, extrapolates;
  float outside;
};

// One result element: a weighted sum over taps of both axes. `row` gives the plane of an operand position of axis a.
template <class Row>
TINYC_KERNEL void resize_f32_plane(const ResizeF32& g, float* to, const int32_t* source_a, const float* weight_a,
                                   const int32_t* source_b, const float* weight_b, Row row) {
  for (int32_t m = 0; m < g.middle; ++m) {
    for (int32_t b = 0; b < g.out_b; ++b) {
      const bool outside = g.extrapolates != 0 && (source_a[0] < 0 || source_b[b * g.taps_b] < 0);
      for (int32_t c = 0; c < g.inner; ++c) {
        if (outside) {
          *to++ = g.outside;
          continue;
        }
        float sum = 0.0f;
        for (int32_t p = 0; p < g.taps_a; ++p) {
          const float* line = row(source_a[p]) + m * g.in_b * g.inner + c;
          float part = 0.0f;
          for (int32_t q = 0; q < g.taps_b; ++q)
            part += weight_b[b * g.taps_b + q] * line[source_b[b * g.taps_b + q] * g.inner];
          sum += weight_a[p] * part;
        }
        *to++ = sum;
      }
    }
  }
}

TINYC_KERNEL void resize_f32(const ResizeF32& g, const Rows& in, const Rows& out, const int32_t* source_a,
                             const float* weight_a, const int32_t* source_b, const float* weight_b, int32_t y0,
                             int32_t y1) {
  if (g.rows != 0) {
    for (int32_t y = y0; y < y1; ++y) {
      resize_f32_plane(g, row_of<float>(out, y), source_a + y * g.taps_a, weight_a + y * g.taps_a, source_b, weight_b,
                       [&](int32_t a) { return row_of<const float>(in, a); });
    }
    return;
  }
  const int32_t in_plane = g.middle * g.in_b * g.inner;
  const int32_t out_plane = g.middle * g.out_b * g.inner;
  for (int32_t o = 0; o < g.outer; ++o) {
    const float* from = row_of<const float>(in, 0) + o * g.in_a * in_plane;
    for (int32_t a = 0; a < g.out_a; ++a) {
      float* to = row_of<float>(out, 0) + (o * g.out_a + a) * out_plane;
      resize_f32_plane(g, to, source_a + a * g.taps_a, weight_a + a * g.taps_a, source_b, weight_b,
                       [&](int32_t at) { return from + at * in_plane; });
    }
  }
}
