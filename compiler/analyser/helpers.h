// SPDX-License-Identifier: Apache-2.0
// Functions of the compiler's library that compute on floats or divide, and what stands for values that are not known.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tinyc {

// r0-r3 of a typical call: a helper is followed on these where its arguments are not known, which stands for its mean
// cost. Results are unknown again. nullopt: no such helper.
std::optional<std::array<uint32_t, 4>> typical_arguments(std::string_view function);

}  // namespace tinyc
