// SPDX-License-Identifier: Apache-2.0
// What the parts of the reader share. Included by onnx_reader*.cpp only.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "compiler/frontend/onnx.pb.h"
#include "compiler/support/diagnostics.h"
#include "ir/onnx_node.h"

namespace tinyc::onnx_reader {

namespace proto = ::tinyc_onnx;

constexpr int64_t kMaxBytes = (int64_t{1} << 31) - 1;  // of a file or a tensor; also protobuf's own limit
constexpr int64_t kMaxSparseBytes = int64_t{1} << 26;  // of all sparse tensors made dense
constexpr int kMaxRank = 64;
constexpr int kMaxGraphDepth = 64;  // If and Loop bodies inside each other

// State of one read. The budgets bound what a small file can make the reader allocate.
struct Context {
  Diagnostics& diagnostics;
  std::optional<std::string> folder;  // of the model; nothing: external data is refused
  bool in_function = false;           // attributes may refer to the function's
  int64_t external_budget = kMaxBytes;
  int64_t sparse_budget = kMaxSparseBytes;
};

// --- types --------------------------------------------------------------------------------------------------------
std::string data_type_name(int32_t data_type);  // "float", "float8e4m3fn", "number 99"
std::optional<ir::Element> element_of_data_type(int32_t data_type);
int32_t data_type_of_element(ir::Element element);
ir::OnnxValueInfo read_value_info(Context& context, const proto::ValueInfoProto& info);

// --- tensors (nothing, after an error at `where`) -----------------------------------------------------------------
std::optional<ir::Shape> read_shape(Context& context, const google::protobuf::RepeatedField<int64_t>& dims,
                                    const Location& where);
std::optional<ir::Tensor> read_tensor(Context& context, const proto::TensorProto& tensor, const Location& where);
std::optional<ir::Tensor> read_sparse_tensor(Context& context, const proto::SparseTensorProto& sparse,
                                             const Location& where);
// The stored bytes of a tensor: two 4-bit elements share a byte, the first in the low half.
std::string packed_bytes(const ir::Tensor& tensor);

// --- graphs -------------------------------------------------------------------------------------------------------
ir::OnnxGraph read_graph(Context& context, const proto::GraphProto& graph, int depth);
ir::OnnxFunction read_function(Context& context, const proto::FunctionProto& function);
std::string canonical_domain(const std::string& domain);  // "ai.onnx" -> ""
std::map<std::string, int64_t> read_opsets(Context& context,
                                           const google::protobuf::RepeatedPtrField<proto::OperatorSetIdProto>& opsets);

// False if the bytes are not a message of this type. The nesting limit leaves room for kMaxGraphDepth graphs.
bool parse_message(std::string_view bytes, google::protobuf::MessageLite& message);

}  // namespace tinyc::onnx_reader
