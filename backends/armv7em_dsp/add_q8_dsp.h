// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// Sum or difference of two 8-bit tensors of one shape on the DSP extension: four elements at a time, in 32 bits.
#include <algorithm>

#include "backends/kernel_broadcast.h"
#include "backends/kernel_quantized.h"
#include "backends/kernel_sum.h"

namespace tinyc {
namespace armv7em_dsp_add_q8_dsp {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_8bit(op.operand_type(0), "its first operand")) return reason;
  if (auto reason = need_8bit(op.operand_type(1), "its second operand")) return reason;
  if (auto reason = need_8bit(op.result_type(), "its result")) return reason;
  if (op.operand_type(0).shape != op.result_type().shape || op.operand_type(1).shape != op.result_type().shape)
    return "needs operands of the result's shape";
  if (auto reason = need_quantized_binary(op)) return reason;
  if (!narrow_sum(op)) return "needs scales whose sums are exact in 32 bits";
  return std::nullopt;
}

inline Needs needs(const ir::Op& op, const Variant&) { return broadcast_needs(op); }

inline Built build(const ir::Op& op, const Variant&) {
  const NarrowSum sum = *narrow_sum(op);
  const Clamp clamp = clamp_of(op);
  Built built;
  built.geometry = {{"row_elements", op.result_type().elements() / std::max<int64_t>(1, row_count(op.result_type()))},
                    {"start", sum.start},
                    {"scale_a", sum.scale_a},
                    {"scale_b", sum.scale_b},
                    {"shift", sum.shift},
                    {"low", clamp.low},
                    {"high", clamp.high},
                    {"a_unsigned", is_unsigned_8(op.operand_type(0))},
                    {"b_unsigned", is_unsigned_8(op.operand_type(1))}};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  const double four = t.load + t.load_next + 4 * t.store + 8 * t.mla + 14 * t.alu + t.branch;
  return static_cast<double>(op.result_type().elements()) / 4 * four;
}

}  // namespace armv7em_dsp_add_q8_dsp

inline const KernelDef armv7em_dsp_add_q8_dsp_kernel = {
    .name = "add_q8_dsp",
    .isa = Isa::armv7em_dsp,
    .ops = {"add", "sub"},
    .types = "q8 x q8 -> q8",
    .summary = "sum or difference of two tensors, four elements at a time",
    .entry = "add_q8_dsp",
    .geometry_type = "AddQ8Dsp",
    .constant_rows = true,
    .mean_code_bytes = 200,
    .why_not = armv7em_dsp_add_q8_dsp::why_not,
    .needs = armv7em_dsp_add_q8_dsp::needs,
    .build = armv7em_dsp_add_q8_dsp::build,
    .cycles = armv7em_dsp_add_q8_dsp::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "runtime-stubs/tinyc_dsp.h"

// result = clamp((start + (a * 256 * scale_a >> 16) + (b * 256 * scale_b >> 16)) >> shift), a and b as signed bytes.
struct AddQ8Dsp {
  int32_t row_elements, start, scale_a, scale_b, shift, low, high, a_unsigned, b_unsigned;
};

TINYC_KERNEL uint8_t add_q8_dsp_result(const AddQ8Dsp& g, int32_t sum) {
  const int32_t result = g.high > 127 ? saturate_u8(sum, g.shift) : saturate_s8(sum, g.shift);
  const bool narrowed = g.high > 127 ? g.low > 0 || g.high < 255 : g.low > -128 || g.high < 127;
  return static_cast<uint8_t>(narrowed ? clamp_s32(result, g.low, g.high) : result);
}

// Two bytes of each operand, 256 times as large, in the halves of a word: the sums of the low half, then the high half.
TINYC_KERNEL void add_q8_dsp_pair(const AddQ8Dsp& g, uint32_t a, uint32_t b, uint8_t* low, uint8_t* high) {
  const int32_t first = smlawb(g.scale_a, a, smlawb(g.scale_b, b, g.start));
  const int32_t second = smlawt(g.scale_a, a, smlawt(g.scale_b, b, g.start));
  *low = add_q8_dsp_result(g, first);
  *high = add_q8_dsp_result(g, second);
}

TINYC_KERNEL void add_q8_dsp(const AddQ8Dsp& g, const Rows& a, const Rows& b, const Rows& out, int32_t y0, int32_t y1) {
  const uint32_t flip_a = g.a_unsigned != 0 ? 0x80808080u : 0;
  const uint32_t flip_b = g.b_unsigned != 0 ? 0x80808080u : 0;
  constexpr uint32_t odd = 0xFF00FF00u;
  for (int32_t y = y0; y < y1; ++y) {
    const uint8_t* from_a = row_at(a, y);
    const uint8_t* from_b = row_at(b, y);
    uint8_t* to = row_at(out, y);
    int32_t left = g.row_elements;
    for (; left >= 4; left -= 4, from_a += 4, from_b += 4, to += 4) {
      const uint32_t word_a = load_word(from_a) ^ flip_a;
      const uint32_t word_b = load_word(from_b) ^ flip_b;
      add_q8_dsp_pair(g, (word_a << 8) & odd, (word_b << 8) & odd, to, to + 2);
      add_q8_dsp_pair(g, word_a & odd, word_b & odd, to + 1, to + 3);
    }
    if (g.row_elements % 4 == 0) continue;
    for (; left > 0; --left, ++from_a, ++from_b, ++to) {
      uint8_t unused;
      const uint32_t byte_a = static_cast<uint32_t>(*from_a) ^ (flip_a & 0xFFu);
      const uint32_t byte_b = static_cast<uint32_t>(*from_b) ^ (flip_b & 0xFFu);
      add_q8_dsp_pair(g, byte_a << 8, byte_b << 8, to, &unused);
    }
  }
}
