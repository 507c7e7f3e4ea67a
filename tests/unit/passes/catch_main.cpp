// SPDX-License-Identifier: Apache-2.0
// main() for Catch2 2.13; 3.x brings its own in Catch2WithMain.
#if !__has_include(<catch2/catch_test_macros.hpp>)
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
#endif
