// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {

Status infer(Op& op) {
  const Type &boxes = op.operand_type(0), &scores = op.operand_type(1);
  if (boxes.rank() != 3 || scores.rank() != 3 || boxes.shape[2] != 4 || boxes.shape[0] != scores.shape[0] ||
      boxes.shape[1] != scores.shape[2])
    return Failure{fmt::format("boxes {} and scores {}", shape_text(boxes.shape), shape_text(scores.shape))};
  if (boxes.element != Element::f32 || scores.element != Element::f32) return Failure{"boxes and scores must be f32"};
  const int64_t most = std::clamp<int64_t>(op.integer("most"), 0, boxes.shape[1]);
  op.results[0]->type = {Element::i64, {scores.shape[0] * scores.shape[1] * most, 3}, std::nullopt};
  return {};
}

Status verify(const Op& op) {
  const double overlap = op.real("overlap");
  if (!(overlap >= 0 && overlap <= 1)) return Failure{"overlap is a part: 0 to 1"};
  return {};
}

// Every step in float32, so that comparisons fall the same way on every target.
struct Box {
  float low_y, low_x, high_y, high_x;
};

Box box_at(const Op& op, const Tensor& boxes, int64_t index) {
  const auto at = [&](int64_t k) { return static_cast<float>(boxes.real(index * 4 + k)); };
  if (op.flag("centred")) {
    const float half_w = at(2) / 2.0F, half_h = at(3) / 2.0F;
    return {at(1) - half_h, at(0) - half_w, at(1) + half_h, at(0) + half_w};
  }
  return {std::min(at(0), at(2)), std::min(at(1), at(3)), std::max(at(0), at(2)), std::max(at(1), at(3))};
}

bool suppresses(const Box& a, const Box& b, float overlap) {
  const float height = std::min(a.high_y, b.high_y) - std::max(a.low_y, b.low_y);
  const float width = std::min(a.high_x, b.high_x) - std::max(a.low_x, b.low_x);
  if (!(height > 0 && width > 0)) return false;
  const float common = height * width;
  const float area_a = (a.high_y - a.low_y) * (a.high_x - a.low_x);
  const float area_b = (b.high_y - b.low_y) * (b.high_x - b.low_x);
  return common > overlap * (area_a + area_b - common);
}

void reference(const Op& op, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  const Tensor &boxes = *operands[0], &scores = *operands[1];
  const int64_t count = boxes.shape()[1], classes = scores.shape()[1];
  const auto overlap = static_cast<float>(op.real("overlap"));
  for (int64_t i = 0; i < results[0].size(); ++i) results[0].set_integer(i, -1);
  int64_t row = 0;
  for (int64_t line = 0; line < boxes.shape()[0] * classes; ++line) {
    const int64_t batch = line / classes;
    std::vector<int64_t> order;
    for (int64_t i = 0; i < count; ++i) {
      if (scores.real(line * count + i) > op.real("threshold")) order.push_back(i);
    }
    std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
      return scores.real(line * count + a) > scores.real(line * count + b);
    });
    std::vector<Box> kept;
    for (const int64_t i : order) {
      if (static_cast<int64_t>(kept.size()) >= op.integer("most")) break;
      const Box box = box_at(op, boxes, batch * count + i);
      if (std::any_of(kept.begin(), kept.end(), [&](const Box& other) { return suppresses(other, box, overlap); }))
        continue;
      kept.push_back(box);
      const int64_t found[] = {batch, line % classes, i};
      for (int64_t k = 0; k < 3; ++k) results[0].set_integer(row * 3 + k, found[k]);
      ++row;
    }
  }
}

std::optional<double> scalar_input(OnnxImporter& importer, size_t index, std::string_view what, double fallback) {
  if (!importer.has_input(index)) return fallback;
  const Tensor* given = importer.required_constant(index, what);
  if (!given) return std::nullopt;
  if (given->size() == 1) return given->real(0);
  importer.error(Code::T0305, fmt::format("{} must be one number", what));
  return std::nullopt;
}

void import_non_max_suppression(OnnxImporter& importer) {
  Value* boxes = importer.input(0);
  Value* scores = importer.input(1);
  const auto most = scalar_input(importer, 2, "max_output_boxes_per_class", 0);
  const auto overlap = scalar_input(importer, 3, "iou_threshold", 0);
  const auto threshold = scalar_input(importer, 4, "score_threshold", -std::numeric_limits<double>::infinity());
  if (!boxes || !scores || !most || !overlap || !threshold) return;
  if (!(*overlap >= 0 && *overlap <= 1))
    return importer.error(Code::T0307, fmt::format("iou_threshold {} is not between 0 and 1", *overlap));
  importer.note("the result has a row for every box that may be selected; rows after the last one hold -1");
  importer.emit("non_max_suppression", {boxes, scores},
                {{"most", static_cast<int64_t>(std::clamp(*most, 0.0, 2147483647.0))},
                 {"overlap", *overlap},
                 {"threshold", *threshold},
                 {"centred", importer.integer("center_point_box", 0) != 0}});
}

}  // namespace

extern const OpDef non_max_suppression_op = {
    .name = "non_max_suppression",
    .summary = "Of boxes that overlap, those with the best scores.",
    .doc =
        "boxes [N, boxes, 4], scores [N, classes, boxes]. Per class the boxes with a score above `threshold` by "
        "falling "
        "score (of equals the first); one is taken unless it shares more than `overlap` of the joint area with one "
        "taken "
        "before. Rows are (batch, class, box); there are N x classes x min(most, boxes), those after the last taken "
        "one "
        "hold -1. Arithmetic in float32.",
    .operands = {{"boxes"}, {"scores"}},
    .results = {"selected"},
    .attributes = {{"most", AttributeKind::integer, std::nullopt, "boxes per class"},
                   {"overlap", AttributeKind::real, Attribute{0.0}, "0 to 1"},
                   {"threshold", AttributeKind::real, Attribute{-std::numeric_limits<double>::infinity()}, "of scores"},
                   {"centred", AttributeKind::flag, Attribute{false},
                    "boxes are centre x, y, width, height; else two corners y, x, y, x"}},
    .infer = infer,
    .verify = verify,
    .reference = reference,
    .onnx = {{"", "NonMaxSuppression", 10, kNewest, import_non_max_suppression}},
};

}  // namespace tinyc::ir
