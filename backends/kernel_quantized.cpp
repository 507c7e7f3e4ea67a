// SPDX-License-Identifier: Apache-2.0
#include "backends/kernel_quantized.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "backends/kernel_functions.h"
#include "backends/kernel_wide.h"
#include "ir/builder.h"
#include "ir/interpret.h"
#include "ir/op_def.h"
#include "ir/ops/common.h"
#include "ir/tflite.h"

namespace tinyc {

namespace {

// Largest distance of an operand's integers from its zero point.
int64_t reach_of(const ir::Type& type) { return ir::highest(type.element) - ir::lowest(type.element); }

// Scales of a and b as SumScales, b negated for sub.
ir::SumScales sum_of(const ir::Op& op) {
  const ir::SumScales scales = ir::sum_scales(op.operand_type(0).quant->scale(), op.operand_type(1).quant->scale(),
                                              op.result_type().quant->scale());
  return {scales.a, op.is("sub") ? -scales.b : scales.b, scales.shift};
}

double scale_of(const ir::Type& type) { return type.quant->scale(); }

// What one operand, or the product or quotient of both, is multiplied by.
ir::FixedPoint scale_from(const ir::Op& op, size_t operand) {
  return ir::to_fixed_point(scale_of(op.operand_type(operand)) / scale_of(op.result_type()));
}
ir::FixedPoint product_scale(const ir::Op& op) {
  const double scale = scale_of(op.operand_type(0)) * scale_of(op.operand_type(1)) / scale_of(op.result_type());
  return ir::rounding_of(op) == ir::Rounding::nearest ? ir::to_fixed_point(scale) : ir::tflite::to_fixed_point(scale);
}
ir::FixedPoint quotient_scale(const ir::Op& op) {
  return ir::to_fixed_point(scale_of(op.operand_type(0)) / scale_of(op.operand_type(1)) / scale_of(op.result_type()));
}

bool is_wide(const ir::Op& op) {
  return ir::element_bits(op.operand_type(0).element) > 8 || ir::element_bits(op.operand_type(1).element) > 8;
}

bool half_way(int64_t value, int shift) {
  return (static_cast<uint64_t>(value) << (64 - shift)) == (uint64_t{1} << 63);
}

// Whether some pair of operands gives a sum half way between two results.
bool ties_in_sum(const ir::Op& op, const ir::SumScales& scales) {
  const ir::Type& a = op.operand_type(0);
  const ir::Type& b = op.operand_type(1);
  if (is_wide(op)) return true;  // too many pairs to look at
  for (int64_t i = ir::lowest(a.element); i <= ir::highest(a.element); ++i) {
    const int64_t part = (i - a.quant->zero_point()) * scales.a;
    for (int64_t k = ir::lowest(b.element); k <= ir::highest(b.element); ++k) {
      if (half_way(part + (k - b.quant->zero_point()) * scales.b, scales.shift)) return true;
    }
  }
  return false;
}

bool fits(const ir::Op& op) {
  const int64_t reach_a = reach_of(op.operand_type(0));
  const int64_t reach_b = reach_of(op.operand_type(1));
  if (op.is("add") || op.is("sub")) {
    const ir::SumScales scales = sum_of(op);
    return scales.shift >= 1 &&
           ((reach_a * std::abs(scales.a) + reach_b * std::abs(scales.b)) >> scales.shift) < (1 << 30);
  }
  if (op.is("mul"))
    return fits_requantize(product_scale(op), reach_a * reach_b) && (!is_wide(op) || product_scale(op).shift >= 17);
  if (op.is("div"))
    return !is_wide(op) && fits_requantize(quotient_scale(op), reach_a) && quotient_scale(op).shift <= 54;
  if (op.is("prelu"))
    return !is_wide(op) && fits_requantize(scale_from(op, 0), reach_a) &&
           fits_requantize(product_scale(op), reach_a * reach_b);
  return fits_requantize(scale_from(op, 0), reach_a) && fits_requantize(scale_from(op, 1), reach_b);
}

}  // namespace

std::optional<std::string> need_quantized_binary(const ir::Op& op) {
  if (auto reason = need_narrow(op.operand_type(0), "its first operand")) return reason;
  if (auto reason = need_narrow(op.operand_type(1), "its second operand")) return reason;
  if (auto reason = need_narrow(op.result_type(), "its result")) return reason;
  if (fits(op)) return std::nullopt;
  return is_wide(op) ? "needs 8-bit operands, or scales nearer to each other" : "needs scales nearer to each other";
}

// TensorFlow Lite's add: operands raised by 20 bits, each in units of twice the larger scale, then the sum.
ScalarCall tflite_add(const ir::Op& op) {
  const double a = scale_of(op.operand_type(0));
  const double b = scale_of(op.operand_type(1));
  const double twice_max = 2 * std::max(a, b);
  ScalarCall call{"add_tflite", 2, "int32_t", {}};
  call.arguments.emplace_back(op.operand_type(0).quant->zero_point());
  call.arguments.emplace_back(op.operand_type(1).quant->zero_point());
  for (const double scale : {a / twice_max, b / twice_max, std::ldexp(twice_max, -20) / scale_of(op.result_type())}) {
    const ir::FixedPoint fixed = ir::tflite::to_fixed_point(scale);
    call.arguments.emplace_back(int64_t{fixed.multiplier});
    call.arguments.emplace_back(int64_t{fixed.shift});
  }
  call.arguments.emplace_back(int64_t{rounding_argument(op, false)});
  return call;
}

ScalarCall quantized_binary(const ir::Op& op) {
  if (op.is("add") && ir::rounding_of(op) != ir::Rounding::nearest) return tflite_add(op);
  ScalarCall call{op.is("sub") ? "add_q8" : std::string(op.name()) + "_q8", 2, "int32_t", {}};
  const auto add = [&](int64_t value) { call.arguments.emplace_back(value); };
  const auto add_scale = [&](ir::FixedPoint scale) {
    add(scale.multiplier);
    add(scale.shift);
  };
  add(op.operand_type(0).quant->zero_point());
  add(op.operand_type(1).quant->zero_point());
  if (op.is("add") || op.is("sub")) {
    const ir::SumScales scales = sum_of(op);
    add(scales.a);
    add(scales.b);
    add(scales.shift);
    add(ties_in_sum(op, scales));
  } else if (op.is("mul")) {
    add_scale(product_scale(op));
    if (is_wide(op)) {
      call.name = "mul_wide";
    } else {
      add(rounding_argument(op, ir::tie_possible(product_scale(op), 255 * 255)));
    }
  } else if (op.is("div")) {
    add_scale(quotient_scale(op));
  } else {
    add_scale(scale_from(op, 0));
    add_scale(op.is("prelu") ? product_scale(op) : scale_from(op, 1));
  }
  return call;
}

std::vector<uint8_t> table_of(const ir::Op& op) {
  ir::Graph graph;
  ir::Type in = op.operand_type(0);
  ir::Type out = op.result_type();
  in.shape = out.shape = {256};
  ir::Value* x = graph.add_input("x", in);
  ir::Builder builder(graph);
  ir::Value* y = builder.make_quantized(op.name(), {x}, op.attributes, out.element, *out.quant);
  ir::Tensor all(in.element, {256});
  for (size_t i = 0; i < 256; ++i) all.mutable_view<uint8_t>()[i] = static_cast<uint8_t>(i);
  const ir::Tensor* operand = &all;
  const ir::Tensor result = ir::evaluate(*y->producer, std::span(&operand, 1))[0];
  const std::span<const uint8_t> bytes = result.view<uint8_t>();
  return {bytes.begin(), bytes.end()};
}

ScalarCall integer_unary(const ir::Op& op) {
  ScalarCall call{std::string(op.name()) + "_s64", 1, "int64_t", {}};
  if (!op.is("clip")) return call;
  // The integers that lie within real bounds, found with the reference itself.
  for (const int64_t end : {INT64_MIN, INT64_MAX}) {
    call.arguments.emplace_back(op.def->scalar_integer(end, ir::real_attributes(op)));
  }
  return call;
}

ScalarCall integer_binary(const ir::Op& op) { return {std::string(op.name()) + "_s64", 2, "int64_t", {}}; }

}  // namespace tinyc
