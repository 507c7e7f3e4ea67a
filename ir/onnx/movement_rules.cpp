// SPDX-License-Identifier: Apache-2.0
// Operators that move elements, made from reshape, transpose and expand.
#include <fmt/format.h>

#include "ir/onnx/rules.h"
#include "ir/onnx_import.h"

namespace tinyc::ir {
namespace {

// [d0, d1] repeated [r0, r1] times: [1, d0, 1, d1] expanded to [r0, d0, r1, d1].
void import_tile(OnnxImporter& importer) {
  Value* x = importer.input(0);
  const auto repeats = importer.required_integers(1, "the repeats");
  if (!x || !repeats) return;
  const Shape shape = x->type.shape;
  if (repeats->size() != shape.size())
    return importer.error(Code::T0305, fmt::format("{} repeats for {} axes", repeats->size(), shape.size()));
  Shape split, expanded, joined;
  for (size_t d = 0; d < shape.size(); ++d) {
    constexpr int64_t kLimit = int64_t{1} << 31;
    const int64_t times = (*repeats)[d];
    if (times < 0 || times > kLimit) return importer.error(Code::T0307, fmt::format("{} repeats", times));
    if (times != 1) {
      split.push_back(1);
      expanded.push_back(times);
    }
    split.push_back(shape[d]);
    expanded.push_back(shape[d]);
    joined.push_back(shape[d] * times);
  }
  Value* y = importer.make("reshape", {x}, {{"shape", split}});
  y = importer.make("expand", {y}, {{"shape", expanded}});
  if (y) importer.emit("reshape", {y}, {{"shape", joined}});
}

// Input and block size of DepthToSpace and SpaceToDepth; nothing after an error.
std::optional<int64_t> block_of(OnnxImporter& importer, const Value* x) {
  const int64_t block = importer.integer("blocksize", 0);
  if (x->type.rank() == 4 && block >= 1 && block < (1 << 15)) return block;
  importer.error(Code::T0307, fmt::format("blocksize {} of a tensor of rank {}", block, x->type.rank()));
  return std::nullopt;
}

void emit_shuffle(OnnxImporter& importer, Value* x, Shape split, std::vector<int64_t> perm, Shape joined) {
  Value* y = importer.make("reshape", {x}, {{"shape", std::move(split)}});
  y = importer.make("transpose", {y}, {{"perm", std::move(perm)}});
  if (y) importer.emit("reshape", {y}, {{"shape", std::move(joined)}});
}

void import_depth_to_space(OnnxImporter& importer) {
  Value* x = importer.input(0);
  const auto block = x ? block_of(importer, x) : std::nullopt;
  if (!block) return;
  const int64_t b = *block;
  const Shape& s = x->type.shape;
  if (s[1] % (b * b) != 0)
    return importer.error(Code::T0305, fmt::format("{} channels are not a multiple of {}", s[1], b * b));
  const int64_t c = s[1] / (b * b);
  const std::string mode = importer.text("mode", "DCR");
  const Shape joined = {s[0], c, s[2] * b, s[3] * b};
  if (mode == "DCR") return emit_shuffle(importer, x, {s[0], b, b, c, s[2], s[3]}, {0, 3, 4, 1, 5, 2}, joined);
  if (mode == "CRD") return emit_shuffle(importer, x, {s[0], c, b, b, s[2], s[3]}, {0, 1, 4, 2, 5, 3}, joined);
  importer.error(Code::T0307, "mode is '" + mode + "'", "ONNX knows DCR and CRD");
}

void import_space_to_depth(OnnxImporter& importer) {
  Value* x = importer.input(0);
  const auto block = x ? block_of(importer, x) : std::nullopt;
  if (!block) return;
  const int64_t b = *block;
  const Shape& s = x->type.shape;
  if (s[2] % b != 0 || s[3] % b != 0)
    return importer.error(Code::T0305, fmt::format("{} is not divisible by blocks of {}", shape_text(s), b));
  emit_shuffle(importer, x, {s[0], s[1], s[2] / b, b, s[3] / b, b}, {0, 3, 5, 1, 2, 4},
               {s[0], s[1] * b * b, s[2] / b, s[3] / b});
}

constexpr OnnxRule kRules[] = {
    {"", "DepthToSpace", 1, kNewest, import_depth_to_space},
    {"", "SpaceToDepth", 1, kNewest, import_space_to_depth},
    {"", "Tile", 6, kNewest, import_tile},
};

}  // namespace

std::span<const OnnxRule> movement_rules() { return kRules; }

}  // namespace tinyc::ir
