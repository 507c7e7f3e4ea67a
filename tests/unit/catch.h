// SPDX-License-Identifier: Apache-2.0
// Catch2, whichever of its two layouts is installed: 3.x, or 2.13 as in Debian 12.
#pragma once

#if __has_include(<catch2/catch_test_macros.hpp>)
#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_all.hpp>
using Catch::Approx;
#else
#include <catch2/catch.hpp>
#endif
