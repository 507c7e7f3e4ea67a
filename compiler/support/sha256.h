// SPDX-License-Identifier: Apache-2.0
// SHA-256 (FIPS 180-4): identifies the model file in reports and emitted sources.
#pragma once

#include <string>
#include <string_view>

namespace tinyc {

// 64 lower-case hexadecimal digits.
std::string sha256_hex(std::string_view bytes);

}  // namespace tinyc
