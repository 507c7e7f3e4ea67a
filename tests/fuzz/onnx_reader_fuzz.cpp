// SPDX-License-Identifier: Apache-2.0
// libFuzzer target: any bytes as a model and as a tensor file. What is refused has an error, what is read has none.
#include <cstdlib>

#include "compiler/frontend/onnx_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  tinyc::Diagnostics diagnostics;
  const bool read = tinyc::parse_onnx_model(bytes, "fuzz.onnx", std::nullopt, diagnostics).has_value();
  if (read == diagnostics.has_errors()) std::abort();
  for (const tinyc::Diagnostic& one : diagnostics.all()) (void)tinyc::render(one, false);
  (void)tinyc::parse_tensor_proto(bytes);
  return 0;
}
