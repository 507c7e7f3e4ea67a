// SPDX-License-Identifier: Apache-2.0
// Reading and writing whole files or a part of one. Only regular files: a pipe or a device may never end.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "compiler/support/result.h"

namespace tinyc {

// Fails for a file longer than `limit` before any of it is read.
Result<std::string> read_file(const std::string& path, uint64_t limit);
// Exactly these bytes; fails when the file ends before.
Result<std::string> read_file_part(const std::string& path, uint64_t offset, uint64_t length);
Status write_file(const std::string& path, std::string_view bytes);

}  // namespace tinyc
