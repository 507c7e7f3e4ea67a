// SPDX-License-Identifier: Apache-2.0
#include "compiler/support/process.h"

#include <chrono>
#include <fstream>

#if __has_include(<catch2/catch_test_macros.hpp>)
#include <catch2/catch_test_macros.hpp>
#else
#include <catch2/catch.hpp>
#endif

namespace {

using namespace tinyc;

ProcessResult shell(const std::string& script, const ProcessOptions& options = {}) {
  return run_process({"sh", "-c", script}, options);
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

TEST_CASE("process: output, error output and exit code arrive") {
  const ProcessResult result = shell("echo one; echo two >&2; exit 3");
  CHECK(result.error.empty());
  CHECK(result.output == "one\ntwo\n");
  CHECK(result.exit_code == 3);
  CHECK_FALSE(result.succeeded());
  CHECK(describe_failure(result) == "exit code 3");
  CHECK(run_process({"true"}).succeeded());
}

TEST_CASE("process: arguments are passed as they are") {
  CHECK(run_process({"printf", "%s|", "a b", "$HOME", ""}).output == "a b|$HOME||");
}

TEST_CASE("process: input is empty and the folder is the given one") {
  CHECK(run_process({"cat"}).succeeded());
  CHECK(shell("pwd", {.working_directory = "/"}).output == "/\n");
  CHECK_FALSE(shell("pwd", {.working_directory = "/no/such/folder"}).error.empty());
}

TEST_CASE("process: programs that cannot be started are errors") {
  CHECK_FALSE(run_process({}).error.empty());
  CHECK_FALSE(run_process({"no-such-program-anywhere"}).error.empty());
  CHECK_FALSE(run_process({"/etc"}).error.empty());
}

TEST_CASE("process: signals are reported") {
  const ProcessResult result = shell("kill -SEGV $$");
  CHECK(result.signal == 11);
  CHECK(result.exit_code == -1);
}

TEST_CASE("process: a timeout kills grandchildren too") {
  const auto start = std::chrono::steady_clock::now();
  const ProcessResult result = shell("sleep 60 & echo started; sleep 60", {.timeout_seconds = 0.3});
  CHECK(result.timed_out);
  CHECK(result.output == "started\n");
  CHECK(seconds_since(start) < 10);
}

TEST_CASE("process: a grandchild that keeps the output open is not waited for") {
  const auto start = std::chrono::steady_clock::now();
  const ProcessResult result = shell("sleep 60 & echo done");
  CHECK(result.succeeded());
  CHECK(result.output == "done\n");
  CHECK(seconds_since(start) < 10);
}

TEST_CASE("process: a child that closes its output is waited for") {
  const ProcessResult result = shell("exec >/dev/null 2>&1; sleep 0.2; exit 5");
  CHECK(result.exit_code == 5);
}

TEST_CASE("process: long output is cut, not waited for") {
  const ProcessResult result = shell("head -c 1000000 /dev/zero", {.output_limit = 1000});
  CHECK(result.exit_code == 0);
  CHECK(result.output.size() == 1000);
  CHECK(result.output_truncated);
}

TEST_CASE("process: programs are found on PATH or by path") {
  CHECK(find_program("sh").has_value());
  CHECK(find_program("/bin/sh").has_value());
  CHECK_FALSE(find_program("no-such-program-anywhere").has_value());
  CHECK_FALSE(find_program("").has_value());
}

TEST_CASE("process: temporary folders go with their object") {
  std::filesystem::path path;
  {
    std::optional<TemporaryDirectory> folder = TemporaryDirectory::create();
    REQUIRE(folder.has_value());
    const TemporaryDirectory moved = std::move(*folder);
    path = moved.path();
    std::ofstream(path / "file") << "text";
    CHECK(std::filesystem::exists(path / "file"));
  }
  CHECK_FALSE(std::filesystem::exists(path));
}
