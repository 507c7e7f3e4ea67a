// SPDX-License-Identifier: Apache-2.0
#include "compiler/frontend/external_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <limits>

#include "compiler/support/file.h"

namespace tinyc {
namespace {

namespace fs = std::filesystem;

// What is wrong with the text of the path alone; "" if nothing.
std::string location_problem(const std::string& location) {
  if (location.empty()) return "names no file ('location' is empty)";
  if (location.find('\0') != std::string::npos) return "has a file name with a zero byte";
  const fs::path path(location);
  const bool drive = location.size() > 1 && location[1] == ':';  // made on Windows
  if (path.is_absolute() || location[0] == '\\' || drive) return fmt::format("'{}' is an absolute path", location);
  std::string with_slashes = location;
  std::replace(with_slashes.begin(), with_slashes.end(), '\\', '/');
  for (const fs::path& part : fs::path(with_slashes)) {
    if (part == "..") return fmt::format("'{}' leaves the model's folder", location);
  }
  return {};
}

bool is_inside(const fs::path& folder, const fs::path& file) {
  return std::mismatch(folder.begin(), folder.end(), file.begin(), file.end()).first == folder.end();
}

// The file's real path, all links followed, if that is inside the folder.
Result<fs::path> resolve(const std::string& folder, const std::string& location) {
  std::error_code error;
  const fs::path root = fs::canonical(folder.empty() ? "." : folder, error);
  if (error) return Failure{"the model's folder cannot be opened: " + error.message()};
  const fs::path file = fs::canonical(root / location, error);
  if (error == std::errc::no_such_file_or_directory) return Failure{fmt::format("file '{}' is missing", location)};
  if (error) return Failure{fmt::format("file '{}' cannot be opened: {}", location, error.message())};
  if (!is_inside(root, file)) return Failure{fmt::format("'{}' is a link that leaves the model's folder", location)};
  return file;
}

}  // namespace

Result<std::string> read_external_data(const std::string& folder, const ExternalPlace& place, uint64_t needed) {
  if (const std::string problem = location_problem(place.location); !problem.empty()) return Failure{problem};
  if (place.length && *place.length != needed) {
    return Failure{fmt::format("the entry for file '{}' says {} bytes, the shape needs {}", place.location,
                               *place.length, needed)};
  }
  if (place.offset > static_cast<uint64_t>(std::numeric_limits<int64_t>::max()) - needed) {
    return Failure{fmt::format("offset {} in file '{}' is too large", place.offset, place.location)};
  }
  const Result<fs::path> file = resolve(folder, place.location);
  if (!file) return file.failure();
  Result<std::string> bytes = read_file_part(file->string(), place.offset, needed);
  if (!bytes) return Failure{fmt::format("file '{}' {}", place.location, bytes.message())};
  return bytes;
}

}  // namespace tinyc
