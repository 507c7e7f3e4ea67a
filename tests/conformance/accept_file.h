// SPDX-License-Identifier: Apache-2.0
// What counts as equal, per model and graph output: the `accept` entries of an index.json.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace tinyc {

struct Accept {
  double rtol = 1e-3;  // the ONNX runner's
  double atol = 1e-7;
  double steps = 0;  // integers
};

class AcceptFile {
 public:
  AcceptFile() = default;
  explicit AcceptFile(const std::string& path);  // an unreadable file has no entries
  std::vector<Accept> find(const std::string& model) const;

 private:
  std::map<std::string, std::vector<Accept>> models_;
};

}  // namespace tinyc
