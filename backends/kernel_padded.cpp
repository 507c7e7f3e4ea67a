// SPDX-License-Identifier: Apache-2.0
#include "backends/kernel_padded.h"

#include <algorithm>

#include "ir/numerics.h"

namespace tinyc {

namespace {

struct Axis {
  int64_t in, begin, out;
  bool padded() const { return in != out; }
};

std::vector<uint8_t> filler(const ir::Op& op) {
  const ir::Type& type = op.result_type();
  ir::Tensor value(type.element, {});
  if (type.quantized()) {
    value.set_integer(0, ir::quantize(op.real("value"), type.quant->scale(), type.quant->zero_point(), type.element));
  } else {
    value.set_real(0, op.real("value"));
  }
  const auto* bytes = reinterpret_cast<const uint8_t*>(value.data());
  return {bytes, bytes + value.bytes()};
}

int64_t mode_of(const ir::Op& op) {
  constexpr std::string_view kModes[] = {"constant", "edge", "reflect", "wrap"};
  return std::find(std::begin(kModes), std::end(kModes), op.text("mode")) - std::begin(kModes);
}

// Neighbours that are not padded become one axis; the last of them is `inner`.
bool merge(std::vector<Axis>& axes, int64_t& inner) {
  std::vector<Axis> merged;
  for (const Axis& axis : axes) {
    if (axis.out == 1) continue;
    if (!axis.padded() && !merged.empty() && !merged.back().padded()) {
      merged.back() = {merged.back().in * axis.in, 0, merged.back().out * axis.out};
    } else {
      merged.push_back(axis);
    }
  }
  if (!merged.empty() && !merged.back().padded()) {
    inner = merged.back().in;
    merged.pop_back();
  }
  if (merged.size() > 3) return false;
  merged.insert(merged.begin(), 3 - merged.size(), Axis{1, 0, 1});
  axes = std::move(merged);
  return true;
}

}  // namespace

std::optional<Padded> padded_of(const ir::Op& op) {
  const ir::Shape& in = op.operand_type(0).shape;
  const ir::Shape& out = op.result_type().shape;
  const std::vector<int64_t>& pads = op.integers("pads");
  Padded padded;
  padded.mode = mode_of(op);
  padded.fill = filler(op);
  const bool many = row_count(op.result_type()) != 1;
  if (many) {
    padded.rows = in[1];
    padded.row_begin = pads[1];
    padded.window.offset = -pads[1];
    padded.window.all = padded.mode != 0 && in[1] != out[1];
  } else {
    padded.window.all = row_count(op.operand_type(0)) != 1;
  }
  std::vector<Axis> axes;
  for (size_t i = many ? 2 : 0; i < in.size(); ++i) axes.push_back({in[i], pads[i], out[i]});
  if (!merge(axes, padded.inner)) return std::nullopt;
  for (size_t i = 0; i < 3; ++i) {
    padded.in[i] = axes[i].in;
    padded.begin[i] = axes[i].begin;
    padded.out[i] = axes[i].out;
  }
  return padded;
}

}  // namespace tinyc
