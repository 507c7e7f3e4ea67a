// SPDX-License-Identifier: Apache-2.0
// Functions of the compiler's and the C library that arithmetic calls, and on what they are typically called: their
// cost on other values is taken to be the mean of that.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace tinyc {

using Words = std::array<uint32_t, 4>;  // the first four argument registers

// Taken in turn; none for other functions. Sixty-four draws of a fixed generator: products of activations, two fifths
// of them zero, and weights below 1; sums of either sign and such products, three tenths of them zero; all else of
// either sign, 0.05 to 4; integers below a million.
std::span<const Words> typical_arguments(std::string_view function);

}  // namespace tinyc
