// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>

#include "ir/onnx/pool_indices.h"
#include "ir/ops/common.h"
#include "ir/ops/window.h"

namespace tinyc::ir {
namespace {

Status infer(Op& op) {
  const Shape& x = op.operand_type(0).shape;
  if (x.size() < 3) return Failure{"needs an input of rank 3 or more"};
  Result<std::vector<Window>> windows = windows_of(op, Shape(x.begin() + 1, x.end() - 1), op.integers("kernel"));
  if (!windows) return windows.failure();
  Type& y = op.results[0]->type;
  copy_element_type(op, 0, y);
  y.shape = {x[0]};
  for (const Window& window : *windows) y.shape.push_back(window.out);
  y.shape.push_back(x.back());
  return {};
}

Status verify(const Op& op) {
  const Type& x = op.operand_type(0);
  const Type& y = op.result_type();
  if (x.quantized() != y.quantized()) return Failure{"operand and result must both be quantised, or neither"};
  if (x.quantized() && !(x.quant->per_tensor() && y.quant->per_tensor()))
    return Failure{"operand and result must be quantised per tensor"};
  return {};
}

// Offsets of the taps that lie inside the input at one output position.
void offsets_at(const std::vector<Window>& windows, const Shape& kernel, const Shape& strides, const Shape& out,
                std::vector<int64_t>& offsets) {
  offsets.clear();
  for_each_index(kernel, [&](const Shape& tap) {
    int64_t offset = 0;
    for (size_t d = 0; d < windows.size(); ++d) {
      const int64_t at = out[d] * windows[d].stride - windows[d].pad_begin + tap[d] * windows[d].dilation;
      if (at < 0 || at >= windows[d].in) return;
      offset += at * strides[d + 1];
    }
    offsets.push_back(offset);
  });
}

template <class T>
T largest(const std::vector<T>& x, int64_t base, const std::vector<int64_t>& offsets, T start) {
  for (const int64_t offset : offsets) start = std::max(start, x[static_cast<size_t>(base + offset)]);
  return start;
}

void reference(const Op& op, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  const Type& in = op.operand_type(0);
  const Type& out = op.result_type();
  const Shape kernel = op.integers("kernel");
  const auto windows = windows_of(op, Shape(in.shape.begin() + 1, in.shape.end() - 1), kernel).take();
  const Shape strides = strides_of(in.shape);
  const bool real = is_float(in.element);
  const std::vector<double> reals = real ? operands[0]->reals() : std::vector<double>{};
  const std::vector<int64_t> integers = real ? std::vector<int64_t>{} : operands[0]->integers();
  std::vector<int64_t> offsets;
  int64_t index = 0;
  for (int64_t n = 0; n < out.shape[0]; ++n) {
    for_each_index(Shape(out.shape.begin() + 1, out.shape.end() - 1), [&](const Shape& at) {
      offsets_at(windows, kernel, strides, at, offsets);
      for (int64_t c = 0; c < out.shape.back(); ++c, ++index) {
        const int64_t base = n * strides[0] + c;
        if (real) {
          results[0].set_real(index, largest(reals, base, offsets, -std::numeric_limits<double>::infinity()));
          continue;
        }
        const int64_t value = largest(integers, base, offsets, lowest(in.element));
        results[0].set_integer(index, in.quantized() ? requantize_to(value, in, out) : value);
      }
    });
  }
}

void pool(OnnxImporter& importer, Value* x, Attributes attributes) {
  const int rank = x->type.rank();
  Value* last = importer.make("transpose", {x}, {{"perm", channels_last(rank)}});
  Value* y = importer.make("max_pool", {last}, std::move(attributes));
  if (y) importer.emit("transpose", {y}, {{"perm", channels_first(rank)}});
}

void import_max_pool(OnnxImporter& importer) {
  Value* x = importer.input(0);
  if (!x) return;
  if (x->type.rank() < 3) return importer.error(Code::T0305, "needs an input of rank 3 or more");
  if (importer.wants_output(1)) return import_max_pool_with_indices(importer);
  const std::vector<int64_t> kernel = importer.integers("kernel_shape");
  auto attributes = import_window(importer, Shape(x->type.shape.begin() + 2, x->type.shape.end()), kernel);
  if (!attributes) return;
  (*attributes)["kernel"] = kernel;
  pool(importer, x, std::move(*attributes));
}

void import_global_max_pool(OnnxImporter& importer) {
  Value* x = importer.input(0);
  if (!x) return;
  if (x->type.rank() < 3) return importer.error(Code::T0305, "needs an input of rank 3 or more");
  pool(importer, x, {{"kernel", Shape(x->type.shape.begin() + 2, x->type.shape.end())}});
}

}  // namespace

extern const OpDef max_pool_op = {
    .name = "max_pool",
    .summary = "Largest element of sliding windows.",
    .doc =
        "x [N, spatial..., C], y [N, spatial..., C]. Padding never wins; a window that lies in it altogether gives the "
        "lowest value. Quantised: the largest integer, requantised when the result's quantisation differs.",
    .operands = {{"x"}},
    .results = {"y"},
    .attributes = window_attributes({{"kernel", AttributeKind::integers, std::nullopt, "window per spatial axis"}}),
    .traits = {.quantized_form = true},
    .infer = infer,
    .verify = verify,
    .reference = reference,
    .onnx = {{"", "GlobalMaxPool", 1, kNewest, import_global_max_pool}, {"", "MaxPool", 1, kNewest, import_max_pool}},
};

}  // namespace tinyc::ir
