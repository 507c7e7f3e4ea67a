// SPDX-License-Identifier: Apache-2.0
// Reads ONNX files. The files named onnx_reader* are the only ones that know protobuf.
// Everything read is untrusted: a bad file gives errors, never a crash, a hang or a flood of memory.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "compiler/support/diagnostics.h"
#include "compiler/support/result.h"
#include "ir/onnx_node.h"

namespace tinyc {

// The whole model with all tensor data, or nothing, after at least one error. Sets the diagnostics' file.
std::optional<ir::OnnxModel> read_onnx_model(const std::string& path, Diagnostics& diagnostics);
// The same for a file already in memory; without a folder, data in other files is refused.
std::optional<ir::OnnxModel> parse_onnx_model(std::string bytes, const std::string& file,
                                              std::optional<std::string> folder, Diagnostics& diagnostics);

struct NamedTensor {
  std::string name;
  ir::Tensor tensor;
};

// Files with one TensorProto, as ONNX's backend tests keep inputs and outputs.
Result<NamedTensor> read_tensor_proto(const std::string& path);
Result<NamedTensor> parse_tensor_proto(std::string_view bytes);  // data in other files is refused
std::string tensor_proto_bytes(const std::string& name, const ir::Tensor& tensor);
Status write_tensor_proto(const std::string& path, const std::string& name, const ir::Tensor& tensor);

}  // namespace tinyc
