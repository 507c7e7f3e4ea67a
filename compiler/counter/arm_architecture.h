// SPDX-License-Identifier: Apache-2.0
// The architecture that an Arm program was built for, as the tools noted it in the file.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "backends/target.h"

namespace tinyc {

// M profile only, from the least: each core also runs what the ones before it run.
enum class ArmArchitecture : uint8_t { v6m, v7m, v7em, v8m, v81m };

std::string_view architecture_name(ArmArchitecture architecture);

// Tag_CPU_arch of a section .ARM.attributes ("Addenda to, and Errata in, the ABI for the Arm Architecture", ABI addenda
// 2023Q3, 3.2 and 3.3.5); nothing if there is none, it is damaged, or names another profile.
std::optional<ArmArchitecture> noted_architecture(std::string_view attributes);

ArmArchitecture architecture_of(const Target& target);

}  // namespace tinyc
