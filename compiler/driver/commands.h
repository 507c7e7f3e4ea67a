// SPDX-License-Identifier: Apache-2.0
// What each command does. Results: exit codes (0 done, 1 refused, 2 verify found differences).
#pragma once

#include "compiler/driver/options.h"

namespace tinyc {

int run_command(const Options& options, Diagnostics& diagnostics);

}  // namespace tinyc
