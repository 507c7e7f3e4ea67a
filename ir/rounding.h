// SPDX-License-Identifier: Apache-2.0
// How integer operators round. Those that know more than one way have the text attribute `rounding`.
#pragma once

#include <cstdint>

#include "ir/op_def.h"

namespace tinyc::ir {

enum class Rounding : uint8_t {
  nearest,        // docs/numerics.md: one rounding, half to even
  tflite,         // TensorFlow Lite's reference kernels: requantisation rounds twice
  tflite_single,  // the same, built with TFLITE_SINGLE_ROUNDING
};

AttributeDef rounding_attribute();
// nearest where the operator has no such attribute. The text has been verified.
Rounding rounding_of(const Op& op);
std::string_view rounding_name(Rounding rounding);
std::optional<Rounding> rounding_from(std::string_view name);
// A reason if the attribute has another text, or asks for TensorFlow Lite's arithmetic where that has no such form.
Status verify_rounding(const Op& op);

}  // namespace tinyc::ir
