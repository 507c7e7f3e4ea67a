// SPDX-License-Identifier: Apache-2.0
#include "ir/onnx/rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace tinyc::ir {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

std::string domain_name(std::string_view domain) { return domain.empty() ? "ai.onnx" : std::string(domain); }

std::string range_text(const OnnxRule& rule) {
  const std::string end = rule.until == kNewest ? "on" : fmt::format("to {}", rule.until);
  return fmt::format("{} of {} from opset {} {}", rule.op_type, domain_name(rule.domain), rule.since, end);
}

}  // namespace

std::vector<const OnnxRule*> all_onnx_rules() {
  std::vector<const OnnxRule*> rules;
  for (const OpDef* op : all_ops()) {
    for (const OnnxRule& rule : op->onnx) rules.push_back(&rule);
  }
  for (const auto table :
       {attention_rules(), container_rules(), control_rules(), einsum_rules(), index_rules(), legacy_rules(), loss_rules(),
        ml_feature_rules(), ml_linear_rules(), ml_tree_rules(), movement_rules(), normalize_rules(), pool_index_rules(),
        random_rules(), sequence_rules(), shape_rules(), signal_rules(), window_rules()}) {
    for (const OnnxRule& rule : table) rules.push_back(&rule);
  }
  return rules;
}

const OnnxRule* find_onnx_rule(std::string_view domain, std::string_view op_type, int64_t opset) {
  static const std::vector<const OnnxRule*> rules = all_onnx_rules();
  const auto fits = [&](const OnnxRule* rule) {
    return rule->op_type == op_type && rule->domain == domain && rule->since <= opset && opset <= rule->until;
  };
  const auto found = std::find_if(rules.begin(), rules.end(), fits);
  return found == rules.end() ? nullptr : *found;
}

std::string nearest_onnx_rules(std::string_view domain, std::string_view op_type) {
  std::string same, others;
  for (const OnnxRule* rule : all_onnx_rules()) {
    if (lower(rule->op_type) != lower(op_type)) continue;
    std::string& text = rule->domain == domain && rule->op_type == op_type ? same : others;
    text += (text.empty() ? "" : "; ") + range_text(*rule);
  }
  return same.empty() ? others : same;
}

}  // namespace tinyc::ir
