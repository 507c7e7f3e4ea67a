// SPDX-License-Identifier: Apache-2.0
// Sums of two 8-bit tensors in 32 bits: two multiply-accumulates and a shift, checked for every pair of operands.
#pragma once

#include <optional>

#include "backends/kernel_support.h"

namespace tinyc {

// result = clamp((start + (a * 256 * scale_a >> 16) + (b * 256 * scale_b >> 16)) >> shift), a and b as signed bytes
// (unsigned ones minus 128), the clamp in the result's own integers. 1 <= shift <= 31; the sum fits 32 bits.
struct NarrowSum {
  int32_t start = 0;
  int32_t scale_a = 0;
  int32_t scale_b = 0;
  int32_t shift = 0;
};

// Of an add or sub for which need_quantized_binary() has no objection and whose operands and result have 8 bits.
// Nothing if no such form gives the operator's results for all pairs of operands.
std::optional<NarrowSum> narrow_sum(const ir::Op& op);

}  // namespace tinyc
