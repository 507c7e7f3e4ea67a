// SPDX-License-Identifier: Apache-2.0
// A temporary folder with files that a test writes.
#pragma once

#include <fstream>
#include <string>
#include <string_view>

#include "compiler/support/process.h"

namespace tinyc::test {

class ScratchFolder {
 public:
  std::filesystem::path path() const { return folder_.path(); }
  std::string file(std::string_view name) const { return (path() / name).string(); }
  void write(std::string_view name, std::string_view bytes) const {
    std::ofstream(path() / name, std::ios::binary) << bytes;
  }

 private:
  TemporaryDirectory folder_ = TemporaryDirectory::create().value();
};

}  // namespace tinyc::test
