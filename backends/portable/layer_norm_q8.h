// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// 8-bit layer normalisation over the last axes: exact sums, an integer inverse square root per line.
#include "backends/kernel_support.h"
#include "ir/ops/layer_norm.h"

namespace tinyc {
namespace portable_layer_norm_q8 {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_8bit(op.operand_type(0), "its input")) return reason;
  return need_8bit(op.result_type(), "its result");
}

inline Needs needs(const ir::Op& op, const Variant&) {
  return last_axes(op, op.integer("axis")).whole ? whole(op) : row_by_row(op, WriteFront::row);
}

inline Built build(const ir::Op& op, const Variant&) {
  const LastAxes lines = last_axes(op, op.integer("axis"));
  const ir::LayerNormSteps steps = *ir::layer_norm_steps(op);
  const ir::Type& in = op.operand_type(0);
  const ir::Type& out = op.result_type();
  Built built;
  built.geometry = {{"lines", lines.lines},
                    {"count", lines.count},
                    {"whole", lines.whole},
                    {"epsilon_low", static_cast<int32_t>(steps.epsilon)},
                    {"epsilon_high", static_cast<int32_t>(steps.epsilon >> 32)},
                    {"bits", steps.bits},
                    {"in_zero", in.quant->zero_point()},
                    {"out_zero", out.quant->zero_point()},
                    {"low", ir::lowest(out.element)},
                    {"high", ir::highest(out.element)},
                    {"in_unsigned", is_unsigned_8(in)}};
  built.constants = {packed("scale", "per element of a line, in units of 2^-bits steps", steps.scale),
                     packed("bias", "per element of a line, in units of 2^-bits steps", steps.bias)};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  const LastAxes lines = last_axes(op, op.integer("axis"));
  return static_cast<double>(op.result_type().elements()) * (4 * t.load + t.store + 2 * t.mul_wide + 12 * t.alu) +
         static_cast<double>(lines.lines) * 400 * t.alu;
}

}  // namespace portable_layer_norm_q8

inline const KernelDef portable_layer_norm_q8_kernel = {
    .name = "layer_norm_q8",
    .isa = Isa::portable,
    .ops = {"layer_norm"},
    .types = "q8 -> q8",
    .summary = "8-bit layer normalisation",
    .entry = "layer_norm_q8",
    .geometry_type = "LayerNormQ8",
    .why_not = portable_layer_norm_q8::why_not,
    .needs = portable_layer_norm_q8::needs,
    .build = portable_layer_norm_q8::build,
    .cycles = portable_layer_norm_q8::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/wide.h"
#include "runtime-stubs/tinyc_kernel.h"

// (x - mean) / sqrt(variance + epsilon) * scale + bias for every line of `count` elements. epsilon is in units of 2^-8
// and for count^2 times the variance, scale and bias in units of 2^-bits steps of the result.
struct LayerNormQ8 {
  int32_t lines, count, whole;
  int32_t epsilon_low, epsilon_high, bits, in_zero, out_zero, low, high, in_unsigned;
};

// floor(sqrt(value)).
TINYC_KERNEL uint32_t layer_norm_q8_root(uint64_t value) {
  uint64_t root = 0;
  for (uint64_t bit = static_cast<uint64_t>(1) << 62; bit != 0; bit >>= 2) {
    if (value >= root + bit) {
      value -= root + bit;
      root = (root >> 1) + bit;
    } else {
      root >>= 1;
    }
  }
  return static_cast<uint32_t>(root);
}

// root * 2^-(46 + half) is 1 / sqrt(spread); 0 for 0.
struct LayerNormQ8Inverse {
  int32_t root, half;
};

TINYC_KERNEL LayerNormQ8Inverse layer_norm_q8_inverse(uint64_t spread) {
  if (spread == 0) return {0, 0};
  int32_t half = 0;
  while ((spread >> 32) != 0) {
    spread >>= 2;
    ++half;
  }
  if (half == 0) {
    while (spread < (1u << 30)) {
      spread <<= 2;
      --half;
    }
  }
  const uint64_t root = layer_norm_q8_root(spread << 32);
  return {static_cast<int32_t>(((static_cast<uint64_t>(1) << 62) - 1) / root), half};
}

TINYC_KERNEL void layer_norm_q8_line(const LayerNormQ8& g, const uint8_t* from, uint8_t* to, const int32_t* scale,
                                     const int32_t* bias) {
  int32_t sum = 0;
  uint32_t squares = 0;
  for (int32_t i = 0; i < g.count; ++i) {
    const int32_t value = load_8(from, i, g.in_unsigned != 0) - g.in_zero;
    sum += value;
    squares += static_cast<uint32_t>(value * value);
  }
  const uint64_t spread =
      static_cast<uint64_t>(static_cast<int64_t>(squares) * g.count - static_cast<int64_t>(sum) * sum) * 256;
  const uint64_t epsilon =
      static_cast<uint64_t>(static_cast<uint32_t>(g.epsilon_high)) << 32 | static_cast<uint32_t>(g.epsilon_low);
  const LayerNormQ8Inverse inverse = layer_norm_q8_inverse(spread + epsilon);
  for (int32_t i = 0; i < g.count; ++i) {
    const int32_t distance = (load_8(from, i, g.in_unsigned != 0) - g.in_zero) * g.count - sum;
    const int32_t normal = round_shift_half_up(static_cast<int64_t>(distance) * inverse.root, 26 + inverse.half);
    const int64_t value = static_cast<int64_t>(normal) * scale[i] + static_cast<int64_t>(bias[i]) * 65536;
    const int64_t steps = (value + (static_cast<int64_t>(1) << (15 + g.bits))) >> (16 + g.bits);
    to[i] = static_cast<uint8_t>(clamp_wide(g.out_zero + steps, g.low, g.high));
  }
}

TINYC_KERNEL void layer_norm_q8(const LayerNormQ8& g, const Rows& in, const Rows& out, const int32_t* scale,
                                const int32_t* bias, int32_t y0, int32_t y1) {
  const int32_t end = g.whole != 0 ? y0 + 1 : y1;
  for (int32_t y = y0; y < end; ++y) {
    const uint8_t* from = row_at(in, y);
    uint8_t* to = row_at(out, y);
    for (int32_t i = 0; i < g.lines; ++i) layer_norm_q8_line(g, from + i * g.count, to + i * g.count, scale, bias);
  }
}
