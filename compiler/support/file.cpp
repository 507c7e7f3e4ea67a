// SPDX-License-Identifier: Apache-2.0
#include "compiler/support/file.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>

namespace tinyc {
namespace {

namespace fs = std::filesystem;

Result<uint64_t> regular_file_size(const std::string& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) {
    const bool absent = !error || error == std::errc::no_such_file_or_directory;
    return Failure{absent ? "does not exist" : "cannot be opened: " + error.message()};
  }
  if (fs::is_directory(status)) return Failure{"is a folder, not a file"};
  if (!fs::is_regular_file(status)) return Failure{"is not a regular file"};
  const uintmax_t size = fs::file_size(path, error);
  if (error) return Failure{error.message()};
  return static_cast<uint64_t>(size);
}

}  // namespace

Result<std::string> read_file(const std::string& path, uint64_t limit) {
  const Result<uint64_t> size = regular_file_size(path);
  if (!size) return size.failure();
  if (*size > limit) return Failure{fmt::format("has {} bytes, more than the {} that can be read", *size, limit)};
  return read_file_part(path, 0, *size);
}

Result<std::string> read_file_part(const std::string& path, uint64_t offset, uint64_t length) {
  const Result<uint64_t> size = regular_file_size(path);
  if (!size) return size.failure();
  if (offset > *size || length > *size - offset) {
    return Failure{fmt::format("has {} bytes, but {} bytes from offset {} on are needed", *size, length, offset)};
  }
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return Failure{"cannot be opened for reading"};
  std::string bytes(length, '\0');
  stream.seekg(static_cast<std::streamoff>(offset));
  stream.read(bytes.data(), static_cast<std::streamsize>(length));
  if (!stream) return Failure{"cannot be read to its end"};
  return bytes;
}

Status write_file(const std::string& path, std::string_view bytes) {
  std::ofstream stream(path, std::ios::binary | std::ios::trunc);
  if (!stream) return Failure{"cannot be opened for writing"};
  stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  stream.close();
  if (!stream) return Failure{"cannot be written"};
  return {};
}

}  // namespace tinyc
