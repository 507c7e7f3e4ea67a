// SPDX-License-Identifier: Apache-2.0
// Sparse tensors, made dense: a few values with their indices, all others zero.
#include <fmt/format.h>

#include <cstring>

#include "compiler/frontend/onnx_reader_internal.h"

namespace tinyc::onnx_reader {
namespace {

// Element offsets of the given values in the dense tensor, from [nnz] linear or [nnz, rank] indices.
std::optional<std::vector<int64_t>> sparse_offsets(const ir::Tensor& indices, const ir::Shape& shape) {
  const bool linear = indices.shape().size() == 1;
  const size_t columns = linear ? 1 : shape.size();
  const ir::Shape extents = linear ? ir::Shape{ir::element_count(shape)} : shape;
  const ir::Shape strides = ir::strides_of(extents);
  std::vector<int64_t> offsets(static_cast<size_t>(indices.shape()[0]));
  const std::span<const int64_t> values = indices.view<int64_t>();
  for (size_t i = 0; i < offsets.size(); ++i) {
    for (size_t k = 0; k < columns; ++k) {
      const int64_t index = values[i * columns + k];
      if (index < 0 || index >= extents[k]) return std::nullopt;
      offsets[i] += index * strides[k];
    }
  }
  return offsets;
}

bool sparse_shapes_fit(const ir::Tensor& values, const ir::Tensor& indices, const ir::Shape& shape) {
  if (values.shape().size() != 1 || indices.element() != ir::Element::i64) return false;
  const ir::Shape linear = {values.size()};
  const ir::Shape by_dimension = {values.size(), static_cast<int64_t>(shape.size())};
  return indices.shape() == linear || indices.shape() == by_dimension;
}

// Takes the dense form's bytes from the budget, if they are left.
bool reserve(Context& context, int64_t bytes, const Location& where) {
  if (bytes <= context.sparse_budget) {
    context.sparse_budget -= bytes;
    return true;
  }
  context.diagnostics.error(
      Code::T0308, where,
      fmt::format("the sparse tensors of the model take more than {} bytes as dense ones", kMaxSparseBytes));
  return false;
}

}  // namespace

std::optional<ir::Tensor> read_sparse_tensor(Context& context, const proto::SparseTensorProto& sparse,
                                             const Location& where) {
  const std::optional<ir::Shape> shape = read_shape(context, sparse.dims(), where);
  const std::optional<ir::Tensor> values = read_tensor(context, sparse.values(), where);
  const std::optional<ir::Tensor> indices = read_tensor(context, sparse.indices(), where);
  if (!shape || !values || !indices) return std::nullopt;
  const auto width = static_cast<size_t>(ir::element_bytes(values->element()));
  if (!reserve(context, ir::element_count(*shape) * static_cast<int64_t>(width), where)) return std::nullopt;
  const bool fits = sparse_shapes_fit(*values, *indices, *shape);
  const std::optional<std::vector<int64_t>> offsets = fits ? sparse_offsets(*indices, *shape) : std::nullopt;
  if (!offsets) {
    const std::string message = "the indices of the sparse tensor do not fit its values or its shape";
    context.diagnostics.error(Code::T0302, where, message);
    return std::nullopt;
  }
  ir::Tensor dense(values->element(), *shape);
  std::byte* to = dense.mutable_data();
  for (size_t i = 0; i < offsets->size(); ++i) {
    std::memcpy(to + static_cast<size_t>((*offsets)[i]) * width, values->data() + i * width, width);
  }
  return dense;
}

}  // namespace tinyc::onnx_reader
