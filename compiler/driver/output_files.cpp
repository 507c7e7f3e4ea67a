// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/output_files.h"

#include <filesystem>
#include <vector>

#include "compiler/support/file.h"

namespace tinyc {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kUnfinished = ".tinyc-tmp";

// The folders that create_directories() will have to make, innermost first.
std::vector<fs::path> missing_folders(fs::path folder) {
  std::vector<fs::path> missing;
  std::error_code error;
  for (; !folder.empty() && !fs::exists(folder, error); folder = folder.parent_path()) missing.push_back(folder);
  return missing;
}

}  // namespace

bool write_all(const std::string& folder, const std::map<std::string, std::string>& files, Diagnostics& diagnostics) {
  std::error_code error;
  const fs::path root = fs::path(folder).lexically_normal();
  const std::vector<fs::path> made = missing_folders(root);
  std::vector<fs::path> written;
  const auto give_up = [&](const std::string& reason) {
    diagnostics.error(Code::T0103, {}, reason);
    for (const fs::path& file : written) fs::remove(file, error);
    for (const fs::path& path : made) fs::remove(path, error);
    return false;
  };
  if (made.empty() && !root.empty() && !fs::is_directory(root, error))
    return give_up("'" + folder + "' is a file, not a folder");
  if (!made.empty() && !fs::create_directories(root, error) && error) {
    return give_up("folder '" + folder + "' cannot be made: " + error.message());
  }
  for (const auto& [name, text] : files) {
    const fs::path place = root / (name + std::string(kUnfinished));
    if (fs::is_directory(root / name, error)) return give_up("'" + name + "' is a folder");
    written.push_back(place);
    if (const Status status = write_file(place.string(), text); !status)
      return give_up("'" + name + "' " + status.message());
  }
  for (const auto& [name, text] : files) {
    fs::rename(root / (name + std::string(kUnfinished)), root / name, error);
    if (error) return give_up("'" + name + "' cannot be replaced: " + error.message());
  }
  return true;
}

}  // namespace tinyc
