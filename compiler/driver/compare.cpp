// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "compiler/frontend/onnx_reader.h"

namespace tinyc {
namespace {

namespace fs = std::filesystem;

// Reads prefix_0.pb, prefix_1.pb ... and assigns them to the ports, by name where the names fit, else by position.
std::optional<std::vector<ir::Tensor>> read_ports(const std::vector<std::string>& files, const std::vector<Port>& ports,
                                                  std::string_view what, Diagnostics& diagnostics) {
  std::vector<std::optional<ir::Tensor>> tensors(ports.size());
  for (size_t i = 0; i < files.size(); ++i) {
    Result<NamedTensor> read = read_tensor_proto(files[i]);
    if (!read) {
      diagnostics.error(Code::T0704, {.file = fs::path(files[i]).filename().string()}, read.message());
      continue;
    }
    const auto named =
        std::find_if(ports.begin(), ports.end(), [&](const Port& port) { return port.name == read->name; });
    const size_t index = named != ports.end() ? static_cast<size_t>(named - ports.begin()) : i;
    if (index >= ports.size()) continue;
    const ir::Type& type = ports[index].type;
    if (read->tensor.element() != type.element || read->tensor.shape() != type.shape) {
      diagnostics.error(Code::T0704, {.file = fs::path(files[i]).filename().string(), .tensor = ports[index].name},
                        fmt::format("the file has {}, the model's {} is {}{}", type_text(read->tensor.type()), what,
                                    ir::element_name(type.element), ir::shape_text(type.shape)));
      continue;
    }
    tensors[index] = read->tensor;
  }
  std::vector<ir::Tensor> result;
  for (size_t i = 0; i < ports.size(); ++i) {
    if (!tensors[i] && !diagnostics.has_errors())
      diagnostics.error(Code::T0704, {.tensor = ports[i].name}, fmt::format("there is no file for this {}", what));
    if (tensors[i]) result.push_back(*tensors[i]);
  }
  if (result.size() != ports.size()) return std::nullopt;
  return result;
}

std::vector<std::string> numbered_files(const fs::path& folder, const std::string& prefix) {
  std::vector<std::string> files;
  for (int i = 0; fs::exists(folder / fmt::format("{}_{}.pb", prefix, i)); ++i)
    files.push_back((folder / fmt::format("{}_{}.pb", prefix, i)).string());
  return files;
}

std::vector<fs::path> set_folders(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> folders;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.is_directory(error) && entry.path().filename().string().starts_with("test_data_set_"))
      folders.push_back(entry.path());
  }
  const auto number = [](const fs::path& path) { return std::atoi(path.filename().string().substr(14).c_str()); };
  std::sort(folders.begin(), folders.end(),
            [&](const fs::path& a, const fs::path& b) { return number(a) < number(b); });
  if (folders.empty()) folders.push_back(folder);
  return folders;
}

}  // namespace

Comparison compare(const ir::Tensor& value, const ir::Tensor& expected, const Tolerance& tolerance) {
  Comparison result;
  result.elements = expected.size();
  const bool real = ir::is_float(expected.element());
  for (int64_t i = 0; i < expected.size(); ++i) {
    const double a = value.real(i);
    const double b = expected.real(i);
    const bool same = real ? a == b || (std::isnan(a) && std::isnan(b)) : value.integer(i) == expected.integer(i);
    if (same) continue;
    ++result.unequal;
    double distance = std::fabs(a - b);
    if (std::isnan(distance)) distance = INFINITY;
    result.largest = std::max(result.largest, distance);
    const double allowed = real ? tolerance.atol + tolerance.rtol * std::fabs(b) : static_cast<double>(tolerance.steps);
    if (distance <= allowed) continue;
    ++result.different;
    if (result.first >= 0) continue;
    result.first = i;
    result.value = a;
    result.expected = b;
  }
  return result;
}

std::optional<std::vector<RecordedSet>> read_data_sets(const std::string& folder, const std::string& expect_prefix,
                                                       const EmissionPlan& plan, Diagnostics& diagnostics) {
  std::vector<RecordedSet> sets;
  for (const fs::path& path : set_folders(folder)) {
    const std::vector<std::string> inputs = numbered_files(path, "input");
    const std::vector<std::string> outputs = numbered_files(path, expect_prefix);
    if (outputs.empty()) {
      diagnostics.error(Code::T0704, {}, fmt::format("'{}' has no {}_0.pb", path.filename().string(), expect_prefix));
      continue;
    }
    auto data = read_ports(inputs, plan.inputs, "input", diagnostics);
    auto expected = read_ports(outputs, plan.outputs, "output", diagnostics);
    if (data && expected) sets.push_back({{path.filename().string(), std::move(*data)}, std::move(*expected)});
  }
  if (diagnostics.has_errors()) return std::nullopt;
  return sets;
}

std::optional<DataSet> read_inputs(const std::vector<std::string>& files, const EmissionPlan& plan,
                                   Diagnostics& diagnostics) {
  auto tensors = read_ports(files, plan.inputs, "input", diagnostics);
  if (!tensors) return std::nullopt;
  return DataSet{"", std::move(*tensors)};
}

}  // namespace tinyc
