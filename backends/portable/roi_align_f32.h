// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// Regions of images resampled to one size.
#include "backends/kernel_support.h"

namespace tinyc {
namespace portable_roi_align_f32 {

inline std::optional<std::string> why_not(const ir::Op& op) {
  for (size_t i = 0; i < 2; ++i) {
    if (op.operand_type(i).element != ir::Element::f32) return "needs float32";
  }
  return std::nullopt;
}

inline Needs needs(const ir::Op& op, const Variant&) { return whole(op); }

inline Built build(const ir::Op& op, const Variant&) {
  const ir::Shape& x = op.operand_type(0).shape;
  const ir::Type& images = op.operand_type(2);
  Built built;
  built.geometry = {{"images", x[0]},
                    {"channels", x[1]},
                    {"in_h", x[2]},
                    {"in_w", x[3]},
                    {"regions", images.shape[0]},
                    {"out_h", op.integer("height")},
                    {"out_w", op.integer("width")},
                    {"samples", op.integer("samples")},
                    {"index_bytes", ir::element_bytes(images.element)},
                    {"index_signed", ir::is_signed(images.element)},
                    {"largest", op.flag("largest")},
                    {"half_pixel", op.flag("half_pixel")},
                    {"scale", static_cast<float>(op.real("scale"))}};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  const auto samples = static_cast<double>(op.integer("samples") > 0 ? op.integer("samples") : 2);
  return static_cast<double>(op.result_type().elements()) *
         (samples * samples * (4 * t.load + 16 * t.float_mul + 20 * t.alu) + t.float_div + t.store);
}

}  // namespace portable_roi_align_f32

inline const KernelDef portable_roi_align_f32_kernel = {
    .name = "roi_align_f32",
    .isa = Isa::portable,
    .ops = {"roi_align"},
    .types = "f32",
    .summary = "regions of images resampled",
    .entry = "roi_align_f32",
    .geometry_type = "RoiAlignF32",
    .constant_rows = true,
    .why_not = portable_roi_align_f32::why_not,
    .needs = portable_roi_align_f32::needs,
    .build = portable_roi_align_f32::build,
    .cycles = portable_roi_align_f32::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/integers.h"
#include "runtime-stubs/tinyc_kernel.h"

// x [images][channels][in_h][in_w], regions [regions][4] as x, y, x, y, result [regions][channels][out_h][out_w].
struct RoiAlignF32 {
  int32_t images, channels, in_h, in_w, regions, out_h, out_w, samples;
  int32_t index_bytes, index_signed, largest, half_pixel;
  float scale;
};

// Bins along one axis: where they start, how long one is, samples in each.
struct RoiAlignSpan {
  float start, bin;
  int32_t samples;
};

TINYC_KERNEL RoiAlignSpan roi_align_f32_span(const RoiAlignF32& g, float from, float to, int32_t bins) {
  const float offset = g.half_pixel != 0 ? 0.5f : 0.0f;
  RoiAlignSpan span = {from * g.scale - offset, 0.0f, g.samples};
  float length = to * g.scale - offset - span.start;
  if (g.half_pixel == 0 && length < 1.0f) length = 1.0f;
  span.bin = length / static_cast<float>(bins);
  if (g.samples > 0) return span;
  span.samples = span.bin > 0.0f ? span.bin < 1024.0f ? static_cast<int32_t>(span.bin) : 1024 : 0;
  if (static_cast<float>(span.samples) < span.bin && span.samples < 1024) ++span.samples;
  return span;
}

// Two neighbours and the weight of the second one; low -1: more than a pixel outside.
struct RoiAlignPlace {
  int32_t low, high;
  float weight;
};

TINYC_KERNEL RoiAlignPlace roi_align_f32_place(float at, int32_t size) {
  if (!(at >= -1.0f && at <= static_cast<float>(size))) return {-1, -1, 0.0f};
  if (at < 0.0f) at = 0.0f;
  const int32_t low = static_cast<int32_t>(at);
  if (low >= size - 1) return {size - 1, size - 1, 0.0f};
  return {low, low + 1, at - static_cast<float>(low)};
}

TINYC_KERNEL float roi_align_f32_bin(const RoiAlignF32& g, const float* plane, const RoiAlignSpan& rows,
                                     const RoiAlignSpan& columns, int32_t y, int32_t x) {
  float result = 0.0f;
  for (int32_t sy = 0; sy < rows.samples; ++sy) {
    const float part_y = (static_cast<float>(sy) + 0.5f) / static_cast<float>(rows.samples);
    const RoiAlignPlace v = roi_align_f32_place(rows.start + rows.bin * (static_cast<float>(y) + part_y), g.in_h);
    for (int32_t sx = 0; sx < columns.samples; ++sx) {
      const float part_x = (static_cast<float>(sx) + 0.5f) / static_cast<float>(columns.samples);
      const RoiAlignPlace h =
          roi_align_f32_place(columns.start + columns.bin * (static_cast<float>(x) + part_x), g.in_w);
      float corners[4] = {0.0f, 0.0f, 0.0f, 0.0f};
      if (v.low >= 0 && h.low >= 0) {
        corners[0] = (1.0f - v.weight) * (1.0f - h.weight) * plane[v.low * g.in_w + h.low];
        corners[1] = (1.0f - v.weight) * h.weight * plane[v.low * g.in_w + h.high];
        corners[2] = v.weight * (1.0f - h.weight) * plane[v.high * g.in_w + h.low];
        corners[3] = v.weight * h.weight * plane[v.high * g.in_w + h.high];
      }
      for (int32_t k = 0; k < 4; ++k) {
        if (g.largest == 0) {
          result += corners[k];
        } else if ((sy == 0 && sx == 0 && k == 0) || corners[k] > result) {
          result = corners[k];
        }
      }
    }
  }
  const int32_t count = rows.samples * columns.samples;
  return g.largest != 0 ? result : result / static_cast<float>(count > 0 ? count : 1);
}

TINYC_KERNEL int32_t roi_align_f32_image(const RoiAlignF32& g, const uint8_t* from) {
  int64_t index = load_integer(from, g.index_bytes, g.index_signed != 0);
  if (index < 0) index += g.images;
  return static_cast<int32_t>(index < 0 ? 0 : index >= g.images ? g.images - 1 : index);
}

TINYC_KERNEL void roi_align_f32(const RoiAlignF32& g, const Rows& in, const Rows& regions, const Rows& indices,
                                const Rows& out, int32_t y0, int32_t y1) {
  static_cast<void>(y1);
  const float* region = row_of<const float>(regions, 0);
  const uint8_t* index = row_at(indices, 0);
  float* to = row_of<float>(out, y0);
  for (int32_t r = 0; r < g.regions; ++r, region += 4, index += g.index_bytes) {
    const RoiAlignSpan columns = roi_align_f32_span(g, region[0], region[2], g.out_w);
    const RoiAlignSpan rows = roi_align_f32_span(g, region[1], region[3], g.out_h);
    const int32_t first = roi_align_f32_image(g, index) * g.channels;
    for (int32_t c = 0; c < g.channels; ++c) {
      const float* plane = row_of<const float>(in, 0) + (first + c) * g.in_h * g.in_w;
      for (int32_t y = 0; y < g.out_h; ++y) {
        for (int32_t x = 0; x < g.out_w; ++x) *to++ = roi_align_f32_bin(g, plane, rows, columns, y, x);
      }
    }
  }
}
