// SPDX-License-Identifier: Apache-2.0
// --print-ops, --print-passes, --print-targets, --print-kernels: the tables as markdown, or as JSON.
#include <fmt/format.h>

#include <algorithm>

#include "backends/kernel.h"
#include "compiler/driver/commands.h"
#include "compiler/report/report.h"
#include "compiler/support/json.h"
#include "compiler/support/text_writer.h"
#include "ir/onnx/rules.h"
#include "passes/pass.h"

namespace tinyc {
namespace {

// A table with a title; cells are plain text.
struct Listing {
  std::string title;
  std::string introduction;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
};

std::string cell(const std::string& text) {
  std::string result;
  for (const char c : text) result += c == '|' ? std::string("\\|") : c == '\n' ? std::string(" ") : std::string(1, c);
  return result;
}

void print_markdown(const Listing& listing) {
  fmt::print("# {}\n\n", listing.title);
  if (!listing.introduction.empty()) fmt::print("{}\n\n", listing.introduction);
  std::string head, rule;
  for (const std::string& column : listing.columns) {
    head += "| " + column + " ";
    rule += "|---";
  }
  fmt::print("{}|\n{}|\n", head, rule);
  for (const auto& row : listing.rows) {
    std::string line;
    for (const std::string& text : row) line += "| " + cell(text) + " ";
    fmt::print("{}|\n", line);
  }
}

Json listing_json(const Listing& listing) {
  Json list = Json::array();
  for (const auto& row : listing.rows) {
    Json entry = Json::object();
    for (size_t i = 0; i < row.size(); ++i) entry[listing.columns[i]] = row[i];
    list.push_back(std::move(entry));
  }
  return list;
}

int print(const Options& options, const std::vector<Listing>& listings) {
  if (options.json) {
    Json json = Json::object();
    for (const Listing& listing : listings) json[listing.columns[0] + "s"] = listing_json(listing);
    fmt::print("{}", json_text(json));
    return 0;
  }
  for (size_t i = 0; i < listings.size(); ++i) {
    if (i > 0) fmt::print("\n");
    print_markdown(listings[i]);
  }
  return 0;
}

std::string onnx_forms(const ir::OpDef& op) {
  std::string text;
  for (const ir::OnnxRule& rule : op.onnx) {
    text += text.empty() ? "" : ", ";
    if (!rule.domain.empty()) text += fmt::format("{}.", rule.domain);
    text += fmt::format("{} {}", rule.op_type, rule.since);
    text += rule.until == ir::kNewest ? "+" : rule.until == rule.since ? "" : fmt::format("-{}", rule.until);
  }
  return text;
}

std::string_view equality_name(Equality equality) {
  switch (equality) {
    case Equality::exact:
      return "exact";
    case Equality::float_tolerance:
      return "float tolerance";
    case Equality::qdq_to_integer:
      return "QDQ to integer";
  }
  return "";
}

std::string joined(const std::vector<std::string_view>& words) {
  std::string text;
  for (const std::string_view word : words) text += (text.empty() ? "" : ", ") + std::string(word);
  return text;
}

std::string dashed(std::string_view name) {
  std::string text(name);
  for (char& c : text) c = c == '_' ? '-' : c;
  return text;
}

std::string operands_text(const ir::OpDef& op) {
  std::string text;
  for (const ir::OperandDef& operand : op.operands) {
    text += (text.empty() ? "" : ", ") + std::string(operand.name);
    if (operand.kind == ir::OperandKind::optional) text += " (optional)";
    if (operand.kind == ir::OperandKind::variadic) text += " ...";
  }
  return text;
}

std::string attributes_text(const ir::OpDef& op) {
  std::string text;
  for (const ir::AttributeDef& attribute : op.attributes) {
    text += (text.empty() ? "" : "; ") + std::string(attribute.name);
    if (!attribute.doc.empty()) text += ": " + std::string(attribute.doc);
  }
  return text;
}

std::string kernels_text(const ir::OpDef& op) {
  std::string text;
  for (const Kernel& kernel : all_kernels()) {
    const auto& ops = kernel.def->ops;
    if (std::find(ops.begin(), ops.end(), op.name) == ops.end()) continue;
    text += fmt::format("{}{}/{} ({})", text.empty() ? "" : ", ", isa_name(kernel.def->isa), kernel.def->name,
                        kernel.def->types);
  }
  return text;
}

// Each operator from its definition: what it computes, what it refuses, which kernels take which types.
Listing definition_listing() {
  Listing listing{
      "Definitions",
      "What each core operator computes, and the kernels that do it with the types they take. A kernel that does "
      "not take an operator says why in `tinyc check`.",
      {"definition", "semantics", "operands", "attributes", "kernels"},
      {}};
  for (const ir::OpDef* op : ir::all_ops())
    listing.rows.push_back(
        {std::string(op->name), std::string(op->doc), operands_text(*op), attributes_text(*op), kernels_text(*op)});
  return listing;
}

// What users look for: ONNX operators by domain and name.
Listing onnx_listing() {
  Listing listing{
      "ONNX operators",
      "Opset versions that are read, by domain. Attributes and types that are not supported are reported per node.",
      {"ONNX operator", "domain", "opset versions"},
      {}};
  std::map<std::pair<std::string, std::string>, std::string> versions;
  for (const ir::OnnxRule* rule : ir::all_onnx_rules()) {
    const std::string domain(rule->domain.empty() ? "ai.onnx" : rule->domain);
    std::string& text = versions[{domain, std::string(rule->op_type)}];
    text += fmt::format("{}{}{}", text.empty() ? "" : ", ", rule->since,
                        rule->until == ir::kNewest   ? "+"
                        : rule->until == rule->since ? ""
                                                     : fmt::format("-{}", rule->until));
  }
  for (const auto& [key, text] : versions) listing.rows.push_back({key.second, key.first, text});
  return listing;
}

Listing list_memories() {
  Listing memories{
      "Memories of the boards",
      "Arrays lie in one of them each. Waits are cycles of the core beyond its own, for so many bytes that "
      "are read at once; arrays that fit the cache wait once.",
      {"board", "memory", "kind", "address", "bytes", "waits", "source"},
      {}};
  for (const Board* board : all_boards()) {
    for (const MemoryRegion& region : board->regions) {
      memories.rows.push_back({board->name, region.name, kind_text(region), fmt::format("0x{:08x}", region.base),
                               with_commas(static_cast<int64_t>(region.bytes)), region.data ? waits_text(region) : "",
                               region.basis});
    }
  }
  return memories;
}

}  // namespace

int command_print_ops(const Options& options) {
  Listing listing{
      "Operators",
      "Core operators and the ONNX operators (with opset versions) that become one. How ONNX's own tests fare is in "
      "[conformance](../conformance.md).",
      {"operator", "summary", "ONNX"},
      {}};
  for (const ir::OpDef* op : ir::all_ops()) {
    listing.rows.push_back({std::string(op->name), std::string(op->summary), onnx_forms(*op)});
  }
  return print(options, {listing, onnx_listing(), definition_listing()});
}

int command_print_passes(const Options& options) {
  Listing passes{"Passes", "", {"pass", "summary", "results may change by"}, {}};
  for (const PassDef* pass : all_passes()) {
    passes.rows.push_back({dashed(pass->name), std::string(pass->summary), std::string(equality_name(pass->equality))});
  }
  Listing order{"Order", "", {"step", "pass", "until stable", "reason"}, {}};
  for (const PipelineRow& row : default_pipeline()) {
    order.rows.push_back({std::to_string(order.rows.size() + 1), dashed(row.pass->name), row.until_stable ? "yes" : "",
                          std::string(row.reason)});
  }
  return print(options, {passes, order});
}

int command_print_targets(const Options& options) {
  Listing targets{
      "Targets", "Cores for --target.", {"target", "core", "kernels, best first", "compiler flags", "emulated by"}, {}};
  for (const Target* target : all_targets()) {
    std::string isas;
    for (const Isa isa : target->isa) isas += (isas.empty() ? "" : ", ") + std::string(isa_name(isa));
    const std::string machine = target->toolchain == Toolchain::host ? "runs here" : target->emulator.machine;
    targets.rows.push_back(
        {target->name, target->description, isas, target->compiler_flags, machine.empty() ? "nothing" : machine});
  }
  Listing boards{"Boards",
                 "For --board; RAM and flash are the default budgets.",
                 {"board", "what", "target", "MHz", "RAM", "flash", "source"},
                 {}};
  for (const Board* board : all_boards()) {
    boards.rows.push_back({board->name, board->description, board->target, shortest(board->clock_mhz),
                           with_commas(static_cast<int64_t>(board->ram_bytes)),
                           with_commas(static_cast<int64_t>(board->flash_bytes)), board->source});
  }
  return print(options, {targets, boards, list_memories()});
}

int command_print_kernels(const Options& options) {
  Listing listing{"Kernels",
                  "The cheapest applicable kernel among a target's instruction sets is used.",
                  {"kernel", "operator", "types", "summary"},
                  {}};
  for (const Kernel& kernel : all_kernels()) {
    listing.rows.push_back({fmt::format("{}/{}", isa_name(kernel.def->isa), kernel.def->name), joined(kernel.def->ops),
                            std::string(kernel.def->types), std::string(kernel.def->summary)});
  }
  return print(options, {listing});
}

}  // namespace tinyc
