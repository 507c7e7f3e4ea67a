// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/kernel_costs.h"

#include <fmt/format.h>

#include <charconv>
#include <set>
#include <sstream>

#include "backends/kernel_support.h"
#include "compiler/support/sha256.h"
#include "compiler/support/text_writer.h"

namespace tinyc {
namespace {

constexpr std::string_view kTitle = "# tinyc --tune: key, cycles, code bytes, what";

bool is_key(std::string_view word) {
  return word.size() == kKeyDigits && word.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool read_count(std::string_view word, int64_t& number) {
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  return error == std::errc() && end == word.data() + word.size() && number >= 0;
}

void add_texts(std::string& all, const ShippedText& text, std::set<std::string_view>& seen) {
  if (!seen.insert(text.path).second) return;
  for (const std::string_view path : text.depends) add_texts(all, shipped_text(path), seen);
  all += text.text;
}

void add_function(std::string& all, const ScalarCall& call) {
  all += fmt::format("{} {} {}(", call.operands, call.type, call.name);
  for (const auto& argument : call.arguments) {
    if (const auto* real = std::get_if<float>(&argument)) {
      all += fmt::format("{:a},", *real);
    } else {
      all += fmt::format("{},", std::get<int64_t>(argument));
    }
  }
  all += ")";
  for (const ScalarCall& next : call.then) add_function(all, next);
}

void add_built(std::string& all, const Built& built, std::set<std::string_view>& seen) {
  for (const GeometryField& field : built.geometry) {
    all += field.real ? fmt::format("{}={:a};", field.name, field.value)
                      : fmt::format("{}={};", field.name, field.integer);
  }
  for (const PackedConstant& constant : built.constants) {
    all += fmt::format("{} {} {}:", constant.name, ir::element_name(constant.element), constant.bytes.size());
    all.append(reinterpret_cast<const char*>(constant.bytes.data()), constant.bytes.size());
  }
  if (built.function) add_function(all, *built.function);
  for (const std::string& path : built.depends) add_texts(all, shipped_text(path), seen);
}

void add_operands(std::string& all, const ir::Op& op) {
  for (const ir::Value* operand : op.operands) {
    all += operand ? type_text(operand->type) + ";" : "absent;";
    const ir::Tensor* data = operand ? ir::constant_data(operand) : nullptr;
    if (data) all.append(reinterpret_cast<const char*>(data->data()), static_cast<size_t>(data->bytes()));
  }
  for (const ir::Value* result : op.results) all += type_text(result->type) + ";";
}

// One line of the file; false if it is none.
bool read_cost(const std::string& line, KernelCosts& costs) {
  std::istringstream words(line);
  std::string key, cycles, bytes;
  KernelCost cost;
  if (!(words >> key >> cycles >> bytes) || !is_key(key) || costs.find(key)) return false;
  if (!read_count(cycles, cost.cycles) || !read_count(bytes, cost.code_bytes)) return false;
  std::getline(words >> std::ws, cost.about);
  costs.add(key, std::move(cost));
  return true;
}

}  // namespace

const KernelCost* KernelCosts::find(const std::string& key) const {
  const auto found = costs_.find(key);
  return found == costs_.end() ? nullptr : &found->second;
}

std::string KernelCosts::text() const {
  std::string text = fmt::format("{}\n", kTitle);
  for (const auto& [key, cost] : costs_)
    text += fmt::format("{} {} {} {}\n", key, cost.cycles, cost.code_bytes, cost.about);
  return text + fmt::format("# {} entries\n", costs_.size());
}

Result<KernelCosts> KernelCosts::parse(std::string_view text) {
  std::istringstream lines{std::string(text)};
  std::string line;
  if (!std::getline(lines, line) || line != kTitle) return Failure{"it does not begin as --tune writes"};
  KernelCosts costs;
  for (size_t number = 2; std::getline(lines, line); ++number) {
    if (line == fmt::format("# {} entries", costs.size()) && lines.peek() == EOF) return costs;
    if (!read_cost(line, costs)) return Failure{fmt::format("line {} is damaged", number)};
  }
  return Failure{"it is cut short"};
}

std::string cost_key(std::string_view environment, const ir::Op& op, const Selection& selection) {
  const KernelDef& kernel = *selection.kernel->def;
  std::string all = fmt::format("{}\n{} {} {} {}\n", environment, isa_name(kernel.isa), kernel.name,
                                selection.variant.name, selection.needs.scratch_bytes);
  std::set<std::string_view> seen;
  add_texts(all, *selection.kernel->text, seen);
  add_built(all, kernel.build(op, selection.variant), seen);
  add_operands(all, op);
  return sha256_hex(all).substr(0, kKeyDigits);
}

}  // namespace tinyc
