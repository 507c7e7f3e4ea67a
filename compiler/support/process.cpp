// SPDX-License-Identifier: Apache-2.0
#include "compiler/support/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <utility>

namespace tinyc {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int value) : value_(value) {}
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() { reset(); }

  int get() const { return value_; }
  void reset(int value = -1) {
    if (value_ >= 0) close(value_);
    value_ = value;
  }

 private:
  int value_ = -1;
};

// Both ends close on exec: other children, started by other threads, must not keep the pipe open.
bool make_pipe(FileDescriptor& read_end, FileDescriptor& write_end) {
  int ends[2];
  if (pipe(ends) != 0) return false;
  read_end.reset(ends[0]);
  write_end.reset(ends[1]);
  return fcntl(ends[0], F_SETFD, FD_CLOEXEC) == 0 && fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0;
}

// All that the child needs, made before the fork: after it, only async-signal-safe calls are allowed.
struct Launch {
  const char* program;
  char* const* arguments;
  const char* directory;  // nullptr = stay
  int empty_input;
  int output;
  int error_report;
};

[[noreturn]] void become(const Launch& launch) {
  setpgid(0, 0);  // a group of its own, so that a timeout reaches its children too
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  signal(SIGPIPE, SIG_DFL);
  const bool ready = dup2(launch.empty_input, STDIN_FILENO) >= 0 && dup2(launch.output, STDOUT_FILENO) >= 0 &&
                     dup2(launch.output, STDERR_FILENO) >= 0 &&
                     (launch.directory == nullptr || chdir(launch.directory) == 0);
  if (ready) execv(launch.program, launch.arguments);
  const int reason = errno;
  [[maybe_unused]] const ssize_t written = write(launch.error_report, &reason, sizeof reason);
  _exit(127);
}

// The error pipe closes without a word when exec succeeds.
std::string start_error(int error_report) {
  int reason = 0;
  ssize_t bytes = 0;
  do bytes = read(error_report, &reason, sizeof reason);
  while (bytes < 0 && errno == EINTR);
  return bytes == static_cast<ssize_t>(sizeof reason) ? std::strerror(reason) : std::string();
}

class RunningChild {
 public:
  RunningChild(pid_t pid, int output, const ProcessOptions& options)
      : pid_(pid), output_(output), limit_(options.output_limit), deadline_(deadline_after(options.timeout_seconds)) {}

  // Reads until the child has ended. A grandchild may hold the pipe open for longer: it is not waited for.
  void wait(ProcessResult& result) {
    bool open = true;
    while (!ended_) {
      if (Clock::now() >= deadline_) {
        result.timed_out = true;
        break;
      }
      if (open)
        open = read_some(result, 50);
      else
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
      reap(WNOHANG);
    }
    kill(-pid_, SIGKILL);  // whatever it left behind, and itself after a timeout
    if (!ended_) reap(0);
    while (open && read_some(result, 0) && more_) {
    }
    if (!result.timed_out && WIFEXITED(status_)) result.exit_code = WEXITSTATUS(status_);
    if (!result.timed_out && WIFSIGNALED(status_)) result.signal = WTERMSIG(status_);
  }

 private:
  static Clock::time_point deadline_after(double seconds) {
    const double bounded = std::clamp(seconds, 0.0, 1e7);
    return Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(bounded));
  }

  void reap(int flags) {
    pid_t found = 0;
    do found = waitpid(pid_, &status_, flags);
    while (found < 0 && errno == EINTR);
    ended_ = found != 0;
  }

  // False once every writer has closed the pipe.
  bool read_some(ProcessResult& result, int wait_milliseconds) {
    more_ = false;
    pollfd waiting = {output_, POLLIN, 0};
    if (poll(&waiting, 1, wait_milliseconds) <= 0) return true;
    char block[65536];
    const ssize_t bytes = read(output_, block, sizeof block);
    if (bytes < 0) return errno == EINTR;
    if (bytes == 0) return false;
    more_ = true;
    const size_t count = static_cast<size_t>(bytes);
    const size_t kept = std::min(count, limit_ - result.output.size());
    result.output.append(block, kept);
    if (kept < count) result.output_truncated = true;
    return true;
  }

  pid_t pid_;
  int output_;
  size_t limit_;
  Clock::time_point deadline_;
  int status_ = 0;
  bool ended_ = false;
  bool more_ = false;
};

bool is_executable_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored) && access(path.c_str(), X_OK) == 0;
}

ProcessResult failed_to_start(std::string why) {
  ProcessResult result;
  result.error = std::move(why);
  return result;
}

}  // namespace

ProcessResult run_process(const std::vector<std::string>& command, const ProcessOptions& options) {
  if (command.empty()) return failed_to_start("empty command");
  const std::optional<fs::path> program = find_program(command.front());
  if (!program) return failed_to_start(command.front() + ": not found");

  FileDescriptor empty_input(open("/dev/null", O_RDONLY | O_CLOEXEC));
  FileDescriptor output, output_end, error_report, error_end;
  if (empty_input.get() < 0 || !make_pipe(output, output_end) || !make_pipe(error_report, error_end))
    return failed_to_start(std::strerror(errno));

  std::vector<char*> arguments;
  for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  const std::string directory = options.working_directory.string();
  const Launch launch = {program->c_str(),  arguments.data(), directory.empty() ? nullptr : directory.c_str(),
                         empty_input.get(), output_end.get(), error_end.get()};
  const pid_t pid = fork();
  if (pid < 0) return failed_to_start(std::strerror(errno));
  if (pid == 0) become(launch);
  setpgid(pid, pid);  // in both processes: whichever comes first
  output_end.reset();
  error_end.reset();

  ProcessResult result;
  const std::string why = start_error(error_report.get());
  RunningChild(pid, output.get(), options).wait(result);
  if (!why.empty()) return failed_to_start(command.front() + ": " + why);
  return result;
}

std::string describe_failure(const ProcessResult& result, const ProcessOptions& options) {
  if (!result.error.empty()) return "cannot be started: " + result.error;
  if (result.timed_out) return "no answer in " + std::to_string(static_cast<long>(options.timeout_seconds)) + " s";
  if (result.signal != 0) return "signal " + std::to_string(result.signal);
  return "exit code " + std::to_string(result.exit_code);
}

bool is_terminal(std::FILE* stream) { return isatty(fileno(stream)) != 0; }

std::optional<fs::path> find_program(std::string_view name) {
  std::error_code failed;
  if (name.empty()) return std::nullopt;
  if (name.find('/') != std::string_view::npos) {
    fs::path path = fs::absolute(name, failed);
    return !failed && is_executable_file(path) ? std::optional(std::move(path)) : std::nullopt;
  }
  const char* variable = std::getenv("PATH");
  std::string_view rest = variable == nullptr ? "/usr/bin:/bin" : variable;
  while (!rest.empty()) {
    const size_t colon = std::min(rest.find(':'), rest.size());
    const std::string_view folder = rest.substr(0, colon);
    rest.remove_prefix(std::min(colon + 1, rest.size()));
    fs::path path = fs::absolute(fs::path(folder.empty() ? "." : folder) / name, failed);
    if (!failed && is_executable_file(path)) return path;
  }
  return std::nullopt;
}

std::optional<TemporaryDirectory> TemporaryDirectory::create() {
  std::error_code failed;
  const fs::path parent = fs::temp_directory_path(failed);
  if (failed) return std::nullopt;
  std::string name = (parent / "tinyc-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) return std::nullopt;
  return TemporaryDirectory(fs::path(name));
}

TemporaryDirectory::TemporaryDirectory(TemporaryDirectory&& other) noexcept : path_(std::exchange(other.path_, {})) {}

TemporaryDirectory& TemporaryDirectory::operator=(TemporaryDirectory&& other) noexcept {
  if (this != &other) {
    remove();
    path_ = std::exchange(other.path_, {});
  }
  return *this;
}

TemporaryDirectory::~TemporaryDirectory() { remove(); }

void TemporaryDirectory::remove() noexcept {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

}  // namespace tinyc
