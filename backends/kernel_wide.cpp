// SPDX-License-Identifier: Apache-2.0
#include "backends/kernel_wide.h"

#include <fmt/format.h>

#include <limits>

namespace tinyc {

int narrow_kind(const ir::Type& type) {
  return (ir::element_bits(type.element) == 16 ? 2 : 0) + (ir::is_signed(type.element) ? 1 : 0);
}

std::optional<std::string> need_narrow(const ir::Type& type, std::string_view what) {
  const int bits = ir::element_bits(type.element);
  if (type.quantized() && type.quant->per_tensor() && (bits == 8 || bits == 16)) return std::nullopt;
  return fmt::format("needs {} in 8 or 16 bits, quantised per tensor", what);
}

namespace {

bool fits_wide(ir::FixedPoint scale, int64_t largest) { return largest < int64_t{1} << 46 && scale.shift >= 17; }

}  // namespace

std::optional<std::string> need_wide_layer(const ir::Op& op) {
  if (auto reason = need_narrow(op.operand_type(0), "its input")) return reason;
  if (auto reason = need_narrow(op.result_type(), "its result")) return reason;
  if (auto reason = need_constant(op, 1, "weights")) return reason;
  if (auto reason = need_constant(op, 2, "the bias")) return reason;
  if (!op.operand_type(1).quantized()) return "needs quantised weights";
  for (const int32_t weight : centred_weights(op)) {
    if (weight < std::numeric_limits<int16_t>::min() || weight > std::numeric_limits<int16_t>::max())
      return "needs weights that fit 16 bits after their zero point is taken off";
  }
  const int64_t largest = requantization_of(op).largest;
  for (const double scale : op.operand_type(1).quant->scales) {
    if (!fits_wide(ir::result_scale(op, op.operand_type(0), scale), largest)) return "needs a larger output scale";
  }
  return std::nullopt;
}

void add_wide_layer(Built& built, const ir::Op& op) {
  const Requantization requantization = requantization_of(op);
  const Clamp clamp = clamp_of(op);
  const std::vector<GeometryField> fields = {{"in_zero", op.operand_type(0).quant->zero_point()},
                                             {"out_zero", op.result_type().quant->zero_point()},
                                             {"low", clamp.low},
                                             {"high", clamp.high},
                                             {"in_kind", narrow_kind(op.operand_type(0))},
                                             {"out_kind", narrow_kind(op.result_type())}};
  built.geometry.insert(built.geometry.end(), fields.begin(), fields.end());
  const int64_t outputs = op.operand_type(1).shape[0];
  std::vector<int32_t> bias(static_cast<size_t>(outputs), 0);
  const ir::Tensor* given = ir::constant_data(op.operand(2));
  for (int64_t o = 0; given && o < outputs; ++o) bias[static_cast<size_t>(o)] = static_cast<int32_t>(given->integer(o));
  built.constants = {packed("weights", "[outputs][taps], zero points taken off", centred_as<int16_t>(op)),
                     packed("bias", "per output", bias), packed("multiplier", "per output", requantization.multiplier),
                     packed("shift", "per output", requantization.shift)};
}

}  // namespace tinyc
