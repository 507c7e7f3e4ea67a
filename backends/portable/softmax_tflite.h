// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// 8-bit softmax along the last axis as TensorFlow Lite's reference kernel computes it, exponentials from a table.
#include "backends/kernel_support.h"
#include "ir/tflite.h"

namespace tinyc {
namespace portable_softmax_tflite {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (ir::rounding_of(op) == ir::Rounding::nearest) return "rounds as TensorFlow Lite only";
  return need_8bit(op.operand_type(0), "its input");
}

inline Needs needs(const ir::Op& op, const Variant&) { return row_by_row(op, WriteFront::row); }

inline Built build(const ir::Op& op, const Variant&) {
  const ir::Type& out = op.result_type();
  Built built;
  built.geometry = {{"lines", out.elements() / out.shape.back() / row_count(out)}, {"classes", out.shape.back()}};
  built.constants = {packed("exponential", "exp(-distance * scale) in units of 2^-31",
                            ir::tflite::softmax_exponentials(op.operand_type(0).quant->scale(), ir::rounding_of(op)))};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& timing) {
  return static_cast<double>(op.result_type().elements()) * (4 * timing.load + timing.mul_wide + 20 * timing.alu);
}

}  // namespace portable_softmax_tflite

inline const KernelDef portable_softmax_tflite_kernel = {
    .name = "softmax_tflite",
    .isa = Isa::portable,
    .ops = {"softmax"},
    .types = "q8 -> q8",
    .summary = "8-bit softmax as TensorFlow Lite's",
    .entry = "softmax_tflite",
    .geometry_type = "SoftmaxTflite",
    .tflite_rounding = true,
    .why_not = portable_softmax_tflite::why_not,
    .needs = portable_softmax_tflite::needs,
    .build = portable_softmax_tflite::build,
    .cycles = portable_softmax_tflite::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "runtime-stubs/tinyc_kernel.h"

// y = e[max - x] / sum of e in units of 1/256, minus 128.
struct SoftmaxTflite {
  int32_t lines, classes;
};

// a * b / 2^31, half up: a product of fixed-point numbers.
TINYC_KERNEL int32_t softmax_tflite_product(int32_t a, int32_t b) {
  return round_shift_half_up(static_cast<int64_t>(a) * b, 31);
}

// value / 2^bits, half away from zero; value >= 0.
TINYC_KERNEL int32_t softmax_tflite_shift(int32_t value, int32_t bits) {
  return round_shift_half_up(static_cast<int64_t>(value), bits);
}

// 2^31 / (1 + x / 2^31) by three steps of Newton's method, from 48/17 - 32/17 d for d = (1 + x) / 2; y has 2 integer
// bits.
TINYC_KERNEL int32_t softmax_tflite_reciprocal(int32_t x) {
  const int32_t half_denominator = static_cast<int32_t>((static_cast<int64_t>(x) + INT32_MAX + 1) / 2);
  int32_t y = 1515870810 + softmax_tflite_product(half_denominator, -1010580540);
  for (int32_t i = 0; i < 3; ++i) {
    const int32_t error = (1 << 29) - softmax_tflite_product(half_denominator, y);
    y += softmax_tflite_product(y, error) * 4;
  }
  return y > INT32_MAX / 2 ? INT32_MAX : y * 2;
}

TINYC_KERNEL void softmax_tflite(const SoftmaxTflite& g, const Rows& in, const Rows& out, const int32_t* exponential,
                                 int32_t y0, int32_t y1) {
  for (int32_t y = y0; y < y1; ++y) {
    const uint8_t* line = row_at(in, y);
    uint8_t* to = row_at(out, y);
    for (int32_t i = 0; i < g.lines; ++i, line += g.classes) {
      int32_t largest = load_8(line, 0, false);
      for (int32_t c = 1; c < g.classes; ++c) {
        const int32_t value = load_8(line, c, false);
        largest = value > largest ? value : largest;
      }
      uint32_t sum = 0;  // 12 integer bits
      for (int32_t c = 0; c < g.classes; ++c)
        sum += static_cast<uint32_t>(softmax_tflite_shift(exponential[largest - load_8(line, c, false)], 12));
      int32_t headroom = 0;
      for (; (sum & 0x80000000u) == 0; sum <<= 1) ++headroom;
      const int32_t reciprocal = softmax_tflite_reciprocal(static_cast<int32_t>(sum - 0x80000000u));
      for (int32_t c = 0; c < g.classes; ++c) {
        const int32_t share = softmax_tflite_product(reciprocal, exponential[largest - load_8(line, c, false)]);
        const int32_t result = softmax_tflite_shift(share, 35 - headroom) - 128;
        *to++ = static_cast<uint8_t>(clamp_s32(result, -128, 127));
      }
    }
  }
}
