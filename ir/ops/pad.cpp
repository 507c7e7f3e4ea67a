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
  const std::vector<int64_t>& pads = op.integers("pads");
  const std::string& mode = op.text("mode");
  const size_t rank = x.shape.size();
  if (pads.size() != 2 * rank) return Failure{fmt::format("{} pads for {} axes", pads.size(), rank)};
  if (mode != "constant" && mode != "edge" && mode != "reflect" && mode != "wrap")
    return Failure{"mode is '" + mode + "'; known are constant, edge, reflect and wrap"};
  copy_element_type(op, 0, op.results[0]->type);
  Shape shape = x.shape;
  for (size_t d = 0; d < rank; ++d) {
    const int64_t begin = pads[d];
    const int64_t end = pads[rank + d];
    constexpr int64_t kLimit = int64_t{1} << 31;
    if (begin < 0 || end < 0 || begin > kLimit || end > kLimit) return Failure{"negative or huge padding"};
    if (mode != "constant" && x.shape[d] == 0 && begin + end > 0) return Failure{"an empty axis has nothing to repeat"};
    shape[d] += begin + end;
  }
  op.results[0]->type.shape = std::move(shape);
  return {};
}

// Where a position before the beginning or after the end of an axis reads; -1 = the constant.
int64_t source(int64_t at, int64_t count, std::string_view mode) {
  if (at >= 0 && at < count) return at;
  if (mode == "constant") return -1;
  if (mode == "edge") return std::clamp<int64_t>(at, 0, count - 1);
  const int64_t period = mode == "wrap" ? count : std::max<int64_t>(1, 2 * (count - 1));
  const int64_t in_period = (at % period + period) % period;
  return in_period < count ? in_period : period - in_period;  // the second half of a reflection runs backwards
}

// The element that fills, as stored.
Tensor filler(const Op& op) {
  const Type& type = op.result_type();
  Tensor value(type.element, {});
  if (type.quantized()) {
    value.set_integer(0, quantize(op.real("value"), type.quant->scale(), type.quant->zero_point(), type.element));
  } else {
    value.set_real(0, op.real("value"));
  }
  return value;
}

void reference(const Op& op, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  const Tensor& x = *operands[0];
  const std::vector<int64_t>& pads = op.integers("pads");
  const std::string& mode = op.text("mode");
  const Shape strides = strides_of(x.shape());
  const auto bytes = static_cast<size_t>(element_bytes(x.element()));
  const Tensor fill = filler(op);
  std::vector<std::vector<int64_t>> sources(x.shape().size());
  for (size_t d = 0; d < sources.size(); ++d) {
    for (int64_t i = 0; i < results[0].shape()[d]; ++i) sources[d].push_back(source(i - pads[d], x.shape()[d], mode));
  }
  std::byte* to = results[0].mutable_data();
  for_each_index(results[0].shape(), [&](const Shape& at) {
    int64_t offset = 0;
    bool inside = true;
    for (size_t d = 0; d < at.size(); ++d) {
      const int64_t from = sources[d][static_cast<size_t>(at[d])];
      inside = inside && from >= 0;
      offset += from * strides[d];
    }
    std::memcpy(to, inside ? x.data() + static_cast<size_t>(offset) * bytes : fill.data(), bytes);
    to += bytes;
  });
}

struct Request {
  std::vector<int64_t> pads;  // begins, then ends, of all axes; negative ones cut
  double value = 0;
};

// Attributes before opset 11, inputs from then on; axes as an input from opset 18 on.
std::optional<Request> read_request(OnnxImporter& importer, int rank) {
  if (importer.opset() < 11) return Request{importer.integers("pads"), importer.real("value", 0)};
  const auto pads = importer.required_integers(1, "the padding");
  if (!pads) return std::nullopt;
  Request request{*pads, 0};
  if (importer.has_input(2) && importer.input_type(2).elements() > 0) {
    const Tensor* value = importer.required_constant(2, "the filling value");
    if (!value) return std::nullopt;
    request.value = value->real(0);
  }
  if (!importer.has_input(3)) return request;
  const auto axes = importer.required_integers(3, "the axes");
  if (!axes) return std::nullopt;
  if (pads->size() != 2 * axes->size()) {
    importer.error(Code::T0305, fmt::format("{} pads for {} axes", pads->size(), axes->size()));
    return std::nullopt;
  }
  request.pads.assign(2 * static_cast<size_t>(rank), 0);
  for (size_t i = 0; i < axes->size(); ++i) {
    const auto axis = importer.axis((*axes)[i], rank);
    if (!axis) return std::nullopt;
    request.pads[static_cast<size_t>(*axis)] = (*pads)[i];
    request.pads[static_cast<size_t>(*axis + rank)] = (*pads)[axes->size() + i];
  }
  return request;
}

// Cuts what negative pads ask to, and makes them 0; nullptr after an error.
Value* cut(OnnxImporter& importer, Value* x, std::vector<int64_t>& pads) {
  const size_t rank = x->type.shape.size();
  std::vector<int64_t> starts(rank, 0);
  std::vector<int64_t> sizes = x->type.shape;
  for (size_t d = 0; d < rank; ++d) {
    for (const size_t side : {d, rank + d}) {
      if (pads[side] >= 0) continue;
      const int64_t removed = pads[side] < -sizes[d] ? sizes[d] + 1 : -pads[side];
      if (removed > sizes[d]) {
        importer.error(Code::T0307, fmt::format("pads {} cut more than there is of {}", shape_text(pads),
                                                shape_text(x->type.shape)));
        return nullptr;
      }
      if (side == d) starts[d] = removed;
      sizes[d] -= removed;
      pads[side] = 0;
    }
    if (sizes[d] == 0) starts[d] = 0;
  }
  return make_slice(importer, x, starts, sizes, {});
}

void import_pad(OnnxImporter& importer) {
  Value* x = importer.input(0);
  if (!x) return;
  auto request = read_request(importer, x->type.rank());
  if (!request) return;
  if (request->pads.size() != 2 * x->type.shape.size())
    return importer.error(Code::T0305, fmt::format("{} pads for {} axes", request->pads.size(), x->type.rank()));
  x = cut(importer, x, request->pads);
  const auto zero = [](int64_t pad) { return pad == 0; };
  if (x && std::all_of(request->pads.begin(), request->pads.end(), zero)) return importer.set_output(0, x);
  importer.emit("pad", {x},
                {{"pads", request->pads}, {"mode", importer.text("mode", "constant")}, {"value", request->value}});
}

}  // namespace

extern const OpDef pad_op = {
    .name = "pad",
    .summary = "Adds elements before and after along axes.",
    .doc =
        "Modes: constant, edge (repeat the outermost), reflect (mirror without repeating it), wrap (go round). "
        "Quantised: the constant is quantised like the tensor, so 0 becomes the zero point.",
    .operands = {{"x"}},
    .results = {"y"},
    .attributes = {{"pads", AttributeKind::integers, std::nullopt, "begins of all axes, then ends; not negative"},
                   {"mode", AttributeKind::text, Attribute{std::string("constant")}, "constant, edge, reflect or wrap"},
                   {"value", AttributeKind::real, Attribute{0.0}, "the constant, as a real number"}},
    .traits = {.quantized_form = true},
    .infer = infer,
    .reference = reference,
    .onnx = {{"", "Pad", 2, kNewest, import_pad}},
};

}  // namespace tinyc::ir
