// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "ir/onnx/formula.h"
#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {

Status infer(Op& op) {
  const Type& x = op.operand_type(0);
  if (x.rank() != 2) return Failure{"needs lines: an input of rank 2"};
  op.results[0]->type = {x.element, x.shape, std::nullopt};
  for (size_t i = 1; i < 4; ++i) op.results[i]->type = {Element::i64, {x.shape[0]}, std::nullopt};
  return {};
}

// -1, 0 or 1 as line a stands before, with or after line b.
int compare(const Tensor& x, int64_t a, int64_t b) {
  const int64_t width = x.shape()[1];
  for (int64_t i = 0; i < width; ++i) {
    if (is_integer(x.element())) {
      const int64_t va = x.integer(a * width + i), vb = x.integer(b * width + i);
      const bool less = x.element() == Element::u64 ? static_cast<uint64_t>(va) < static_cast<uint64_t>(vb) : va < vb;
      if (va != vb) return less ? -1 : 1;
    } else {
      const double va = x.real(a * width + i), vb = x.real(b * width + i);
      if (va != vb) return va < vb ? -1 : 1;
    }
  }
  return 0;
}

void reference(const Op& op, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  const Tensor& x = *operands[0];
  const int64_t lines = x.shape()[0], width = x.shape()[1];
  std::vector<int64_t> found;
  for (int64_t i = 0; i < lines; ++i) {
    if (std::none_of(found.begin(), found.end(), [&](int64_t k) { return compare(x, k, i) == 0; })) found.push_back(i);
  }
  if (op.flag("sorted"))
    std::stable_sort(found.begin(), found.end(), [&](int64_t a, int64_t b) { return compare(x, a, b) < 0; });
  const auto count = static_cast<int64_t>(found.size());
  const auto bytes = static_cast<size_t>(width * element_bytes(x.element()));
  for (int64_t k = 0; k < lines; ++k) {
    results[1].set_integer(k, k < count ? found[static_cast<size_t>(k)] : -1);
    if (k >= count) continue;
    const int64_t from = found[static_cast<size_t>(k)];
    std::copy_n(x.data() + static_cast<size_t>(from) * bytes, bytes,
                results[0].mutable_data() + static_cast<size_t>(k) * bytes);
  }
  for (int64_t i = 0; i < lines; ++i) {
    const auto at = std::find_if(found.begin(), found.end(), [&](int64_t k) { return compare(x, k, i) == 0; });
    if (at == found.end()) continue;  // NaN equals nothing
    results[2].set_integer(i, at - found.begin());
    results[3].set_integer(at - found.begin(), results[3].integer(at - found.begin()) + 1);
  }
}

void import_unique(OnnxImporter& importer) {
  const Term x = input_term(importer, 0);
  if (!x) return;
  const bool flat = !importer.has_attribute("axis");
  const auto axis = flat ? std::optional<int>(0) : importer.axis(importer.integer("axis", 0), x.rank());
  if (!axis) return;
  std::vector<int64_t> perm = {*axis};  // the axis first; its own inverse is found below
  for (int d = 0; d < x.rank(); ++d) {
    if (d != *axis) perm.push_back(d);
  }
  const Term front = flat ? reshape(x, {element_count(x.shape()), 1}) : transpose(x, perm);
  const int64_t lines = front.dim(0);
  const int64_t width = lines == 0 ? 0 : element_count(front.shape()) / lines;
  Value* y =
      importer.make("unique", {reshape(front, {lines, width}).value}, {{"sorted", importer.integer("sorted", 1) != 0}});
  if (!y) return;
  importer.note("the results have room for every entry; after the last one values are 0, indices -1 and counts 0");
  Term values{&importer, y};
  if (flat) {
    values = reshape(values, {lines});
  } else {
    std::vector<int64_t> back(perm.size());
    for (size_t i = 0; i < perm.size(); ++i) back[static_cast<size_t>(perm[i])] = static_cast<int64_t>(i);
    values = transpose(reshape(values, front.shape()), back);
  }
  importer.set_output(0, values.value);
  for (size_t i = 1; y->producer && i < y->producer->results.size(); ++i)
    importer.set_output(i, y->producer->results[i]);
}

}  // namespace

extern const OpDef unique_op = {
    .name = "unique",
    .summary = "Lines that differ, with their first places and numbers.",
    .doc =
        "x [lines, width]. values: the lines that differ, in lexicographic order or as they come; indices: where each "
        "stands first; inverse: for every line of x its place among the values; counts: how often each occurs. Shapes "
        "are "
        "fixed: after the last value there are zeros, indices of -1 and counts of 0. NaN equals nothing.",
    .operands = {{"x"}},
    .results = {"values", "indices", "inverse", "counts"},
    .attributes = {{"sorted", AttributeKind::flag, Attribute{true}, "else in order of appearance"}},
    .infer = infer,
    .reference = reference,
    .onnx = {{"", "Unique", 11, kNewest, import_unique}},
};

}  // namespace tinyc::ir
