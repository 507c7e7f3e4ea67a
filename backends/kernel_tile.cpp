// SPDX-License-Identifier: Apache-2.0
#include "backends/kernel_tile.h"

#include <algorithm>
#include <numeric>

#include "backends/kernel_block.h"

namespace tinyc {

std::vector<Variant> tile_variants() {
  return {{"two windows", {2, 0, 0}}, {"one window", {1, 0, 0}}, {"one window, for small cores", {1, 1, 0}}};
}

namespace {

// Weights [outputs][taps] with zeros up to a multiple of 4 taps.
std::vector<int8_t> with_whole_blocks(const std::vector<int8_t>& weights, int64_t outputs) {
  const auto taps = static_cast<std::ptrdiff_t>(weights.size()) / outputs;
  std::vector<int8_t> padded;
  for (std::ptrdiff_t o = 0; o < outputs; ++o) {
    padded.insert(padded.end(), weights.begin() + o * taps, weights.begin() + (o + 1) * taps);
    padded.resize(static_cast<size_t>((o + 1) * in_whole_blocks(taps)));
  }
  return padded;
}

}  // namespace

void add_tile_parameters(Built& built, const ir::Op& op, const Variant& variant) {
  std::optional<BlockRequantization> merged = block_requantization(op);
  const int64_t outputs = op.operand_type(1).shape[0];
  std::vector<int8_t> weights = centred_as<int8_t>(op);
  const auto taps = static_cast<std::ptrdiff_t>(weights.size()) / outputs;
  for (std::ptrdiff_t o = 0; merged && o < outputs; ++o) {
    const auto first = weights.begin() + o * taps;
    if (merged->constant[static_cast<size_t>(o)]) std::fill_n(first, taps, int8_t{0});
    // The kernel's sum has x as stored, or in pairs from 0 on; it wraps, but what is scaled fits.
    const int64_t lowest = tile_in_pairs(variant) && !is_unsigned_8(op.operand_type(0)) ? -128 : 0;
    const int64_t zero =
        256 * (op.operand_type(0).quant->zero_point() - lowest) * std::accumulate(first, first + taps, int64_t{0});
    int32_t& added = merged->added[static_cast<size_t>(o)];
    added = static_cast<int32_t>(static_cast<uint32_t>(added - zero));
  }
  if (tile_in_pairs(variant)) weights = with_whole_blocks(weights, outputs);
  weights = in_blocks_of_4(weights, outputs, 1);
  for (int8_t& weight : weights) {
    if (tile_small(variant) || tile_in_pairs(variant))
      weight = static_cast<int8_t>(static_cast<uint8_t>(weight) ^ 0x80U);
  }
  add_requantization(built, op);
  built.geometry.insert(built.geometry.end(), {{"windows", tile_windows(variant)},
                                               {"small", tile_small(variant)},
                                               {"merged", merged.has_value()},
                                               {"offset", merged ? merged->offset : 0},
                                               {"merged_shift", merged ? merged->shift : 0},
                                               {"out_unsigned", is_unsigned_8(op.result_type())}});
  if (merged)
    built.constants = {packed("added", "256 * bias, and what makes the steps fall right", merged->added),
                       packed("multiplier", "per output channel", merged->multiplier),
                       packed("shift", "not used", std::vector<int32_t>{0})};
  built.constants.insert(built.constants.begin(), packed("weights",
                                                         tile_small(variant) || tile_in_pairs(variant)
                                                             ? "[outputs / 4][taps][4]; zero points taken off, plus 128"
                                                             : "[outputs / 4][taps][4]; zero points taken off",
                                                         weights));
}

double tile_high_cycles(const Variant& variant, const CoreTiming& t) {
  // Other cores gain nothing from what small ones need.
  if (!tile_small(variant)) return t.mul_wide;
  return t.load_signed > t.load ? 4 * t.mul + 14 * t.alu : 4 * t.mul + 50 * t.alu;
}

double tile_pair_cycles(const ir::Op& op, const Variant& variant, const CoreTiming& t) {
  const auto outputs = static_cast<double>(op.operand_type(1).shape[0]);
  // Where two loads in a row cost less, weights come in two groups. A shift is part of an addition but on small cores.
  const double groups = 2 * (t.load - t.load_next);
  const bool small_core = t.load_signed > t.load;
  const double shift = small_core ? 1 : 0;
  // A product that is as quick as an addition: else GCC's form has more instructions than are saved.
  const bool pays = t.mul == t.alu && t.mla > t.mul;
  const double products = pays ? 4 * (t.mul + (2 + shift) * t.alu) : 8 * t.mla + 4 * t.alu;
  const double tap = groups + 5 * t.load_next + products + (t.branch + 3 * t.alu) / (small_core ? 4 : 8);
  const double packing = 2 * t.load_next + t.store + 4 * t.alu + (t.branch + 4 * t.alu) / 4;
  // The last window of odd rows is alone.
  const auto width = static_cast<double>(conv_image(op).out_w);
  const double alone = conv_image(op).out_w % 2 == 0 ? 0 : (small_core ? 0.25 : 0.5) / width;
  return layer_cycles(op, (tap / 8 + packing / (2 * outputs)) * (1 + alone),
                      tile_high_cycles(variant, t) + t.store + 2 * t.load_next + 6 * t.alu);
}

double tile_cycles(const ir::Op& op, const Variant& variant, const CoreTiming& t) {
  if (tile_in_pairs(variant)) return tile_pair_cycles(op, variant, t);
  const auto windows = static_cast<double>(tile_windows(variant));
  const double signed_extra = std::max(t.load_signed - t.load, 0.0);
  const double groups = windows;
  const double loads = groups * (t.load - t.load_next) + (4 + windows) * t.load_next +
                       (windows + (tile_small(variant) ? 0 : 4)) * signed_extra;
  // Sums, a pixel each, a weight, the pointers to pixels and weights.
  const double spilled = std::max(0.0, 5 * windows + 3 - t.registers);
  const double tap = loads + 4 * windows * t.mla + spilled * (t.load + t.store) + (t.branch + 2 * t.alu) / 4;
  const double high = tile_high_cycles(variant, t);
  return layer_cycles(op, tap / (4 * windows), high + t.store + 2 * t.load_next + 6 * t.alu);
}

}  // namespace tinyc
