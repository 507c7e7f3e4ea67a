// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {

Status infer(Op& op) {
  const Type& x = op.operand_type(0);
  const Type& grid = op.operand_type(1);
  const int axes = x.rank() - 2;
  if (axes < 1 || axes > 3 || grid.rank() != x.rank() || grid.shape[0] != x.shape[0] || grid.shape.back() != axes)
    return Failure{fmt::format("x {} and grid {}", shape_text(x.shape), shape_text(grid.shape))};
  if (!is_float(x.element) || grid.element != x.element) return Failure{"needs floats of one kind"};
  Shape shape = {x.shape[0], x.shape[1]};
  shape.insert(shape.end(), grid.shape.begin() + 1, grid.shape.end() - 1);
  op.results[0]->type = {x.element, std::move(shape), std::nullopt};
  return {};
}

Status verify(const Op& op) {
  const std::string &mode = op.text("mode"), &padding = op.text("padding");
  if (mode != "linear" && mode != "nearest" && mode != "cubic") return Failure{"unknown mode '" + mode + "'"};
  if (padding != "zeros" && padding != "border" && padding != "reflection")
    return Failure{"unknown padding '" + padding + "'"};
  if (mode == "cubic" && op.operand_type(0).rank() != 4) return Failure{"cubic needs two spatial axes"};
  if (element_count(op.operand_type(0).shape) == 0) return Failure{"there is nothing to sample"};
  return {};
}

// Mirrored at low and high until it lies between them.
double reflected(double x, double low, double high) {
  const double range = high - low;
  if (range <= 0) return low;
  const double over = x < low ? low - x : x > high ? x - high : -1;
  if (over < 0) return x;
  const double turns = std::floor(over / range);
  const double rest = over - turns * range;
  const bool even = std::fmod(turns, 2) == 0;
  return (x < low) == even ? low + rest : high - rest;
}

struct Taps {
  std::array<int64_t, 4> at;  // -1: outside, counts as 0
  std::array<double, 4> weights;
  size_t count;
};

// What a coordinate in -1 ... 1 reads along an axis of `size`.
Taps taps_of(const Op& op, double coordinate, int64_t size) {
  const std::string &mode = op.text("mode"), &padding = op.text("padding");
  const bool corners = op.flag("align_corners");
  const auto count = static_cast<double>(size);
  double x = op.flag("pixels") ? coordinate
             : corners         ? (coordinate + 1) / 2 * (count - 1)
                               : ((coordinate + 1) * count - 1) / 2;
  if (mode == "nearest") x = std::nearbyint(x);
  const double low = corners ? 0 : -0.5, high = corners ? count - 1 : count - 0.5;
  if (x < low || x > high) {
    if (padding == "border") x = std::clamp(x, 0.0, count - 1);
    if (padding == "reflection") x = reflected(x, low, high);
  }
  if (!(std::fabs(x) < 1e9)) x = -1e9;
  const double base = std::floor(x), part = x - base;
  Taps taps{{}, {1, 0, 0, 0}, 1};
  double first = mode == "nearest" ? std::nearbyint(x) : base;
  if (mode == "linear") {
    taps = {{}, {1 - part, part, 0, 0}, 2};
  } else if (mode == "cubic") {
    constexpr double kA = -0.75;
    const auto near = [&](double d) { return ((kA + 2) * d - (kA + 3)) * d * d + 1; };
    const auto far = [&](double d) { return ((kA * d - 5 * kA) * d + 8 * kA) * d - 4 * kA; };
    taps = {{}, {far(part + 1), near(part), near(1 - part), far(2 - part)}, 4};
    first = base - 1;
  }
  for (size_t k = 0; k < taps.count; ++k) {
    double at = first + static_cast<double>(k);
    const bool inside = at >= 0 && at < count;
    if (!inside && padding == "border") at = std::clamp(at, 0.0, count - 1);
    if (!inside && padding == "reflection") at = std::clamp(std::trunc(reflected(at, low, high)), 0.0, count - 1);
    taps.at[k] = inside || padding != "zeros" ? static_cast<int64_t>(at) : -1;
  }
  return taps;
}

void reference(const Op& op, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  const Tensor &x = *operands[0], &grid = *operands[1];
  const size_t axes = x.shape().size() - 2;
  const Shape spatial(x.shape().begin() + 2, x.shape().end());
  const int64_t image = element_count(spatial), channels = x.shape()[1];
  const int64_t points = grid.size() / static_cast<int64_t>(axes) / x.shape()[0];
  const Taps one{{0, 0, 0, 0}, {1, 0, 0, 0}, 1};
  for (int64_t p = 0; p < points * x.shape()[0]; ++p) {
    std::array<Taps, 3> taps{one, one, one};  // slowest axis first
    std::array<int64_t, 3> sizes{1, 1, 1};
    for (size_t d = 0; d < axes; ++d) {
      sizes[3 - axes + d] = spatial[d];
      const double at = grid.real(p * static_cast<int64_t>(axes) + static_cast<int64_t>(axes - 1 - d));
      taps[3 - axes + d] = taps_of(op, at, spatial[d]);
    }
    const int64_t n = p / points;
    for (int64_t c = 0; c < channels; ++c) {
      double sum = 0;
      for (size_t i = 0; i < taps[0].count; ++i) {
        for (size_t j = 0; j < taps[1].count; ++j) {
          for (size_t k = 0; k < taps[2].count; ++k) {
            if (taps[0].at[i] < 0 || taps[1].at[j] < 0 || taps[2].at[k] < 0) continue;
            const int64_t at = (taps[0].at[i] * sizes[1] + taps[1].at[j]) * sizes[2] + taps[2].at[k];
            const double weight = taps[0].weights[i] * taps[1].weights[j] * taps[2].weights[k];
            sum += weight * x.real((n * channels + c) * image + at);
          }
        }
      }
      results[0].set_real((n * channels + c) * points + p % points, sum);
    }
  }
}

// "bilinear" and "bicubic" before opset 20.
void import_grid_sample(OnnxImporter& importer) {
  Value* x = importer.input(0);
  Value* grid = importer.input(1);
  if (!x || !grid) return;
  std::string mode = importer.text("mode", "linear");
  if (mode == "bilinear") mode = "linear";
  if (mode == "bicubic") mode = "cubic";
  if (grid->type.element != x->type.element) grid = importer.make("cast", {grid}, {{"to", x->type.element}});
  importer.emit("grid_sample", {x, grid},
                {{"mode", mode},
                 {"padding", importer.text("padding_mode", "zeros")},
                 {"align_corners", importer.integer("align_corners", 0) != 0}});
}

}  // namespace

extern const OpDef grid_sample_op = {
    .name = "grid_sample",
    .summary = "An image read at computed places, with interpolation.",
    .doc =
        "x [N, C, spatial...], grid [N, places..., axes], y [N, C, places...]. Coordinates run from -1 to 1 between "
        "the outer pixels' centres (align_corners) or edges; the first one belongs to the last axis. Places outside "
        "read 0, the nearest border, or the image mirrored. Cubic with a = -0.75, over two axes.",
    .operands = {{"x"}, {"grid"}},
    .results = {"y"},
    .attributes = {{"mode", AttributeKind::text, Attribute{std::string("linear")}, "linear, nearest or cubic"},
                   {"padding", AttributeKind::text, Attribute{std::string("zeros")}, "zeros, border or reflection"},
                   {"align_corners", AttributeKind::flag, Attribute{false}, "-1 and 1 are the outer pixels' centres"},
                   {"pixels", AttributeKind::flag, Attribute{false}, "coordinates count pixels from 0 instead"}},
    .infer = infer,
    .verify = verify,
    .reference = reference,
    .onnx = {{"", "GridSample", 16, kNewest, import_grid_sample}},
};

}  // namespace tinyc::ir
