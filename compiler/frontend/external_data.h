// SPDX-License-Identifier: Apache-2.0
// Tensor data kept in a file beside the model. The model is untrusted, so its paths stay inside its own folder.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "compiler/support/result.h"

namespace tinyc {

struct ExternalPlace {
  std::string location;  // relative to the model's folder
  uint64_t offset = 0;
  std::optional<uint64_t> length;  // nothing: as much as the tensor needs
};

// Reads the `needed` bytes of a tensor. Refuses absolute paths, "..", and links that lead out of the folder.
Result<std::string> read_external_data(const std::string& folder, const ExternalPlace& place, uint64_t needed);

}  // namespace tinyc
