// SPDX-License-Identifier: Apache-2.0
// What the tool says to its user. Two families: user errors (a code from diagnostics.def, exit 1), and bugs of
// the compiler itself (TINYC_BUG, exit 70).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tinyc {

enum class Code {
#define TINYC_DIAGNOSTIC(code, title, explanation) code,
#include "compiler/support/diagnostics.def"
#undef TINYC_DIAGNOSTIC
};

struct CodeInfo {
  Code code;
  std::string_view name;         // "T0301"
  std::string_view title;        // one line
  std::string_view explanation;  // for --explain
};
std::span<const CodeInfo> all_codes();
const CodeInfo& code_info(Code code);

enum class Severity { note, warning, error };

// Where in the input a problem lies; empty fields are left out of the text.
struct Location {
  std::string file = {};    // base name of the model
  std::string node = {};    // ONNX node name
  std::string op = {};      // ONNX operator type
  std::string tensor = {};  // tensor name
};

struct Diagnostic {
  Severity severity = Severity::error;
  Code code;
  Location where;
  std::string message;             // what is wrong, with the numbers
  std::vector<std::string> notes;  // why: for example one line per kernel that does not apply
  std::string help;                // what would fix it
};

// Collects the problems of a phase, so that a user sees all of them at once.
class Diagnostics {
 public:
  void add(Diagnostic diagnostic);
  void error(Code code, Location where, std::string message, std::string help = {});
  void note(Code code, Location where, std::string message, std::string help = {});

  bool has_errors() const { return errors_ != 0; }
  std::span<const Diagnostic> all() const { return all_; }

  // A default for Location::file of everything added from here on.
  void set_file(std::string file) { file_ = std::move(file); }
  const std::string& file() const { return file_; }

 private:
  std::vector<Diagnostic> all_;
  std::string file_;
  int errors_ = 0;
};

// "model.onnx: node 'a' (Conv): error T0214: ...", notes and help on lines of their own; colour by ANSI codes.
std::string render(const Diagnostic& diagnostic, bool colour);

// Reports a broken invariant of the compiler and ends the process with status 70.
[[noreturn]] void report_bug(const char* file, int line, const std::string& message);

// Text that report_bug adds (the IR at hand); set by whoever owns a graph while it works on it.
class BugContext {
 public:
  using Dump = std::string (*)(const void*);
  BugContext(Dump dump, const void* subject);
  ~BugContext();
  BugContext(const BugContext&) = delete;
  BugContext& operator=(const BugContext&) = delete;

 private:
  Dump previous_dump_;
  const void* previous_subject_;
};

#define TINYC_BUG(message) ::tinyc::report_bug(__FILE__, __LINE__, (message))
#define TINYC_CHECK(condition)                                               \
  do {                                                                       \
    if (!(condition)) TINYC_BUG("check failed: " #condition);                \
  } while (false)

}  // namespace tinyc
