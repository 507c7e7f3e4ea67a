// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// 8-bit average pool on the DSP extension: four channels at a time, summed in 16-bit lanes.
#include "backends/kernel_conv.h"
#include "ir/numerics.h"
#include "ir/op_def.h"

namespace tinyc {
namespace armv7em_dsp_average_pool_q8_dsp {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_2d(op)) return reason;
  if (auto reason = need_8bit(op.operand_type(0), "its input")) return reason;
  if (auto reason = need_8bit(op.result_type(), "its result")) return reason;
  if (op.operand_type(0).quant->scale() / op.result_type().quant->scale() >= 64)
    return "needs an output scale above 1/64 of the input's";
  const Image2d image = image_2d(op, op.integers("kernel"));
  if (image.in_c % 4 != 0) return "needs a multiple of 4 channels";
  if (image.h.pad_begin + image.h.pad_end + image.w.pad_begin + image.w.pad_end > 0)
    return "needs windows without padding";
  if (image.h.dilation != 1 || image.w.dilation != 1) return "needs dilation 1";
  if ((image.out_h - 1) * image.h.stride + image.h.kernel > image.in_h ||
      (image.out_w - 1) * image.w.stride + image.w.kernel > image.in_w)
    return "needs windows inside the image";
  if (image.h.kernel * image.w.kernel > 255) return "needs windows of at most 255 pixels";
  return std::nullopt;
}

inline Needs needs(const ir::Op& op, const Variant&) { return pool_needs(op); }

inline Built build(const ir::Op& op, const Variant&) {
  const Image2d image = image_2d(op, op.integers("kernel"));
  const ir::Type& in = op.operand_type(0);
  const ir::Type& out = op.result_type();
  const int64_t count = image.h.kernel * image.w.kernel;
  const ir::FixedPoint scale =
      ir::to_fixed_point(in.quant->scale() / (out.quant->scale() * static_cast<double>(count)));
  Built built;
  built.geometry = {{"channels", image.in_c},
                    {"out_w", image.out_w},
                    {"kernel_h", image.h.kernel},
                    {"kernel_w", image.w.kernel},
                    {"stride_h", image.h.stride},
                    {"stride_w", image.w.stride},
                    {"multiplier", scale.multiplier},
                    {"shift", scale.shift},
                    {"in_zeros", count * in.quant->zero_point()},
                    {"out_zero", out.quant->zero_point()},
                    {"low", ir::lowest(out.element)},
                    {"high", ir::highest(out.element)},
                    {"in_unsigned", is_unsigned_8(in)},
                    {"rounding", rounding_argument(op, ir::tie_possible(scale, 255 * count))}};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  const Image2d image = image_2d(op, op.integers("kernel"));
  const auto results = static_cast<double>(op.result_type().elements());
  const double row = static_cast<double>(image.w.kernel) * (t.load + 4 * t.alu + t.branch) + 10 * t.alu;
  return results * (static_cast<double>(image.h.kernel) * row / 4 + t.mul_wide + 20 * t.alu);
}

}  // namespace armv7em_dsp_average_pool_q8_dsp

inline const KernelDef armv7em_dsp_average_pool_q8_dsp_kernel = {
    .name = "average_pool_q8_dsp",
    .isa = Isa::armv7em_dsp,
    .ops = {"average_pool"},
    .types = "q8 -> q8",
    .summary = "8-bit average pool, four channels at a time",
    .entry = "average_pool_q8_dsp",
    .geometry_type = "AveragePoolQ8Dsp",
    .loops_over_batch = true,
    .mean_code_bytes = 240,
    .why_not = armv7em_dsp_average_pool_q8_dsp::why_not,
    .needs = armv7em_dsp_average_pool_q8_dsp::needs,
    .build = armv7em_dsp_average_pool_q8_dsp::build,
    .cycles = armv7em_dsp_average_pool_q8_dsp::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "runtime-stubs/tinyc_dsp.h"

// Mean of windows that lie in the image, a multiple of 4 channels; in_zeros: the input's zero point once per pixel.
struct AveragePoolQ8Dsp {
  int32_t channels, out_w;
  int32_t kernel_h, kernel_w, stride_h, stride_w;
  int32_t multiplier, shift, in_zeros, out_zero, low, high;
  int32_t in_unsigned, rounding;
};

// Adds bytes 0 and 2 of a word to 16-bit lanes.
TINYC_KERNEL uint32_t average_pool_q8_dsp_add(uint32_t lanes, uint32_t word, bool is_unsigned) {
#if defined(__ARM_FEATURE_DSP) && !defined(TINYC_PORTABLE_TWINS)
  uint32_t result;
  if (is_unsigned) {
    __asm__("uxtab16 %0, %1, %2" : "=r"(result) : "r"(lanes), "r"(word));
  } else {
    __asm__("sxtab16 %0, %1, %2" : "=r"(result) : "r"(lanes), "r"(word));
  }
  return result;
#else
  const uint32_t more = extend_even(word, is_unsigned);
  return ((lanes + more) & 0xFFFFu) | ((lanes & 0xFFFF0000u) + (more & 0xFFFF0000u));
#endif
}

TINYC_KERNEL uint8_t average_pool_q8_dsp_result(const AveragePoolQ8Dsp& g, uint32_t lane) {
  const uint16_t bits = static_cast<uint16_t>(lane);
  const int32_t sum =
      g.in_unsigned != 0 ? static_cast<int32_t>(bits) : static_cast<int32_t>(static_cast<int16_t>(bits));
  const int32_t value = g.out_zero + requantize(sum - g.in_zeros, g.multiplier, g.shift, g.rounding);
  return static_cast<uint8_t>(clamp_s32(value, g.low, g.high));
}

TINYC_KERNEL void average_pool_q8_dsp(const AveragePoolQ8Dsp& g, const Rows& in, const Rows& out, int32_t y0,
                                      int32_t y1) {
  const bool is_unsigned = g.in_unsigned != 0;
  for (int32_t y = y0; y < y1; ++y) {
    uint8_t* to = row_at(out, y);
    for (int32_t x = 0; x < g.out_w; ++x) {
      for (int32_t c = 0; c < g.channels; c += 4, to += 4) {
        uint32_t even = 0;
        uint32_t odd = 0;
        for (int32_t ky = 0; ky < g.kernel_h; ++ky) {
          const uint8_t* from = row_at(in, y * g.stride_h + ky) + x * g.stride_w * g.channels + c;
          for (int32_t kx = 0; kx < g.kernel_w; ++kx, from += g.channels) {
            const uint32_t word = load_word(from);
            even = average_pool_q8_dsp_add(even, word, is_unsigned);
            odd = average_pool_q8_dsp_add(odd, word >> 8, is_unsigned);
          }
        }
        to[0] = average_pool_q8_dsp_result(g, even);
        to[1] = average_pool_q8_dsp_result(g, odd);
        to[2] = average_pool_q8_dsp_result(g, even >> 16);
        to[3] = average_pool_q8_dsp_result(g, odd >> 16);
      }
    }
  }
}
