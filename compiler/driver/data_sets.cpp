// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/data_sets.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "compiler/frontend/onnx_reader.h"

namespace tinyc {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSetFolder = "test_data_set_";

// An input or output as the model has it.
struct ModelPort {
  std::string name;
  ir::Type type;
};

std::vector<ModelPort> model_ports(const std::vector<Port>& ports, const std::vector<PortForm>& forms) {
  std::vector<ModelPort> result;
  for (size_t i = 0; i < ports.size(); ++i) result.push_back({ports[i].name, forms[i].model});
  return result;
}

// Index of the port a tensor belongs to: by name where it fits, else by position.
size_t port_of(const std::vector<ModelPort>& ports, const std::string& name, size_t position) {
  const auto named = std::find_if(ports.begin(), ports.end(), [&](const ModelPort& port) { return port.name == name; });
  return named != ports.end() ? static_cast<size_t>(named - ports.begin()) : position;
}

std::optional<std::vector<ir::Tensor>> read_ports(const std::vector<std::string>& files,
                                                  const std::vector<ModelPort>& ports, std::string_view what,
                                                  Diagnostics& diagnostics) {
  std::vector<std::optional<ir::Tensor>> tensors(ports.size());
  bool good = true;
  const auto fail = [&](Location where, std::string message) {
    diagnostics.error(Code::T0704, std::move(where), std::move(message));
    good = false;
  };
  for (size_t i = 0; i < files.size(); ++i) {
    const std::string file = fs::path(files[i]).filename().string();
    Result<NamedTensor> read = read_tensor_proto(files[i]);
    if (!read) {
      fail({.file = file}, read.message());
      continue;
    }
    const size_t index = port_of(ports, read->name, i);
    if (index >= ports.size()) {
      fail({.file = file}, fmt::format("the model has {} {}s, this is one more", ports.size(), what));
      continue;
    }
    const ir::Type& type = ports[index].type;
    if (read->tensor.element() == type.element && read->tensor.shape() == type.shape) {
      tensors[index] = read->tensor;
      continue;
    }
    fail({.file = file, .tensor = ports[index].name},
         fmt::format("the file has {}, the model's {} is {}{}", type_text(read->tensor.type()), what,
                     ir::element_name(type.element), ir::shape_text(type.shape)));
  }
  for (size_t i = 0; good && i < ports.size(); ++i) {
    if (!tensors[i]) fail({.tensor = ports[i].name}, fmt::format("there is no file for this {}", what));
  }
  if (!good) return std::nullopt;
  std::vector<ir::Tensor> result;
  for (std::optional<ir::Tensor>& tensor : tensors) result.push_back(std::move(*tensor));
  return result;
}

std::vector<std::string> numbered_files(const fs::path& folder, const std::string& prefix) {
  std::vector<std::string> files;
  for (int i = 0;; ++i) {
    const fs::path file = folder / fmt::format("{}_{}.pb", prefix, i);
    if (!fs::exists(file)) return files;
    files.push_back(file.string());
  }
}

std::vector<fs::path> set_folders(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> folders;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.is_directory(error) && entry.path().filename().string().starts_with(kSetFolder)) {
      folders.push_back(entry.path());
    }
  }
  const auto number = [](const fs::path& path) {
    return std::atoi(path.filename().string().substr(kSetFolder.size()).c_str());
  };
  std::sort(folders.begin(), folders.end(),
            [&](const fs::path& a, const fs::path& b) { return number(a) < number(b); });
  if (folders.empty()) folders.push_back(folder);
  return folders;
}

// Data of a stream are those of the model over a window.
const ModelInterface& data_interface(const CompiledModel& model) {
  return model.streaming ? model.streaming->interface : model.interface;
}

std::string label_of(const fs::path& path) {
  return path.has_filename() ? path.filename().string() : path.parent_path().filename().string();
}

}  // namespace

std::optional<std::vector<DataSet>> read_data_sets(std::span<const std::string> folders,
                                                   const std::string& expect_prefix, const CompiledModel& model,
                                                   Diagnostics& diagnostics) {
  const std::vector<ModelPort> inputs_wanted = model_ports(data_inputs(model.emission), data_interface(model).inputs);
  const std::vector<ModelPort> outputs_wanted =
      model_ports(data_outputs(model.emission), data_interface(model).outputs);
  std::vector<DataSet> sets;
  for (const std::string& folder : folders) {
    for (const fs::path& path : set_folders(folder)) {
      const std::string label = label_of(path);
      const std::vector<std::string> outputs = numbered_files(path, expect_prefix);
      if (outputs.empty()) {
        diagnostics.error(Code::T0704, {}, fmt::format("'{}' has no {}_0.pb", label, expect_prefix));
        continue;
      }
      auto inputs = read_ports(numbered_files(path, "input"), inputs_wanted, "input", diagnostics);
      auto expected = read_ports(outputs, outputs_wanted, "output", diagnostics);
      if (inputs && expected) sets.push_back({label, std::move(*inputs), std::move(*expected)});
    }
  }
  if (diagnostics.has_errors()) return std::nullopt;
  return sets;
}

std::optional<std::vector<DataSet>> read_input_sets(std::span<const std::string> folders, const ir::Graph& graph,
                                                    Diagnostics& diagnostics) {
  std::vector<ModelPort> wanted;
  for (const ir::Value* input : graph.inputs()) wanted.push_back({input->name, input->type});
  std::vector<DataSet> sets;
  for (const std::string& folder : folders) {
    for (const fs::path& path : set_folders(folder)) {
      const std::vector<std::string> files = numbered_files(path, "input");
      if (files.empty() && !wanted.empty()) {
        diagnostics.error(Code::T0704, {}, fmt::format("'{}' has no input_0.pb", label_of(path)));
        continue;
      }
      if (auto inputs = read_ports(files, wanted, "input", diagnostics))
        sets.push_back({label_of(path), std::move(*inputs), {}});
    }
  }
  if (diagnostics.has_errors()) return std::nullopt;
  return sets;
}

std::optional<DataSet> read_inputs(const std::vector<std::string>& files, const CompiledModel& model,
                                   Diagnostics& diagnostics) {
  auto tensors =
      read_ports(files, model_ports(data_inputs(model.emission), data_interface(model).inputs), "input", diagnostics);
  if (!tensors) return std::nullopt;
  return DataSet{"", std::move(*tensors), {}};
}

std::map<std::string, int64_t> dims_of_data(const std::string& model, std::span<const std::string> folders) {
  std::map<std::string, int64_t> dims;
  if (folders.empty() || fs::path(model).extension() == ".ir") return dims;
  Diagnostics ignored;  // whoever compiles the model reports its problems
  const std::optional<ir::OnnxModel> read = read_onnx_model(model, ignored);
  if (!read) return dims;
  std::vector<ModelPort> ports;
  std::vector<const ir::OnnxValueInfo*> inputs;
  for (const ir::OnnxValueInfo& input : read->graph.inputs) {
    const auto& given = read->graph.initializers;
    if (std::any_of(given.begin(), given.end(), [&](const auto& one) { return one.name == input.name; })) continue;
    ports.push_back({input.name, {}});
    inputs.push_back(&input);
  }
  const std::vector<std::string> files = numbered_files(set_folders(folders[0]).front(), "input");
  for (size_t i = 0; i < files.size(); ++i) {
    const Result<NamedTensor> tensor = read_tensor_proto(files[i]);
    const size_t index = tensor ? port_of(ports, tensor->name, i) : ports.size();
    if (index >= ports.size() || !inputs[index]->dims) continue;
    const ir::Shape& shape = tensor->tensor.shape();
    for (size_t d = 0; d < shape.size() && d < inputs[index]->dims->size(); ++d) {
      const ir::OnnxDim& dim = (*inputs[index]->dims)[d];
      if (dim.value || (d == 0 && shape[d] == 1)) continue;
      dims.emplace(dim.symbol.empty() ? fmt::format("{}.{}", inputs[index]->name, d) : dim.symbol, shape[d]);
    }
  }
  return dims;
}

}  // namespace tinyc
