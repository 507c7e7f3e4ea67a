// SPDX-License-Identifier: Apache-2.0
#include "backends/kernel_resize.h"

#include <algorithm>
#include <limits>

#include "ir/ops/resampling.h"

namespace tinyc {

namespace {

ResizedAxis axis_of(const ir::Op& op, size_t d) {
  std::vector<std::vector<ir::WeightedTap>> positions = ir::resize_taps(op, d);
  ResizedAxis result{op.operand_type(0).shape[d], op.integers("sizes")[d], 0, {}, {}, {}, 0};
  for (std::vector<ir::WeightedTap>& taps : positions) {
    if (taps.empty()) taps.push_back({-1, 0});
    result.taps = std::max(result.taps, static_cast<int64_t>(taps.size()));
  }
  const bool changes = ir::resizes_axis(op, d);
  const bool quantized = op.operand_type(0).quantized();
  result.bits = changes ? ir::kResizeBits : 0;
  for (const std::vector<ir::WeightedTap>& taps : positions) {
    const std::vector<int64_t> fixed =
        changes && quantized ? ir::fixed_weights(taps) : std::vector<int64_t>(taps.size(), 1);
    for (int64_t k = 0; k < result.taps; ++k) {
      const bool given = k < static_cast<int64_t>(taps.size());
      const auto tap = given ? static_cast<size_t>(k) : 0;
      result.index.push_back(static_cast<int32_t>(taps[tap].index));
      result.weight.push_back(given ? static_cast<float>(taps[tap].weight) : 0.0F);
      result.fixed.push_back(static_cast<int32_t>(given ? fixed[tap] : 0));
    }
  }
  return result;
}

// A window of rows with the slope in / out that holds all taps.
InputWindow window_of(const ResizedAxis& axis) {
  InputWindow window{.num = axis.in, .den = axis.out, .offset = std::numeric_limits<int64_t>::max(), .size = 0};
  const auto first = [&](int64_t y) { return axis.index.begin() + y * axis.taps; };
  for (int64_t y = 0; y < axis.out; ++y) {
    const int64_t low = *std::min_element(first(y), first(y + 1));
    window.offset = std::min(window.offset, (low + 1) * window.den - 1 - y * window.num);
  }
  for (int64_t y = 0; y < axis.out; ++y) {
    const int64_t scaled = y * window.num + window.offset;
    const int64_t begin = (scaled < 0 ? scaled - window.den + 1 : scaled) / window.den;
    window.size = std::max<int64_t>(window.size, *std::max_element(first(y), first(y + 1)) - begin + 1);
  }
  return window;
}

}  // namespace

std::optional<Resized> resized_of(const ir::Op& op) {
  const ir::Shape& shape = op.operand_type(0).shape;
  std::vector<size_t> axes;
  for (size_t d = 0; d < shape.size(); ++d) {
    if (ir::resizes_axis(op, d)) axes.push_back(d);
  }
  // Rows stay rows: the row axis is `a` even where it does not change.
  const bool row_like = shape.size() >= 3 && shape[0] == 1 && op.result_type().shape[0] == 1;
  const bool inside = std::all_of(axes.begin(), axes.end(), [](size_t d) { return d >= 1; });
  if (row_like && inside && axes.size() < 2 && (axes.empty() || axes[0] != 1)) axes.insert(axes.begin(), 1);
  if (axes.empty()) axes.push_back(0);
  if (axes.size() > 2) return std::nullopt;
  Resized resized;
  resized.rows = row_like && axes[0] == 1;
  const auto part = [&](size_t from, size_t to) {
    return ir::element_count(
        ir::Shape(shape.begin() + static_cast<std::ptrdiff_t>(from), shape.begin() + static_cast<std::ptrdiff_t>(to)));
  };
  resized.a = axis_of(op, axes[0]);
  if (axes.size() > 1) resized.b = axis_of(op, axes[1]);
  for (const ResizedAxis* axis : {&resized.a, &resized.b})
    resized.extrapolates |= std::find(axis->index.begin(), axis->index.end(), -1) != axis->index.end();
  resized.outer = part(0, axes[0]);
  const size_t last = axes.back() + 1;
  if (axes.size() > 1) resized.middle = part(axes[0] + 1, axes[1]);
  resized.inner = part(last, shape.size());
  return resized;
}

Needs resize_needs(const ir::Op& op) {
  const Resized resized = *resized_of(op);
  if (!resized.rows) return whole(op);
  Needs needs = row_by_row(op, WriteFront::never);
  if (resized.extrapolates) {
    needs.inputs[0].window.all = true;
  } else {
    needs.inputs[0].window = window_of(resized.a);
  }
  return needs;
}

std::vector<GeometryField> resize_geometry(const Resized& r) {
  return {{"outer", r.outer}, {"in_a", r.a.in},   {"out_a", r.a.out}, {"middle", r.middle},
          {"in_b", r.b.in},   {"out_b", r.b.out}, {"inner", r.inner}, {"rows", r.rows}};
}

}  // namespace tinyc
