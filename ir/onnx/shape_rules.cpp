// SPDX-License-Identifier: Apache-2.0
// Operators on shapes: types are static, so their results are constants.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ir/onnx/rules.h"
#include "ir/onnx_import.h"

namespace tinyc::ir {
namespace {

// A slice of the shape from opset 15 on.
void import_shape(OnnxImporter& importer) {
  Value* x = importer.input(0);
  if (!x) return;
  const int64_t rank = x->type.rank();
  const auto bound = [&](std::string_view name, int64_t fallback) {
    const int64_t at = importer.integer(name, fallback);
    return std::clamp<int64_t>(at < 0 ? at + rank : at, 0, rank);
  };
  const int64_t start = bound("start", 0);
  const int64_t end = std::max(start, bound("end", rank));
  const Shape& shape = x->type.shape;
  importer.set_output(0, importer.builder().integers({shape.begin() + start, shape.begin() + end}));
}

void import_size(OnnxImporter& importer) {
  Value* x = importer.input(0);
  if (x)
    importer.set_output(0, importer.builder().constant(Tensor::of_integers(Element::i64, {}, {x->type.elements()})));
}

// start, limit, delta: all known, so that the length is.
void import_range(OnnxImporter& importer) {
  const Tensor* bounds[3];
  for (size_t i = 0; i < 3; ++i) {
    bounds[i] = importer.required_constant(i, "a range");
    if (!bounds[i]) return;
    if (bounds[i]->size() != 1) return importer.error(Code::T0305, "start, limit and delta must be scalars");
  }
  const double start = bounds[0]->real(0);
  const double delta = bounds[2]->real(0);
  const double count = std::max(0.0, std::ceil((bounds[1]->real(0) - start) / delta));
  constexpr double kMost = 1 << 24;
  if (delta == 0 || !(count <= kMost)) return importer.error(Code::T0308, "the range is endless or too long");
  Tensor values(bounds[0]->element(), {static_cast<int64_t>(count)});
  for (int64_t i = 0; i < values.size(); ++i) values.set_real(i, start + static_cast<double>(i) * delta);
  importer.set_output(0, importer.builder().constant(std::move(values)));
}

void import_identity(OnnxImporter& importer) {
  if (Value* x = importer.input(0)) importer.set_output(0, x);
}

// Inference only: the mask keeps everything.
void import_dropout(OnnxImporter& importer) {
  Value* x = importer.input(0);
  if (!x) return;
  const Tensor *ratio = importer.constant(1), *training = importer.constant(2);
  const bool drops = !ratio || ratio->size() != 1 || ratio->real(0) != 0;
  if (drops && importer.has_input(2) && (!training || training->size() != 1 || training->real(0) != 0))
    return importer.unsupported("Dropout in training mode", "export the model for inference");
  importer.set_output(0, x);
  if (!importer.wants_output(1)) return;
  Value* yes = importer.builder().constant(Tensor::of_integers(Element::b1, {}, {1}));
  importer.set_output(1, importer.make("expand", {yes}, {{"shape", x->type.shape}}));
}

void import_eye_like(OnnxImporter& importer) {
  Value* x = importer.input(0);
  if (!x) return;
  const auto element = importer.element("dtype", x->type.element);
  if (!element) return;
  constexpr int64_t kMost = 1 << 24;
  if (x->type.rank() != 2 || x->type.elements() > kMost)
    return importer.error(Code::T0305, "needs a matrix of moderate size");
  Tensor eye(*element, x->type.shape);
  const int64_t offset = importer.integer("k", 0);
  for (int64_t row = 0; row < x->type.shape[0]; ++row) {
    if (offset >= -row && offset < x->type.shape[1] - row) eye.set_integer(row * x->type.shape[1] + row + offset, 1);
  }
  importer.set_output(0, importer.builder().constant(std::move(eye)));
}

constexpr OnnxRule kRules[] = {
    {"", "Dropout", 7, kNewest, import_dropout},   {"", "EyeLike", 9, kNewest, import_eye_like},
    {"", "Identity", 1, kNewest, import_identity}, {"", "Range", 11, kNewest, import_range},
    {"", "Shape", 1, kNewest, import_shape},       {"", "Size", 1, kNewest, import_size},
};

}  // namespace

std::span<const OnnxRule> shape_rules() { return kRules; }

}  // namespace tinyc::ir
