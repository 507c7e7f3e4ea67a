// SPDX-License-Identifier: Apache-2.0
#include "compiler/frontend/onnx_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "compiler/frontend/foreign_formats.h"
#include "compiler/frontend/onnx_reader_internal.h"
#include "compiler/support/file.h"
#include "compiler/support/sha256.h"

namespace tinyc {
namespace onnx_reader {

bool parse_message(std::string_view bytes, google::protobuf::MessageLite& message) {
  constexpr int kMessagesPerGraph = 3;  // GraphProto, NodeProto, AttributeProto
  if (bytes.size() > static_cast<size_t>(kMaxBytes)) return false;
  google::protobuf::io::CodedInputStream stream(reinterpret_cast<const uint8_t*>(bytes.data()),
                                                static_cast<int>(bytes.size()));
  stream.SetRecursionLimit(kMessagesPerGraph * kMaxGraphDepth + 16);
  return message.ParseFromCodedStream(&stream) && stream.ConsumedEntireMessage();
}

namespace {

constexpr int64_t kOldestIr = 3;   // opset_import exists since
constexpr int64_t kNewestIr = 14;  // that onnx.proto was written from
constexpr int64_t kOldestOpset = 1;

void report_not_a_model(Diagnostics& diagnostics, std::string_view bytes, std::string problem) {
  const ForeignFormat format = recognise_foreign_format(bytes);
  if (!format.name.empty()) problem += fmt::format("; it looks like {}", format.name);
  diagnostics.error(Code::T0301, {}, std::move(problem), std::string(format.help));
}

// False if it is no model at all; then nothing else is worth reporting.
bool parse_model(std::string_view bytes, proto::ModelProto& model, Diagnostics& diagnostics) {
  if (bytes.empty()) {
    diagnostics.error(Code::T0301, {}, "the file is empty");
    return false;
  }
  if (!parse_message(bytes, model)) {
    report_not_a_model(diagnostics, bytes,
                       fmt::format("the {} bytes of the file are damaged, cut short or not ONNX", bytes.size()));
    return false;
  }
  if (!model.has_graph() || !model.has_ir_version()) {
    report_not_a_model(diagnostics, bytes, model.has_graph() ? "the file has no IR version" : "the file has no graph");
    return false;
  }
  return true;
}

void check_versions(const ir::OnnxModel& model, Diagnostics& diagnostics) {
  if (model.ir_version < kOldestIr) {
    diagnostics.error(Code::T0311, {}, fmt::format("IR version {} is older than {}", model.ir_version, kOldestIr),
                      "convert the model with onnx.version_converter, or export it again");
  }
  if (model.ir_version > kNewestIr) {
    diagnostics.note(
        Code::T0309, {},
        fmt::format("IR version {} is newer than {}, the newest that tinyc knows: what it added is ignored",
                    model.ir_version, kNewestIr));
  }
  if (model.opsets.empty()) {
    diagnostics.error(Code::T0302, {}, "the model does not say which operator set it uses (opset_import is empty)");
  }
  const auto opset = model.opsets.find("");
  if (opset != model.opsets.end() && opset->second < kOldestOpset) {
    diagnostics.error(Code::T0311, {},
                      fmt::format("operator set {} of ai.onnx is older than {}", opset->second, kOldestOpset),
                      "convert the model: onnx.version_converter.convert_version(model, 13)");
  }
}

void collect_domains(const std::vector<ir::OnnxNode>& nodes, std::set<std::string>& domains) {
  for (const ir::OnnxNode& node : nodes) {
    domains.insert(node.domain);
    for (const auto& [name, attribute] : node.attributes) {
      if (attribute.graph) collect_domains(attribute.graph->nodes, domains);
    }
  }
}

// Every domain that the nodes use gets a version. Exporters often forget to import other domains than ai.onnx.
void complete_opsets(const std::vector<ir::OnnxNode>& nodes, std::map<std::string, int64_t>& opsets,
                     Diagnostics& diagnostics) {
  std::set<std::string> domains;
  collect_domains(nodes, domains);
  for (const std::string& domain : domains) {
    if (opsets.contains(domain)) continue;
    if (domain.empty()) {
      diagnostics.error(Code::T0302, {},
                        "nodes use operators of ai.onnx, but no version of it is imported (opset_import)");
    } else {
      diagnostics.note(Code::T0309, {},
                       fmt::format("no version of operator set '{}' is imported: version 1 is assumed", domain));
      opsets[domain] = 1;
    }
  }
}

void read_functions(Context& context, const proto::ModelProto& file, ir::OnnxModel& model) {
  for (const proto::FunctionProto& function : file.functions()) {
    model.functions.push_back(read_function(context, function));
    ir::OnnxFunction& result = model.functions.back();
    for (const auto& [domain, version] : model.opsets) result.opsets.emplace(domain, version);
    complete_opsets(result.nodes, result.opsets, context.diagnostics);
  }
}

ir::OnnxModel read_model(Context& context, const proto::ModelProto& file) {
  ir::OnnxModel model;
  model.ir_version = file.ir_version();
  model.producer = file.producer_name() + (file.producer_version().empty() ? "" : " ") + file.producer_version();
  model.opsets = read_opsets(context, file.opset_import());
  check_versions(model, context.diagnostics);
  model.graph = read_graph(context, file.graph(), 0);
  read_functions(context, file, model);
  if (!model.opsets.empty()) complete_opsets(model.graph.nodes, model.opsets, context.diagnostics);
  return model;
}

Result<NamedTensor> parse_tensor(std::string_view bytes, std::optional<std::string> folder) {
  proto::TensorProto tensor;
  if (!parse_message(bytes, tensor) || !tensor.has_data_type()) return Failure{"is not a TensorProto, or is cut short"};
  Diagnostics problems;
  Context context{problems, std::move(folder)};
  std::optional<ir::Tensor> result = read_tensor(context, tensor, {});
  if (!result) return Failure{problems.all().front().message};
  return NamedTensor{tensor.name(), std::move(*result)};
}

std::string folder_of(const std::string& path) { return std::filesystem::path(path).parent_path().string(); }

bool has_errors_since(const Diagnostics& diagnostics, size_t first) {
  const std::span<const Diagnostic> added = diagnostics.all().subspan(first);
  return std::any_of(added.begin(), added.end(), [](const Diagnostic& one) { return one.severity == Severity::error; });
}

}  // namespace
}  // namespace onnx_reader

std::optional<ir::OnnxModel> read_onnx_model(const std::string& path, Diagnostics& diagnostics) {
  const std::string base_name = std::filesystem::path(path).filename().string();
  diagnostics.set_file(base_name);
  Result<std::string> bytes = read_file(path, static_cast<uint64_t>(onnx_reader::kMaxBytes));
  if (bytes) return parse_onnx_model(bytes.take(), base_name, onnx_reader::folder_of(path), diagnostics);
  diagnostics.error(Code::T0102, {}, "the file " + bytes.message());
  return std::nullopt;
}

std::optional<ir::OnnxModel> parse_onnx_model(std::string bytes, const std::string& file,
                                              std::optional<std::string> folder, Diagnostics& diagnostics) {
  const size_t first = diagnostics.all().size();
  diagnostics.set_file(file);
  onnx_reader::proto::ModelProto message;
  if (!onnx_reader::parse_model(bytes, message, diagnostics)) return std::nullopt;
  const std::string hash = sha256_hex(bytes);
  std::string().swap(bytes);  // the message has its own copy; weights need not be in memory three times
  onnx_reader::Context context{diagnostics, std::move(folder)};
  ir::OnnxModel model = onnx_reader::read_model(context, message);
  if (onnx_reader::has_errors_since(diagnostics, first)) return std::nullopt;
  model.sha256 = hash;
  model.file = file;
  return model;
}

Result<NamedTensor> read_tensor_proto(const std::string& path) {
  const Result<std::string> bytes = read_file(path, static_cast<uint64_t>(onnx_reader::kMaxBytes));
  if (!bytes) return bytes.failure();
  return onnx_reader::parse_tensor(*bytes, onnx_reader::folder_of(path));
}

Result<NamedTensor> parse_tensor_proto(std::string_view bytes) {
  return onnx_reader::parse_tensor(bytes, std::nullopt);
}

std::string tensor_proto_bytes(const std::string& name, const ir::Tensor& tensor) {
  onnx_reader::proto::TensorProto message;
  message.set_name(name);
  message.set_data_type(onnx_reader::data_type_of_element(tensor.element()));
  for (const int64_t dim : tensor.shape()) message.add_dims(dim);
  message.set_raw_data(onnx_reader::packed_bytes(tensor));
  return message.SerializeAsString();
}

Status write_tensor_proto(const std::string& path, const std::string& name, const ir::Tensor& tensor) {
  return write_file(path, tensor_proto_bytes(name, tensor));
}

}  // namespace tinyc
