// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "ir/ops/common.h"
#include "ir/ops/slicing.h"

namespace tinyc::ir {
namespace {

Status infer(Op& op) {
  const Type& x = op.operand_type(0);
  const std::vector<int64_t>& starts = op.integers("starts");
  const std::vector<int64_t>& sizes = op.integers("sizes");
  const std::vector<int64_t>& steps = op.integers("steps");
  const size_t rank = x.shape.size();
  if (starts.size() != rank || sizes.size() != rank || (!steps.empty() && steps.size() != rank))
    return Failure{fmt::format("starts, sizes and steps must have {} entries", rank)};
  for (size_t d = 0; d < rank; ++d) {
    const int64_t step = steps.empty() ? 1 : steps[d];
    constexpr int64_t kLimit = int64_t{1} << 31;
    if (sizes[d] < 0 || sizes[d] > kLimit || step == 0 || step > kLimit || step < -kLimit)
      return Failure{"negative size or a step of 0"};
    const int64_t last = starts[d] + (sizes[d] - 1) * step;
    if (sizes[d] > 0 && (starts[d] < 0 || starts[d] >= x.shape[d] || last < 0 || last >= x.shape[d]))
      return Failure{
          fmt::format("positions {} to {} of axis {} lie outside {}", starts[d], last, d, shape_text(x.shape))};
  }
  copy_element_type(op, 0, op.results[0]->type);
  op.results[0]->type.shape = sizes;
  return {};
}

void reference(const Op& op, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  const Tensor& x = *operands[0];
  const std::vector<int64_t>& starts = op.integers("starts");
  const std::vector<int64_t>& steps = op.integers("steps");
  const Shape strides = strides_of(x.shape());
  const auto bytes = static_cast<size_t>(element_bytes(x.element()));
  std::byte* to = results[0].mutable_data();
  for_each_index(results[0].shape(), [&](const Shape& at) {
    int64_t offset = 0;
    for (size_t d = 0; d < at.size(); ++d) offset += (starts[d] + at[d] * (steps.empty() ? 1 : steps[d])) * strides[d];
    std::memcpy(to, x.data() + static_cast<size_t>(offset) * bytes, bytes);
    to += bytes;
  });
}

// Numpy's rule: bounds count from the end if negative, then are moved into the tensor.
void resolve(int64_t start, int64_t end, int64_t step, int64_t dim, int64_t& first, int64_t& size) {
  const auto from_end = [&](int64_t bound) { return bound < 0 ? std::max<int64_t>(bound, -dim - 1) + dim : bound; };
  if (step > 0) {
    first = std::clamp<int64_t>(from_end(start), 0, dim);
    const int64_t stop = std::clamp<int64_t>(from_end(end), 0, dim);
    size = stop > first ? (stop - first - 1) / step + 1 : 0;
  } else {
    first = std::clamp<int64_t>(from_end(start), -1, dim - 1);
    const int64_t stop = std::clamp<int64_t>(from_end(end), -1, dim - 1);
    size = first > stop ? (first - stop - 1) / -step + 1 : 0;
  }
  if (size == 0) first = 0;
}

struct Bounds {
  std::vector<int64_t> starts, ends, axes, steps;
};

// Attributes before opset 10, inputs from then on.
std::optional<Bounds> read_bounds(OnnxImporter& importer) {
  Bounds bounds;
  if (importer.opset() < 10) {
    bounds = {importer.integers("starts"), importer.integers("ends"), importer.integers("axes"), {}};
  } else {
    const auto starts = importer.required_integers(1, "the starts");
    const auto ends = importer.required_integers(2, "the ends");
    if (!starts || !ends) return std::nullopt;
    bounds = {*starts, *ends, {}, {}};
    constexpr std::string_view kNames[] = {"the axes", "the steps"};
    for (size_t i = 3; i <= 4; ++i) {
      if (!importer.has_input(i)) continue;
      const auto values = importer.required_integers(i, kNames[i - 3]);
      if (!values) return std::nullopt;
      (i == 3 ? bounds.axes : bounds.steps) = *values;
    }
  }
  if (bounds.axes.empty()) {
    for (size_t i = 0; i < bounds.starts.size(); ++i) bounds.axes.push_back(static_cast<int64_t>(i));
  }
  if (bounds.steps.empty()) bounds.steps.assign(bounds.starts.size(), 1);
  const size_t count = bounds.starts.size();
  if (bounds.ends.size() == count && bounds.axes.size() == count && bounds.steps.size() == count) return bounds;
  importer.error(Code::T0305, "starts, ends, axes and steps differ in length");
  return std::nullopt;
}

void import_slice(OnnxImporter& importer) {
  Value* x = importer.input(0);
  if (!x) return;
  const auto bounds = read_bounds(importer);
  if (!bounds) return;
  std::vector<int64_t> starts(x->type.shape.size(), 0);
  std::vector<int64_t> sizes = x->type.shape;
  std::vector<int64_t> steps(x->type.shape.size(), 1);
  for (size_t i = 0; i < bounds->starts.size(); ++i) {
    const auto axis = importer.axis(bounds->axes[i], x->type.rank());
    if (!axis) return;
    const auto d = static_cast<size_t>(*axis);
    const int64_t limit = int64_t{1} << 31;
    const int64_t step = std::clamp(bounds->steps[i], -limit, limit);
    if (step == 0) return importer.error(Code::T0307, fmt::format("the step of axis {} is 0", *axis));
    resolve(bounds->starts[i], bounds->ends[i], step, x->type.shape[d], starts[d], sizes[d]);
    steps[d] = step;
  }
  importer.set_output(0, make_slice(importer, x, starts, sizes, steps));
}

// Sizes along the axis: given, or as equal as they can be with a smaller last one.
std::optional<std::vector<int64_t>> split_sizes(OnnxImporter& importer, int64_t dim) {
  std::vector<int64_t> sizes = importer.integers("split");
  if (importer.has_input(1)) {
    const auto given = importer.required_integers(1, "the split sizes");
    if (!given) return std::nullopt;
    sizes = *given;
  }
  if (sizes.empty()) {
    const auto parts = static_cast<int64_t>(importer.node().outputs.size());
    if (parts == 0) return sizes;
    const int64_t part = (dim + parts - 1) / parts;
    for (int64_t i = 0; i < parts; ++i) sizes.push_back(std::clamp<int64_t>(dim - i * part, 0, part));
  }
  int64_t sum = 0;
  for (const int64_t size : sizes) sum = size < 0 || size > dim ? dim + 1 : std::min(sum + size, dim + 1);
  if (sum == dim && sizes.size() >= importer.node().outputs.size()) return sizes;
  importer.error(Code::T0305, fmt::format("split sizes {} do not fit an axis of size {} and {} outputs",
                                          shape_text(sizes), dim, importer.node().outputs.size()));
  return std::nullopt;
}

void import_split(OnnxImporter& importer) {
  Value* x = importer.input(0);
  if (!x) return;
  const auto axis = importer.axis(importer.integer("axis", 0), x->type.rank());
  if (!axis) return;
  const auto d = static_cast<size_t>(*axis);
  const auto parts = split_sizes(importer, x->type.shape[d]);
  if (!parts) return;
  std::vector<int64_t> starts(x->type.shape.size(), 0);
  std::vector<int64_t> sizes = x->type.shape;
  for (size_t k = 0; k < parts->size(); ++k) {
    sizes[d] = (*parts)[k];
    const bool empty = sizes[d] == 0;
    std::vector<int64_t> from = starts;
    if (empty) from[d] = 0;
    if (importer.wants_output(k)) importer.set_output(k, make_slice(importer, x, from, sizes, {}));
    starts[d] += sizes[d];
  }
}

}  // namespace

Value* make_slice(OnnxImporter& importer, Value* x, std::vector<int64_t> starts, std::vector<int64_t> sizes,
                  std::vector<int64_t> steps) {
  const bool forward = std::all_of(steps.begin(), steps.end(), [](int64_t step) { return step > 0; });
  if (x && sizes == x->type.shape && forward) return x;
  if (std::all_of(steps.begin(), steps.end(), [](int64_t step) { return step == 1; })) steps.clear();
  return importer.make("slice", {x},
                       {{"starts", std::move(starts)}, {"sizes", std::move(sizes)}, {"steps", std::move(steps)}});
}

extern const OpDef slice_op = {
    .name = "slice",
    .summary = "A box of a tensor, with steps.",
    .doc = "Element i along an axis is element start + i * step of the operand; everything read lies inside.",
    .operands = {{"x"}},
    .results = {"y"},
    .attributes = {{"starts", AttributeKind::integers, std::nullopt, "first position per axis"},
                   {"sizes", AttributeKind::integers, std::nullopt, "shape of the result"},
                   {"steps", AttributeKind::integers, Attribute{std::vector<int64_t>{}},
                    "per axis, may be negative; empty = 1"}},
    .traits = {.moves_only = true},
    .infer = infer,
    .reference = reference,
    .onnx = {{"", "Slice", 1, kNewest, import_slice}, {"", "Split", 2, kNewest, import_split}},
};

}  // namespace tinyc::ir
