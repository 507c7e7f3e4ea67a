// SPDX-License-Identifier: Apache-2.0
// Compares a kernel with the interpreter on one case, called in every way that a program may call it.
#pragma once

#include <optional>
#include <string>

#include "tests/kernels/cases.h"
#include "tests/kernels/host_kernel.h"

namespace tinyc {

// What is wrong, or nothing.
std::optional<std::string> check_kernel(const HostKernel& kernel, const Variant& variant, const Case& test);

// Names and order of the shipped struct's members against Built::geometry.
std::optional<std::string> check_geometry_names(const KernelDef& def, const ShippedText& text, const Built& built);

}  // namespace tinyc
