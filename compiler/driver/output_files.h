// SPDX-License-Identifier: Apache-2.0
// Writes a set of files: all of them or none.
#pragma once

#include <map>
#include <string>

#include "compiler/support/diagnostics.h"

namespace tinyc {

// Every file is first written beside its place, then renamed into it; a folder made for them is removed again on
// failure.
bool write_all(const std::string& folder, const std::map<std::string, std::string>& files, Diagnostics& diagnostics);

}  // namespace tinyc
