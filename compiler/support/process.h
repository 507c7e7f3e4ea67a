// SPDX-License-Identifier: Apache-2.0
// Child processes, programs on PATH and temporary folders: the only POSIX calls of the project.
#pragma once

#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tinyc {

struct ProcessOptions {
  std::filesystem::path working_directory{};  // empty = the caller's
  double timeout_seconds = 600;
  size_t output_limit = size_t{16} << 20;  // further output is read and dropped
};

struct ProcessResult {
  std::string error;   // why it could not be started; empty if it was
  int exit_code = -1;  // -1 unless it ended by itself
  int signal = 0;      // the signal that ended it, 0 if none
  bool timed_out = false;
  bool output_truncated = false;
  std::string output;  // standard output and error, in the order written
  bool succeeded() const { return error.empty() && !timed_out && exit_code == 0; }
};

// Runs a program without a shell, its standard input empty, and waits for it. `command` is the program (looked up on
// PATH unless it has a slash) and its arguments. When the time is up, it and everything that it started are killed.
ProcessResult run_process(const std::vector<std::string>& command, const ProcessOptions& options = {});

// One line about a failure for messages: "exit code 3", "signal 11", "no answer in 60 s", "cannot be started: ...".
std::string describe_failure(const ProcessResult& result, const ProcessOptions& options = {});

// The absolute path of an executable file; a name with a slash is not looked up on PATH.
std::optional<std::filesystem::path> find_program(std::string_view name);

// Whether a person reads what is written to this stream.
bool is_terminal(std::FILE* stream);

// A fresh private folder, deleted with its contents when the object goes.
class TemporaryDirectory {
 public:
  static std::optional<TemporaryDirectory> create();
  TemporaryDirectory(TemporaryDirectory&& other) noexcept;
  TemporaryDirectory& operator=(TemporaryDirectory&& other) noexcept;
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory();

  const std::filesystem::path& path() const { return path_; }

 private:
  explicit TemporaryDirectory(std::filesystem::path path) : path_(std::move(path)) {}
  void remove() noexcept;
  std::filesystem::path path_;
};

}  // namespace tinyc
