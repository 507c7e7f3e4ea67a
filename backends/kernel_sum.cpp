// SPDX-License-Identifier: Apache-2.0
#include "backends/kernel_sum.h"

#include <algorithm>
#include <cmath>

#include "ir/numerics.h"
#include "ir/op_def.h"
#include "ir/ops/quantization.h"

namespace tinyc {
namespace {

constexpr int64_t kMost = int64_t{1} << 31;

// An operand: its share of a result step per integer, and its zero point as signed bytes have it.
struct Share {
  double ratio;
  int64_t zero;
};

Share share_of(const ir::Op& op, size_t operand) {
  const ir::Type& type = op.operand_type(operand);
  return {type.quant->scale() / op.result_type().quant->scale(),
          type.quant->zero_point() - (is_unsigned_8(type) ? 128 : 0)};
}

int64_t at_once(const NarrowSum& sum, int64_t a, int64_t b) {
  return sum.start + ((a * 256 * sum.scale_a) >> 16) + ((b * 256 * sum.scale_b) >> 16);
}

// All pairs are tried: the sum stays in 32 bits, and its result is the operator's.
bool is_exact(const ir::Op& op, const NarrowSum& sum, const Share& a, const Share& b) {
  const ir::SumScales scales = ir::sum_scales(op.operand_type(0).quant->scale(), op.operand_type(1).quant->scale(),
                                              op.result_type().quant->scale());
  const int64_t scale_b = op.is("sub") ? -scales.b : scales.b;
  const int64_t zero = op.result_type().quant->zero_point();
  const Clamp clamp = clamp_of(op);
  for (int64_t i = -128; i < 128; ++i) {
    for (int64_t k = -128; k < 128; ++k) {
      const int64_t narrow = at_once(sum, i, k);
      if (narrow < -kMost || narrow >= kMost) return false;
      const auto exact = static_cast<__int128>(i - a.zero) * scales.a + static_cast<__int128>(k - b.zero) * scale_b;
      const int64_t wanted = std::clamp<int64_t>(zero + ir::round_shift(exact, scales.shift), clamp.low, clamp.high);
      if (std::clamp<int64_t>(narrow >> sum.shift, clamp.low, clamp.high) != wanted) return false;
    }
  }
  return true;
}

// The form with `shift`, its start raised by `raised`; nothing if a number does not fit.
std::optional<NarrowSum> form_of(const ir::Op& op, const Share& a, const Share& b, int32_t shift, int64_t raised) {
  const double sign = op.is("sub") ? -1 : 1;
  const double unit = std::ldexp(1.0, shift);
  const double start = (static_cast<double>(op.result_type().quant->zero_point()) -
                        a.ratio * static_cast<double>(a.zero) - sign * b.ratio * static_cast<double>(b.zero) + 0.5) *
                       unit;
  const double scale_a = std::round(a.ratio * unit * 256);
  const double scale_b = std::round(sign * b.ratio * unit * 256);
  const auto most = static_cast<double>(kMost - 4);
  if (std::abs(scale_a) > most || std::abs(scale_b) > most || std::abs(start) > most) return std::nullopt;
  return NarrowSum{static_cast<int32_t>(std::llround(start) + raised), static_cast<int32_t>(scale_a),
                   static_cast<int32_t>(scale_b), shift};
}

}  // namespace

std::optional<NarrowSum> narrow_sum(const ir::Op& op) {
  const Share a = share_of(op, 0);
  const Share b = share_of(op, 1);
  for (int32_t shift = 30; shift >= 12; --shift) {
    for (const int64_t raised : {1, 0, 2}) {
      const std::optional<NarrowSum> sum = form_of(op, a, b, shift, raised);
      if (sum && is_exact(op, *sum, a, b)) return sum;
    }
  }
  return std::nullopt;
}

}  // namespace tinyc
