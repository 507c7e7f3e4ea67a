// SPDX-License-Identifier: Apache-2.0
// --region: memories that a board has besides those tinyc knows, or all there are.
#pragma once

#include <optional>
#include <string>

#include "compiler/driver/options.h"

namespace tinyc {

// NAME=KIND@ADDRESS+SIZE[,wait=N]; what is wrong with it, or "".
std::string take_region(Options& options, const std::string& value);

// SIZE[@REGION]; what is wrong with it, or "".
std::string take_stack(Options& options, const std::string& value);

// All that can be wrong with the regions together, on a core with pointers of so many bytes; "" if nothing is.
std::string regions_problem(const std::vector<MemoryRegion>& regions, int pointer_bytes);

// "64K", "2M", "100"; at most 1 TB.
std::optional<int64_t> size_from(std::string text);

}  // namespace tinyc
