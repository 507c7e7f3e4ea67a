// SPDX-License-Identifier: Apache-2.0
#include "ir/rounding.h"

#include "ir/tflite.h"

namespace tinyc::ir {
namespace {
constexpr std::string_view kNames[] = {"nearest", "tflite", "tflite-single"};
}

AttributeDef rounding_attribute() {
  return {"rounding", AttributeKind::text, Attribute{std::string("nearest")},
          "integer results: nearest, or as TensorFlow Lite: tflite, tflite-single"};
}

std::optional<Rounding> rounding_from(std::string_view name) {
  for (size_t i = 0; i < std::size(kNames); ++i) {
    if (kNames[i] == name) return static_cast<Rounding>(i);
  }
  return std::nullopt;
}

std::string_view rounding_name(Rounding rounding) { return kNames[static_cast<size_t>(rounding)]; }

Rounding rounding_of(const Op& op) {
  return op.def->attribute("rounding") ? *rounding_from(op.text("rounding")) : Rounding::nearest;
}

Status verify_rounding(const Op& op) {
  const auto rounding = rounding_from(op.text("rounding"));
  if (!rounding) return Failure{"unknown rounding '" + op.text("rounding") + "'"};
  if (*rounding == Rounding::nearest) return {};
  if (!op.result_type().quantized()) return Failure{"only integer results are rounded as TensorFlow Lite does"};
  return tflite::why_not(op);
}

}  // namespace tinyc::ir
