// SPDX-License-Identifier: Apache-2.0
#include "backends/kernel_lanes.h"

#include <algorithm>

#include "backends/kernel_wide.h"
#include "ir/op_def.h"

namespace tinyc {
namespace {

// Taps per output, filled up to whole words of weights.
int64_t lane_taps(const ir::Op& op, int weight_bits) {
  const ir::Type& w = op.operand_type(1);
  const int64_t group = 32 / weight_bits;
  return (w.elements() / w.shape[0] + group - 1) / group * group;
}

// The order of taps in bytes (and in halves of bytes) that extends to their order in memory.
int64_t place_of(int64_t tap, int weight_bits) {
  constexpr int64_t kOrder[] = {0, 2, 1, 3};
  if (weight_bits == 8) return tap / 4 * 4 + kOrder[tap % 4];
  return tap / 8 * 8 + 2 * kOrder[tap % 4] + tap % 8 / 4;
}

std::vector<int8_t> in_lanes(const ir::Op& op, int weight_bits) {
  const std::vector<int8_t> weights = centred_as<int8_t>(op);
  const int64_t outputs = op.operand_type(1).shape[0];
  const int64_t taps = static_cast<int64_t>(weights.size()) / outputs;
  const int64_t line = lane_taps(op, weight_bits);
  std::vector<int8_t> placed(static_cast<size_t>(outputs * line), 0);
  for (int64_t o = 0; o < outputs; ++o) {
    for (int64_t k = 0; k < taps; ++k)
      placed[static_cast<size_t>(o * line + place_of(k, weight_bits))] = weights[static_cast<size_t>(o * taps + k)];
  }
  return placed;
}

std::vector<uint8_t> as_bytes(const std::vector<int8_t>& values) { return {values.begin(), values.end()}; }

// Sums of 4-bit weights are kept 16 times as large, before the zero point is taken off.
bool fits_sixteenths(const ir::Op& op) {
  const std::vector<int32_t> weights = centred_weights(op);
  const int64_t outputs = op.operand_type(1).shape[0];
  const int64_t taps = static_cast<int64_t>(weights.size()) / outputs;
  return taps * 8 * 255 * 16 < int64_t{1} << 31;
}

// A fully connected layer's rows are images of 1 line, its lines pixels.
Image2d lanes_image(const ir::Op& op) {
  if (op.is("conv")) return conv_image(op);
  const ir::Shape& w = op.operand_type(1).shape;
  const int64_t rows = row_count(op.result_type());
  const int64_t lines = op.result_type().elements() / std::max<int64_t>(1, w[0] * rows);
  const ir::Window one{1, 1, 1, 1, 1, 0, 0};
  return {rows, lines, w[1], rows, lines, w[0], one, one};
}

}  // namespace

std::optional<std::string> need_lanes(const ir::Op& op, int weight_bits) {
  if (op.is("conv")) {
    if (auto reason = need_2d(op)) return reason;
    if (op.integer("groups") != 1) return "needs one group";
  }
  if (op.operand_type(1).shape[0] == 0) return "needs an output";
  if (weight_bits == 4) {
    if (auto reason = need_8bit(op.result_type(), "its result")) return reason;
    if (!fits_sixteenths(op)) return "needs fewer taps";
    if (auto reason = need_integer_layer(op, 4)) return reason;
    if (*lowest_nibble(op) != -8) return "needs weights from -8 to 7 after their zero points are taken off";
    return std::nullopt;
  }
  if (auto reason = need_narrow(op.result_type(), "its result")) return reason;
  return need_integer_layer(op, 8, ir::Element::i16);
}

Needs lanes_needs(const ir::Op& op, int weight_bits) {
  Needs needs = op.is("conv") ? conv_needs(op) : row_by_row(op, WriteFront::row);
  needs.scratch_bytes = 2 * lane_taps(op, weight_bits);
  return needs;
}

Built build_lanes(const ir::Op& op, int weight_bits) {
  const Requantization requantization = requantization_of(op);
  const Clamp clamp = clamp_of(op);
  Built built;
  built.geometry = window_geometry(lanes_image(op));
  const std::vector<GeometryField> rest = {{"taps", lane_taps(op, weight_bits)},
                                           {"in_zero", op.operand_type(0).quant->zero_point()},
                                           {"out_zero", op.result_type().quant->zero_point()},
                                           {"low", clamp.low},
                                           {"high", clamp.high},
                                           {"in_kind", narrow_kind(op.operand_type(0))},
                                           {"out_kind", narrow_kind(op.result_type())},
                                           {"rounding", requantization.rounding}};
  built.geometry.insert(built.geometry.end(), rest.begin(), rest.end());
  const std::vector<int8_t> placed = in_lanes(op, weight_bits);
  built.constants = {
      weight_bits == 4
          ? packed("weights", "[outputs][taps], 4 bits; of 8 taps bytes hold 0 4, 2 6, 1 5, 3 7", nibbles(placed))
          : packed("weights", "[outputs][taps], of 4 taps bytes hold 0 2 1 3", as_bytes(placed)),
      packed("bias", "with the input's zero point folded in", requantization.bias),
      packed("multiplier", "per output", requantization.multiplier),
      packed("shift", "per output", requantization.shift)};
  return built;
}

// Per group of taps (4 or 8): words of the window once for up to four outputs, then the products of each.
double lanes_cycles(const ir::Op& op, int weight_bits, const CoreTiming& t) {
  const int64_t outputs = op.operand_type(1).shape[0];
  const auto groups = static_cast<double>(lane_taps(op, weight_bits) * weight_bits / 32);
  const auto pixels = static_cast<double>(op.result_type().elements() / outputs);
  const bool packed_4 = weight_bits == 4;
  const auto passes = static_cast<double>(outputs / 4 + outputs % 4);
  const double pass = (packed_4 ? 4 : 2) * t.load_next + 4 * t.alu;
  const double output = t.load_next + (packed_4 ? 7 * t.alu + 4 * t.dual_mac : 2 * t.alu + 2 * t.dual_mac);
  const double copied =
      static_cast<double>(lane_taps(op, weight_bits)) * (packed_4 ? t.load + t.store + 3 * t.alu : t.load + t.store);
  const double results = static_cast<double>(outputs) * (t.mul_wide + 3 * t.load + t.store + 15 * t.alu);
  return pixels * (copied + groups * (passes * pass + static_cast<double>(outputs) * output) + results + 30 * t.alu);
}

}  // namespace tinyc
