// SPDX-License-Identifier: Apache-2.0
// What a byte of flash is worth when kernels are chosen.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "backends/schedule/select_kernel.h"

namespace tinyc {

// -O
enum class Aim : uint8_t {
  size,      // a per cent of flash is worth four per cent of time
  balanced,  // a per cent of flash is worth a per cent of time; code below 12 KB is worth 15 per cent of time
  speed,     // flash is worth nothing
};

// Cycles per byte for each operator, at which choose_kernels() takes what the aim asks of the whole model. If constants
// and code would then take more than `flash_bytes`, the lowest at which they do not; the highest if there are none.
// Functions that layers share are taken where all that call them pay for them; these leave `flash_bytes` of candidates.
std::vector<double> flash_prices(std::span<Candidates> operators, Aim aim, std::optional<int64_t> flash_bytes);

}  // namespace tinyc
