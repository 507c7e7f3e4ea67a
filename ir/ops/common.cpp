// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/common.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace tinyc::ir {

Result<Shape> broadcast(const Shape& a, const Shape& b) {
  Shape result(std::max(a.size(), b.size()));
  for (size_t i = 0; i < result.size(); ++i) {
    const int64_t da = i < a.size() ? a[a.size() - 1 - i] : 1;
    const int64_t db = i < b.size() ? b[b.size() - 1 - i] : 1;
    if (da != db && da != 1 && db != 1)
      return Failure{fmt::format("shapes {} and {} do not broadcast", shape_text(a), shape_text(b))};
    result[result.size() - 1 - i] = da == 1 ? db : da;
  }
  return result;
}

std::vector<int64_t> broadcast_offsets(const Shape& from, const Shape& to) {
  const Shape strides = strides_of(from);
  Shape step(to.size(), 0);
  for (size_t i = 0; i < from.size(); ++i) {
    if (from[from.size() - 1 - i] != 1) step[to.size() - 1 - i] = strides[from.size() - 1 - i];
  }
  std::vector<int64_t> offsets;
  offsets.reserve(static_cast<size_t>(element_count(to)));
  for_each_index(to, [&](const Shape& index) {
    int64_t offset = 0;
    for (size_t i = 0; i < index.size(); ++i) offset += index[i] * step[i];
    offsets.push_back(offset);
  });
  return offsets;
}

double rounded_to(double value, Element element) {
  switch (element) {
    case Element::f32:
      return static_cast<double>(static_cast<float>(value));
    case Element::f16:
      return from_f16(to_f16(value));
    case Element::bf16:
      return from_bf16(to_bf16(value));
    default:
      return value;
  }
}

AttributeDef activation_attribute() {
  return {"activation", AttributeKind::text, Attribute{std::string("none")},
          "unary operator applied to each result, or none"};
}
AttributeDef activation_args_attribute() {
  return {"activation_args", AttributeKind::reals, Attribute{std::vector<double>{}},
          "real attributes of the activation, in order"};
}

Activation activation_of(const Op& op) {
  const std::string& name = op.text("activation");
  if (name == "none") return {};
  return {unary_function(name), op.reals("activation_args"), op.result_type().element};
}

ClampBounds clamp_bounds(const Op& op, const Type& result) {
  ClampBounds bounds{lowest(result.element), highest(result.element)};
  const std::string& name = op.text("activation");
  if (name == "none") return bounds;
  double low = 0;
  double high = std::numeric_limits<double>::infinity();
  if (name == "clip") {
    low = op.reals("activation_args")[0];
    high = op.reals("activation_args")[1];
  }
  const double scale = result.quant->scale();
  const int64_t zero_point = result.quant->zero_point();
  if (std::isfinite(low)) bounds.low = std::max(bounds.low, quantize(low, scale, zero_point, result.element));
  if (std::isfinite(high)) bounds.high = std::min(bounds.high, quantize(high, scale, zero_point, result.element));
  return bounds;
}

Status verify_activation(const Op& op) {
  const std::string& name = op.text("activation");
  if (name == "none") return {};
  if (!unary_function(name)) return Failure{"unknown activation '" + name + "'"};
  const size_t wanted = real_attribute_count(op_def(name));
  if (op.reals("activation_args").size() != wanted)
    return Failure{fmt::format("activation {} takes {} arguments", name, wanted)};
  if (op.results[0]->type.quantized() && name != "relu" && name != "clip") {
    return Failure{"a quantised result can only be clamped (relu, clip), not given activation " + name};
  }
  return {};
}

UnaryFunction unary_function(std::string_view name) {
  const OpDef* def = find_op(name);
  return def ? def->scalar : nullptr;
}

size_t real_attribute_count(const OpDef& def) {
  return static_cast<size_t>(
      std::count_if(def.attributes.begin(), def.attributes.end(),
                    [](const AttributeDef& attribute) { return attribute.kind == AttributeKind::real; }));
}

std::vector<double> real_attributes(const Op& op) {
  std::vector<double> values;
  for (const AttributeDef& def : op.def->attributes) {
    if (def.kind == AttributeKind::real) values.push_back(op.real(def.name));
  }
  return values;
}

int64_t wrap(int64_t value, Element element) {
  const int unused = 64 - element_bits(element);
  const auto shifted = static_cast<int64_t>(static_cast<uint64_t>(value) << unused);
  return is_signed(element) ? shifted >> unused : static_cast<int64_t>(static_cast<uint64_t>(shifted) >> unused);
}

int64_t requantize_to(int64_t value, const Type& from, const Type& to) {
  const FixedPoint ratio = to_fixed_point(from.quant->scale() / to.quant->scale());
  return saturate(to.quant->zero_point() + requantize(value - from.quant->zero_point(), ratio), to.element);
}

void copy_element_type(const Op& op, size_t operand, Type& result) {
  const Type& from = op.operand_type(operand);
  result.element = from.element;
  result.quant = from.quant && from.quant->per_tensor() ? from.quant : std::nullopt;
}

}  // namespace tinyc::ir
