// SPDX-License-Identifier: Apache-2.0
// Recognises files that people hand over in place of an ONNX model.
#pragma once

#include <string>
#include <string_view>

namespace tinyc {

struct ForeignFormat {
  std::string_view name;  // "a TensorFlow Lite model"; "" if not recognised
  std::string_view help;  // how to get an ONNX model from it
};

ForeignFormat recognise_foreign_format(std::string_view bytes);

}  // namespace tinyc
