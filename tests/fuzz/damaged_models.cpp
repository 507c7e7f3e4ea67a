// SPDX-License-Identifier: Apache-2.0
// Damages models and compiles them: each must compile or be refused with an error. A crash, a hang or an internal error
// of the compiler (exit code 70) is a failure; the seed that led to it is printed.
//   damaged_models FOLDER [--seed S] [--count N] [--only MODEL]
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

#include "compiler/driver/compile_model.h"

namespace {

namespace fs = std::filesystem;

constexpr unsigned kSecondsPerModel = 20;

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// A varint field's value, a byte, a run of bytes or the length: what bit rot, bad exporters and attackers change.
std::string damaged(std::string bytes, std::mt19937& random) {
  const auto pick = [&](size_t limit) { return static_cast<size_t>(random()) % std::max<size_t>(1, limit); };
  // Most of a model is weights; structure sits at the front and between them, so favour low offsets.
  const auto place = [&] { return pick(random() % 2 ? bytes.size() : std::min<size_t>(bytes.size(), 2000)); };
  constexpr unsigned char kInteresting[] = {0, 1, 2, 3, 7, 8, 16, 0x7F, 0x80, 0xFF};
  const int changes = 1 + static_cast<int>(random() % 3);
  for (int i = 0; i < changes && !bytes.empty(); ++i) {
    const size_t at = place();
    switch (random() % 4) {
      case 0:
        bytes[at] = static_cast<char>(kInteresting[pick(std::size(kInteresting))]);
        break;
      case 1:
        bytes[at] = static_cast<char>(bytes[at] ^ static_cast<char>(1U << (random() % 8)));
        break;
      case 2:
        bytes[at] = static_cast<char>(bytes[at] + 1);
        break;
      default:
        bytes[at] = bytes[pick(bytes.size())];
        break;
    }
  }
  return bytes;
}

// In a child process, so that a crash is one finding and not the end. 0: compiled, 3: refused.
int compile_in_child(const std::string& model) {
  const pid_t child = fork();
  if (child == 0) {
    std::freopen("/dev/null", "w", stderr);
    alarm(kSecondsPerModel);
    tinyc::Diagnostics diagnostics;
    tinyc::Options options;
    options.model = model;
    options.target = tinyc::find_target("cortex-m4");
    const auto compiled = tinyc::compile_model(options, diagnostics);
    if (compiled.has_value() == diagnostics.has_errors()) std::_Exit(71);
    if (compiled) (void)tinyc::print_source(compiled->emission);
    std::_Exit(compiled ? 0 : 3);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

}  // namespace

int main(int argc, char** argv) {
  unsigned seed = 1;
  int count = 40;
  std::string only;
  for (int i = 2; i + 1 < argc; i += 2) {
    const std::string option = argv[i];
    if (option == "--seed") seed = static_cast<unsigned>(std::atoi(argv[i + 1]));
    if (option == "--count") count = std::atoi(argv[i + 1]);
    if (option == "--only") only = argv[i + 1];
  }
  if (argc < 2) return 2;
  std::vector<fs::path> models;
  for (const auto& entry : fs::recursive_directory_iterator(argv[1])) {
    const bool wanted = only.empty() || entry.path().parent_path().filename() == only;
    if (entry.path().filename() == "model.onnx" && entry.file_size() < 100'000 && wanted)
      models.push_back(entry.path());
  }
  std::sort(models.begin(), models.end());
  const fs::path scratch = fs::temp_directory_path() / ("damaged_models_" + std::to_string(getpid()) + ".onnx");
  int failures = 0;
  int runs = 0;
  int compiled = 0;
  for (const fs::path& model : models) {
    const std::string bytes = read(model);
    for (int i = 0; i < count; ++i, ++runs) {
      std::mt19937 random(seed * 1'000'003 + static_cast<unsigned>(i));
      std::ofstream(scratch, std::ios::binary) << damaged(bytes, random);
      const int status = compile_in_child(scratch.string());
      compiled += status == 0 ? 1 : 0;
      if (status == 0 || status == 3) continue;
      ++failures;
      std::printf("%s --seed %u, number %d: status %d\n", model.parent_path().filename().c_str(), seed, i, status);
      if (const char* keep = std::getenv("TINYC_KEEP"))
        fs::copy_file(scratch,
                      fs::path(keep) / (model.parent_path().filename().string() + "_" + std::to_string(i) + ".onnx"),
                      fs::copy_options::overwrite_existing);
    }
  }
  fs::remove(scratch);
  std::printf("%d damaged models: %d compiled, %d refused, %d failures\n", runs, compiled, runs - compiled - failures,
              failures);
  return failures == 0 && runs > 0 ? 0 : 1;
}
