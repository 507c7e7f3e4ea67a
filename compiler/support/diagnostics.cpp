// SPDX-License-Identifier: Apache-2.0
#include "compiler/support/diagnostics.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

#include "compiler/support/text_writer.h"

namespace tinyc {
namespace {

constexpr CodeInfo kCodes[] = {
#define TINYC_DIAGNOSTIC(code, title, explanation) {Code::code, #code, title, explanation},
#include "compiler/support/diagnostics.def"
#undef TINYC_DIAGNOSTIC
};

thread_local BugContext::Dump bug_dump = nullptr;
thread_local const void* bug_subject = nullptr;

std::string_view severity_name(Severity severity) {
  switch (severity) {
    case Severity::note:
      return "note";
    case Severity::warning:
      return "warning";
    case Severity::error:
      return "error";
  }
  return "error";
}

std::string_view severity_colour(Severity severity) {
  switch (severity) {
    case Severity::note:
      return "\033[1;36m";
    case Severity::warning:
      return "\033[1;35m";
    case Severity::error:
      return "\033[1;31m";
  }
  return "";
}

}  // namespace

std::span<const CodeInfo> all_codes() { return kCodes; }

const CodeInfo& code_info(Code code) { return kCodes[static_cast<size_t>(code)]; }

void Diagnostics::add(Diagnostic diagnostic) {
  if (diagnostic.where.file.empty()) diagnostic.where.file = file_;
  if (diagnostic.severity == Severity::error) ++errors_;
  all_.push_back(std::move(diagnostic));
}

void Diagnostics::error(Code code, Location where, std::string message, std::string help) {
  add({Severity::error, code, std::move(where), std::move(message), {}, std::move(help)});
}

void Diagnostics::note(Code code, Location where, std::string message, std::string help) {
  add({Severity::note, code, std::move(where), std::move(message), {}, std::move(help)});
}

std::string render(const Diagnostic& diagnostic, bool colour) {
  std::string text;
  const Location& where = diagnostic.where;
  if (!where.file.empty()) text += printable(where.file) + ": ";
  if (!where.node.empty()) text += fmt::format("node '{}'", printable(where.node));
  if (!where.op.empty()) text += fmt::format("{}({})", where.node.empty() ? "" : " ", printable(where.op));
  if (!where.node.empty() || !where.op.empty()) text += ": ";
  if (!where.tensor.empty()) text += fmt::format("tensor '{}': ", printable(where.tensor));
  const std::string message = printable(diagnostic.message, true);
  const std::string_view name = code_info(diagnostic.code).name;
  if (colour) {
    text += fmt::format("{}{} {}:\033[0m {}\n", severity_colour(diagnostic.severity),
                        severity_name(diagnostic.severity), name, message);
  } else {
    text += fmt::format("{} {}: {}\n", severity_name(diagnostic.severity), name, message);
  }
  for (const std::string& note : diagnostic.notes) text += "  note: " + printable(note, true) + "\n";
  if (!diagnostic.help.empty()) text += "  help: " + printable(diagnostic.help, true) + "\n";
  return text;
}

void report_bug(const char* file, int line, const std::string& message) {
  fmt::print(stderr, "tinyc: internal error at {}:{}: {}\n", file, line, message);
  if (bug_dump) {
    const BugContext::Dump dump = bug_dump;
    bug_dump = nullptr;  // a bug while dumping must not recurse
    fmt::print(stderr, "state:\n{}\n", dump(bug_subject));
  }
  fmt::print(stderr,
             "This is a bug of tinyc, not of your model: please report it with the model and the command line.\n");
  std::fflush(nullptr);
  std::_Exit(70);
}

BugContext::BugContext(Dump dump, const void* subject) : previous_dump_(bug_dump), previous_subject_(bug_subject) {
  bug_dump = dump;
  bug_subject = subject;
}

BugContext::~BugContext() {
  bug_dump = previous_dump_;
  bug_subject = previous_subject_;
}

}  // namespace tinyc
