// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// Images read at computed places.
#include "backends/kernel_support.h"

namespace tinyc {
namespace portable_grid_sample_f32 {

inline std::optional<std::string> why_not(const ir::Op& op) { return need_float32(op); }

inline Needs needs(const ir::Op& op, const Variant&) { return whole(op); }

inline Built build(const ir::Op& op, const Variant&) {
  const ir::Shape& x = op.operand_type(0).shape;
  const int64_t axes = static_cast<int64_t>(x.size()) - 2;
  const auto size = [&](int64_t from_end) {
    return from_end <= axes ? x[x.size() - static_cast<size_t>(from_end)] : 1;
  };
  const std::string &mode = op.text("mode"), &padding = op.text("padding");
  const int64_t images = x[0], channels = x[1];
  Built built;
  built.geometry = {{"images", images},
                    {"channels", channels},
                    {"points", op.operand_type(1).elements() / (axes * images)},
                    {"axes", axes},
                    {"in_d", size(3)},
                    {"in_h", size(2)},
                    {"in_w", size(1)},
                    {"mode", mode == "nearest"  ? 1
                             : mode == "linear" ? 2
                                                : 4},
                    {"padding", padding == "zeros"    ? 0
                                : padding == "border" ? 1
                                                      : 2},
                    {"align_corners", op.flag("align_corners")},
                    {"pixels", op.flag("pixels")}};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  const double taps = op.text("mode") == "nearest" ? 1 : op.text("mode") == "linear" ? 4 : 16;
  return static_cast<double>(op.result_type().elements()) * (taps * (t.load + t.float_mac) + 20 * t.alu);
}

}  // namespace portable_grid_sample_f32

inline const KernelDef portable_grid_sample_f32_kernel = {
    .name = "grid_sample_f32",
    .isa = Isa::portable,
    .ops = {"grid_sample"},
    .types = "f32",
    .summary = "images at computed places",
    .entry = "grid_sample_f32",
    .geometry_type = "GridSampleF32",
    .constant_rows = true,
    .why_not = portable_grid_sample_f32::why_not,
    .needs = portable_grid_sample_f32::needs,
    .build = portable_grid_sample_f32::build,
    .cycles = portable_grid_sample_f32::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include <math.h>

#include "runtime-stubs/tinyc_kernel.h"

// mode: taps per axis, 1 nearest, 2 linear, 4 cubic. padding: 0 zeros, 1 border, 2 reflection.
struct GridSampleF32 {
  int32_t images, channels, points, axes, in_d, in_h, in_w;
  int32_t mode, padding, align_corners, pixels;
};

// at -1: outside, counts as 0.
struct GridSampleTaps {
  int32_t at[4];
  float weights[4];
};

TINYC_KERNEL float grid_sample_reflected(float x, float low, float high) {
  const float range = high - low;
  if (range <= 0.0f) return low;
  if (x >= low && x <= high) return x;
  const bool below = x < low;
  const float over = below ? low - x : x - high;
  const float turns = floorf(over / range);
  const float rest = over - turns * range;
  const bool even = turns - 2.0f * floorf(turns * 0.5f) < 0.5f;
  return below == even ? low + rest : high - rest;
}

TINYC_KERNEL float grid_sample_clamped(float x, float high) { return x < 0.0f ? 0.0f : x > high ? high : x; }

TINYC_KERNEL void grid_sample_cubic(float part, float* weights) {
  const float a = -0.75f;
  const float d0 = part + 1.0f, d2 = 1.0f - part, d3 = 2.0f - part;
  weights[0] = ((a * d0 - 5.0f * a) * d0 + 8.0f * a) * d0 - 4.0f * a;
  weights[1] = ((a + 2.0f) * part - (a + 3.0f)) * part * part + 1.0f;
  weights[2] = ((a + 2.0f) * d2 - (a + 3.0f)) * d2 * d2 + 1.0f;
  weights[3] = ((a * d3 - 5.0f * a) * d3 + 8.0f * a) * d3 - 4.0f * a;
}

// What a coordinate in -1 ... 1 reads along an axis of `size`.
TINYC_KERNEL void grid_sample_taps(const GridSampleF32& g, float coordinate, int32_t size, GridSampleTaps& taps) {
  const float count = static_cast<float>(size);
  const float low = g.align_corners != 0 ? 0.0f : -0.5f;
  const float high = g.align_corners != 0 ? count - 1.0f : count - 0.5f;
  float x = coordinate;
  if (g.pixels == 0) {
    x = g.align_corners != 0 ? (coordinate + 1.0f) * 0.5f * (count - 1.0f) : ((coordinate + 1.0f) * count - 1.0f) * 0.5f;
  }
  if (g.mode == 1) x = rintf(x);
  if (x < low || x > high) {
    if (g.padding == 1) x = grid_sample_clamped(x, count - 1.0f);
    if (g.padding == 2) x = grid_sample_reflected(x, low, high);
  }
  if (!(x > -1e9f && x < 1e9f)) x = -1e9f;
  const float base = g.mode == 1 ? rintf(x) : floorf(x);
  const float part = x - base;
  taps.weights[0] = g.mode == 2 ? 1.0f - part : 1.0f;
  taps.weights[1] = part;
  if (g.mode == 4) grid_sample_cubic(part, taps.weights);
  for (int32_t k = 0; k < g.mode; ++k) {
    float at = base + static_cast<float>(g.mode == 4 ? k - 1 : k);
    const bool inside = at >= 0.0f && at < count;
    if (!inside && g.padding == 1) at = grid_sample_clamped(at, count - 1.0f);
    if (!inside && g.padding == 2) at = grid_sample_clamped(truncf(grid_sample_reflected(at, low, high)), count - 1.0f);
    taps.at[k] = inside || g.padding != 0 ? static_cast<int32_t>(at) : -1;
  }
}

TINYC_KERNEL float grid_sample_point(const GridSampleF32& g, const float* image, const GridSampleTaps& z,
                                     const GridSampleTaps& y, const GridSampleTaps& x) {
  float sum = 0.0f;
  for (int32_t i = 0; i < (g.axes > 2 ? g.mode : 1); ++i) {
    for (int32_t j = 0; j < (g.axes > 1 ? g.mode : 1); ++j) {
      if (z.at[i] < 0 || y.at[j] < 0) continue;
      const float* row = image + (z.at[i] * g.in_h + y.at[j]) * g.in_w;
      const float weight = z.weights[i] * y.weights[j];
      for (int32_t k = 0; k < g.mode; ++k) {
        if (x.at[k] >= 0) sum += weight * x.weights[k] * row[x.at[k]];
      }
    }
  }
  return sum;
}

TINYC_KERNEL void grid_sample_f32(const GridSampleF32& g, const Rows& in, const Rows& grid, const Rows& out, int32_t y0,
                                  int32_t y1) {
  static_cast<void>(y1);
  const int32_t size = g.in_d * g.in_h * g.in_w;
  const float* image = row_of<const float>(in, y0);
  const float* at = row_of<const float>(grid, 0);
  float* to = row_of<float>(out, y0);
  GridSampleTaps z = {{0, 0, 0, 0}, {1.0f, 0.0f, 0.0f, 0.0f}};
  GridSampleTaps y = z;
  GridSampleTaps x = z;
  for (int32_t n = 0; n < g.images; ++n, image += g.channels * size, to += g.channels * g.points) {
    for (int32_t p = 0; p < g.points; ++p, at += g.axes) {
      grid_sample_taps(g, at[0], g.in_w, x);
      if (g.axes > 1) grid_sample_taps(g, at[1], g.in_h, y);
      if (g.axes > 2) grid_sample_taps(g, at[2], g.in_d, z);
      for (int32_t c = 0; c < g.channels; ++c) to[c * g.points + p] = grid_sample_point(g, image + c * size, z, y, x);
    }
  }
}
