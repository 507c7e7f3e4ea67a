// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ir/ops/common.h"
#include "ir/ops/indexing.h"

namespace tinyc::ir {
namespace {

constexpr double kMostSamples = 1024;  // per axis of a bin

Status infer(Op& op) {
  const Type &x = op.operand_type(0), &rois = op.operand_type(1), &images = op.operand_type(2);
  if (x.rank() != 4 || rois.rank() != 2 || rois.shape[1] != 4 || images.shape != Shape{rois.shape[0]})
    return Failure{fmt::format("x {}, regions {} and images {}", shape_text(x.shape), shape_text(rois.shape),
                               shape_text(images.shape))};
  if (!is_float(x.element) || rois.element != x.element || !is_integer(images.element))
    return Failure{"x and regions must be floats of one kind, images integers"};
  const int64_t height = op.integer("height"), width = op.integer("width");
  if (height < 1 || width < 1 || height > 1 << 20 || width > 1 << 20) return Failure{"the output size is out of range"};
  op.results[0]->type = {x.element, {rois.shape[0], x.shape[1], height, width}, std::nullopt};
  return {};
}

Status verify(const Op& op) {
  if (element_count(op.operand_type(0).shape) == 0) return Failure{"there is nothing to sample"};
  if (op.integer("samples") < 0 || op.integer("samples") > 1024) return Failure{"samples must be 0 to 1024"};
  return {};
}

// What a place along an axis reads: two neighbours with weights; nothing beyond one pixel outside.
struct Place {
  bool inside = false;
  int64_t low = 0, high = 0;
  double low_weight = 0, high_weight = 0;
};

Place place_of(double at, int64_t size) {
  if (!(at >= -1 && at <= static_cast<double>(size))) return {};
  at = std::max(at, 0.0);
  const auto low = static_cast<int64_t>(at);
  if (low >= size - 1) return {true, size - 1, size - 1, 1, 0};
  const double part = at - static_cast<double>(low);
  return {true, low, low + 1, 1 - part, part};
}

struct Span {
  double start, bin;
  int64_t samples;
};

Span span_of(const Op& op, double from, double to, int64_t bins) {
  const double offset = op.flag("half_pixel") ? 0.5 : 0;
  const double start = from * op.real("scale") - offset;
  double length = to * op.real("scale") - offset - start;
  if (!op.flag("half_pixel")) length = std::max(length, 1.0);
  const double bin = length / static_cast<double>(bins);
  const int64_t given = op.integer("samples");
  const double wanted = std::isnan(bin) ? 0 : std::clamp(std::ceil(bin), 0.0, kMostSamples);
  return {start, bin, given > 0 ? given : static_cast<int64_t>(wanted)};
}

void reference(const Op& op, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  const Tensor &x = *operands[0], &rois = *operands[1];
  const int64_t channels = x.shape()[1], height = x.shape()[2], width = x.shape()[3];
  const bool largest = op.flag("largest");
  for_each_index(results[0].shape(), [&, i = int64_t{0}](const Shape& at) mutable {
    const Span rows = span_of(op, rois.real(at[0] * 4 + 1), rois.real(at[0] * 4 + 3), op.integer("height"));
    const Span columns = span_of(op, rois.real(at[0] * 4), rois.real(at[0] * 4 + 2), op.integer("width"));
    const int64_t image = resolved_index(operands[2]->integer(at[0]), x.shape()[0]);
    const int64_t plane = (image * channels + at[1]) * height * width;
    double result = 0;
    for (int64_t sy = 0; sy < rows.samples; ++sy) {
      const double y = rows.start + rows.bin * (static_cast<double>(at[2]) +
                                                (static_cast<double>(sy) + 0.5) / static_cast<double>(rows.samples));
      const Place v = place_of(y, height);
      for (int64_t sx = 0; sx < columns.samples; ++sx) {
        const double c =
            columns.start + columns.bin * (static_cast<double>(at[3]) +
                                           (static_cast<double>(sx) + 0.5) / static_cast<double>(columns.samples));
        const Place h = place_of(c, width);
        double part[4] = {};
        if (v.inside && h.inside) {
          part[0] = v.low_weight * h.low_weight * x.real(plane + v.low * width + h.low);
          part[1] = v.low_weight * h.high_weight * x.real(plane + v.low * width + h.high);
          part[2] = v.high_weight * h.low_weight * x.real(plane + v.high * width + h.low);
          part[3] = v.high_weight * h.high_weight * x.real(plane + v.high * width + h.high);
        }
        if (!largest) result += part[0] + part[1] + part[2] + part[3];
        const double best = *std::max_element(part, part + 4);
        if (largest) result = sx == 0 && sy == 0 ? best : std::max(result, best);
      }
    }
    if (!largest) result /= static_cast<double>(std::max<int64_t>(1, rows.samples * columns.samples));
    results[0].set_real(i++, result);
  });
}

void import_roi_align(OnnxImporter& importer) {
  Value *x = importer.input(0), *rois = importer.input(1), *images = importer.input(2);
  if (!x || !rois || !images) return;
  const bool old = importer.opset() < 16;  // coordinates without the half pixel
  const std::string mode = importer.text("mode", "avg");
  const std::string way = importer.text("coordinate_transformation_mode", old ? "output_half_pixel" : "half_pixel");
  if (mode != "avg" && mode != "max") return importer.error(Code::T0307, "mode is avg or max");
  if (way != "half_pixel" && way != "output_half_pixel")
    return importer.error(Code::T0307, "coordinate_transformation_mode is half_pixel or output_half_pixel");
  importer.emit("roi_align", {x, rois, images},
                {{"height", importer.integer("output_height", 1)},
                 {"width", importer.integer("output_width", 1)},
                 {"samples", importer.integer("sampling_ratio", 0)},
                 {"scale", importer.real("spatial_scale", 1)},
                 {"largest", mode == "max"},
                 {"half_pixel", way == "half_pixel"}});
}

}  // namespace

extern const OpDef roi_align_op = {
    .name = "roi_align",
    .summary = "Regions of images resampled to one size.",
    .doc =
        "x [N, C, H, W], regions [R, 4] (x, y, x, y), images [R] with the image of each region, y [R, C, height, "
        "width]. "
        "Each of height x width bins is the mean (or, as ONNX defines it, the largest weighted corner) of samples x "
        "samples bilinear readings; 0 samples: as many as a bin has pixels, at most 1024. Places more than a pixel "
        "outside read 0. Images out of range go to the nearest end.",
    .operands = {{"x"}, {"regions"}, {"images"}},
    .results = {"y"},
    .attributes = {{"height", AttributeKind::integer, Attribute{int64_t{1}}, "bins"},
                   {"width", AttributeKind::integer, Attribute{int64_t{1}}, "bins"},
                   {"samples", AttributeKind::integer, Attribute{int64_t{0}}, "per axis of a bin"},
                   {"scale", AttributeKind::real, Attribute{1.0}, "of the regions' coordinates"},
                   {"largest", AttributeKind::flag, Attribute{false}, "else the mean"},
                   {"half_pixel", AttributeKind::flag, Attribute{true}, "coordinates are half a pixel less"}},
    .infer = infer,
    .verify = verify,
    .reference = reference,
    .onnx = {{"", "RoiAlign", 10, kNewest, import_roi_align}},
};

}  // namespace tinyc::ir
