// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/shared_workspace.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "backends/emit/names.h"
#include "compiler/driver/model_files.h"
#include "compiler/driver/output_files.h"
#include "compiler/support/json.h"
#include "compiler/support/text_writer.h"

namespace tinyc {
namespace {

namespace fs = std::filesystem;

struct Member {
  Options options;
  ModelWithReport made;
  int64_t workspace() const { return *made.report.workspace_bytes.value; }
  int64_t state() const { return *made.report.state_bytes.value; }
  int64_t alignment() const { return made.model.emission.plan.alignment; }
};

// "wake=net.onnx" names a model; else its file does, or its folder where several files are called the same.
struct NamedFile {
  std::string name;
  std::string file;
};

NamedFile named_file(const std::string& word, const std::vector<std::string>& words) {
  const size_t equals = word.find('=');
  if (equals != std::string::npos && is_c_identifier(word.substr(0, equals)) && !fs::exists(word))
    return {word.substr(0, equals), word.substr(equals + 1)};
  const fs::path path(word);
  const auto same = [&](const std::string& other) { return fs::path(other).stem() == path.stem(); };
  const bool unique = std::count_if(words.begin(), words.end(), same) == 1;
  return {prefix_from(unique ? path.stem().string() : fs::absolute(path).parent_path().filename().string()), word};
}

// The options as if each model were compiled alone.
std::optional<std::vector<Options>> options_of_each(const Options& options, Diagnostics& diagnostics) {
  std::vector<std::string> words{options.model};
  words.insert(words.end(), options.further_models.begin(), options.further_models.end());
  std::set<std::string> taken{options.name};
  std::vector<Options> each;
  for (const std::string& word : words) {
    const NamedFile named = named_file(word, words);
    Options one = options;
    one.share_workspace = false;
    one.further_models.clear();
    one.model = named.file;
    one.name = named.name;
    one.flash_bytes.reset();
    one.regions.clear();  // the workspace is the application's, and so is its place
    one.given.front() = fs::path(named.file).filename().string();
    std::erase_if(one.given, [](const std::string& text) { return text.starts_with("--name"); });
    one.given.push_back("--name " + one.name);
    if (!taken.insert(one.name).second) {
      diagnostics.error(Code::T0101, {}, fmt::format("two things are called '{}'", one.name),
                        "name models by NAME=MODEL.onnx, and what they share by --name");
      return std::nullopt;
    }
    each.push_back(std::move(one));
  }
  return each;
}

int64_t states_of(const std::vector<Member>& members) {
  int64_t bytes = 0;
  for (const Member& member : members) bytes += member.state();
  return bytes;
}

const Member& largest_of(const std::vector<Member>& members) {
  return *std::max_element(members.begin(), members.end(),
                           [](const Member& a, const Member& b) { return a.workspace() < b.workspace(); });
}

int64_t alignment_of(const std::vector<Member>& members) {
  int64_t alignment = 1;
  for (const Member& member : members) alignment = std::max(alignment, member.alignment());
  return alignment;
}

// A budget is for the workspace and all states: models whose workspace is too large beside the states are planned anew.
bool keep_budget(std::vector<Member>& members, int64_t ram_bytes, Diagnostics& diagnostics) {
  const int64_t states = states_of(members);
  for (Member& member : members) {
    if (member.workspace() + states <= ram_bytes) continue;
    member.options.ram_bytes = std::max<int64_t>(0, ram_bytes - states + member.state());
    std::optional<ModelWithReport> smaller = compile_within_budgets(member.options, diagnostics);
    if (!smaller) return false;
    member.made = std::move(*smaller);
  }
  return true;
}

bool check_flash(const std::vector<Member>& members, int64_t flash_bytes, Diagnostics& diagnostics) {
  int64_t flash = 0;
  std::vector<std::string> notes;
  for (const Member& member : members) {
    flash += *member.made.report.flash_bytes.value;
    notes.push_back(
        fmt::format("{}: {} bytes", member.options.name, with_commas(*member.made.report.flash_bytes.value)));
  }
  if (flash <= flash_bytes) return true;
  diagnostics.add({Severity::error,
                   Code::T0601,
                   {},
                   fmt::format("all models need {} bytes of flash, {} more than the {} there are", with_commas(flash),
                               with_commas(flash - flash_bytes), with_commas(flash_bytes)),
                   notes,
                   "-O size, or a smaller --flash for one of them alone"});
  return false;
}

std::optional<std::vector<Member>> compile_all(const Options& options, Diagnostics& diagnostics) {
  const auto each = options_of_each(options, diagnostics);
  if (!each) return std::nullopt;
  std::vector<Member> members;
  for (const Options& one : *each) {
    if (auto made = compile_within_budgets(one, diagnostics)) members.push_back({one, std::move(*made)});
  }
  if (members.size() < each->size()) return std::nullopt;
  // The workspace lies in one region.
  std::optional<int64_t> ram = options.ram_bytes;
  if (const auto most = largest_in_ram(options.regions, options.stack)) ram = std::min(ram.value_or(*most), *most);
  if (ram && !keep_budget(members, *ram, diagnostics)) return std::nullopt;
  if (options.flash_bytes && !check_flash(members, *options.flash_bytes, diagnostics)) return std::nullopt;
  return members;
}

std::string header_text(const Options& options, const std::vector<Member>& members) {
  TextWriter writer;
  const std::string macro = upper_case(options.name);
  writer.line("// SPDX-License-Identifier: 0BSD");
  writer.format(
      "// {}.h - one workspace for {} models that run one after the other, generated by tinyc {}. Do not edit.",
      options.name, members.size(), members.front().made.model.emission.options.tool_version);
  for (const Member& member : members)
    writer.format("//   {:<24} workspace {:>9} B   state {:>9} B", member.options.name, with_commas(member.workspace()),
                  with_commas(member.state()));
  writer.line("#pragma once");
  for (const Member& member : members) writer.format("#include \"{}.h\"", member.options.name);
  writer.line();
  writer.format("#define {}_WORKSPACE_BYTES {} /* that of {} */", macro, largest_of(members).workspace(),
                largest_of(members).options.name);
  writer.format("#define {}_WORKSPACE_ALIGN {}", macro, alignment_of(members));
  writer.line();
  writer.line(
      "/* An inference leaves nothing behind in the workspace but its outputs; states are each model's own. */");
  for (const Member& member : members) {
    const std::string& one = member.made.model.emission.macro;
    writer.format("#if {}_WORKSPACE_BYTES > {}_WORKSPACE_BYTES || {}_WORKSPACE_ALIGN > {}_WORKSPACE_ALIGN", one, macro,
                  one, macro);
    writer.format("#error \"{}.h was generated with other options: generate all models again\"", member.options.name);
    writer.line("#endif");
  }
  return writer.take();
}

Json json_of(const Options& options, const std::vector<Member>& members) {
  Json json = {{"schema", "tinyc-shared-workspace"}, {"schema_version", 1}, {"name", options.name}};
  json["target"] = options.target->name;
  json["workspace_bytes"] = largest_of(members).workspace();
  json["state_bytes"] = states_of(members);
  // No workspace for all is smaller than what the largest plan needs.
  int64_t bound = 0;
  for (const Member& member : members) bound = std::max(bound, member.made.report.lower_bound);
  json["lower_bound"] = bound;
  json["models"] = Json::array();
  for (const Member& member : members)
    json["models"].push_back({{"name", member.options.name},
                              {"model", fs::path(member.options.model).filename().string()},
                              {"workspace_bytes", member.workspace()},
                              {"state_bytes", member.state()},
                              {"flash_bytes", *member.made.report.flash_bytes.value}});
  return json;
}

void print_summary(const Options& options, const std::vector<Member>& members) {
  for (const Member& member : members)
    fmt::print("{}: workspace {} B, state {} B\n", member.options.name, with_commas(member.workspace()),
               with_commas(member.state()));
  fmt::print("{}: workspace {} B (that of {}), states {} B\n", options.name,
             with_commas(largest_of(members).workspace()), largest_of(members).options.name,
             with_commas(states_of(members)));
}

// Names like "net" and "net_test" lead to the same file.
bool add_files(std::map<std::string, std::string>& files, std::map<std::string, std::string> more,
               Diagnostics& diagnostics) {
  files.merge(more);
  if (more.empty()) return true;
  diagnostics.error(Code::T0101, {}, fmt::format("two models write {}", more.begin()->first),
                    "name them by NAME=MODEL.onnx");
  return false;
}

int tell(const Options& options, const std::vector<Member>& members) {
  if (options.json) {
    fmt::print("{}", json_text(json_of(options, members)));
  } else {
    print_summary(options, members);
  }
  return 0;
}

}  // namespace

int compile_together(const Options& options, Diagnostics& diagnostics) {
  std::optional<std::vector<Member>> members = compile_all(options, diagnostics);
  if (!members) return 1;
  std::map<std::string, std::string> files;
  for (Member& member : *members) {
    auto of_one = model_files(member.made, member.options, diagnostics);
    if (!of_one || !add_files(files, std::move(*of_one), diagnostics)) return 1;
  }
  std::map<std::string, std::string> of_all{{options.name + ".h", header_text(options, *members)},
                                            {options.name + "_report.json", json_text(json_of(options, *members))}};
  if (!add_files(files, std::move(of_all), diagnostics)) return 1;
  if (!write_all(options.output_dir, files, diagnostics)) return 1;
  return tell(options, *members);
}

int check_together(const Options& options, Diagnostics& diagnostics) {
  const std::optional<std::vector<Member>> members = compile_all(options, diagnostics);
  return members ? tell(options, *members) : 1;
}

}  // namespace tinyc
