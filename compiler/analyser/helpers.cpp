// SPDX-License-Identifier: Apache-2.0
// Names: Run-time ABI for the Arm Architecture (IHI 0043), 4.1 and 4.3; GCC's libgcc; C's <math.h>.
#include "compiler/analyser/helpers.h"

#include <bit>

namespace tinyc {
namespace {

using Words = std::array<uint32_t, 4>;

constexpr Words singles(float a, float b) { return {std::bit_cast<uint32_t>(a), std::bit_cast<uint32_t>(b), 0, 0}; }

constexpr Words doubles(double a, double b) {
  const auto x = std::bit_cast<uint64_t>(a), y = std::bit_cast<uint64_t>(b);
  return {static_cast<uint32_t>(x), static_cast<uint32_t>(x >> 32), static_cast<uint32_t>(y),
          static_cast<uint32_t>(y >> 32)};
}

// Neither powers of two nor of one exponent: sums are aligned, products and quotients normalised.
constexpr Words kSingles = singles(5.3f, 1.7f);
constexpr Words kDoubles = doubles(5.3, 1.7);
constexpr Words kIntegers = {100'000, 300, 0, 0};
constexpr Words kLongIntegers = {100'000, 0, 300, 0};

struct Row {
  std::string_view start, end;
  Words arguments;
};
// The first row that fits counts.
constexpr Row kRows[] = {
    {"__aeabi_i2", "", kIntegers},
    {"__aeabi_ui2", "", kIntegers},
    {"__aeabi_l2", "", kLongIntegers},
    {"__aeabi_ul2", "", kLongIntegers},
    {"__aeabi_idiv", "", kIntegers},
    {"__aeabi_uidiv", "", kIntegers},
    {"__aeabi_ldiv", "", kLongIntegers},
    {"__aeabi_uldiv", "", kLongIntegers},
    {"__aeabi_f", "", kSingles},
    {"__aeabi_cf", "", kSingles},
    {"__aeabi_cr", "", kSingles},
    {"__aeabi_d", "", kDoubles},
    {"__aeabi_cd", "", kDoubles},
    {"__float", "", kIntegers},
    {"__fix", "sfsi", kSingles},
    {"__fix", "sfdi", kSingles},
    {"__fix", "dfsi", kDoubles},
    {"__fix", "dfdi", kDoubles},
    {"__", "sf2", kSingles},
    {"__", "sf3", kSingles},
    {"__", "df2", kDoubles},
    {"__", "df3", kDoubles},
    {"__udiv", "si3", kIntegers},
    {"__div", "si3", kIntegers},
    {"__umod", "si3", kIntegers},
    {"__mod", "si3", kIntegers},
    {"__udiv", "di3", kLongIntegers},
    {"__div", "di3", kLongIntegers},
    {"__umod", "di3", kLongIntegers},
    {"__mod", "di3", kLongIntegers},
};
constexpr std::string_view kMath[] = {"expf",   "logf",       "tanhf", "sinf",   "cosf",  "sqrtf",
                                      "roundf", "nearbyintf", "rintf", "floorf", "ceilf", "lrintf",
                                      "erff",   "powf",       "fabsf", "fminf",  "fmaxf"};

}  // namespace

std::optional<std::array<uint32_t, 4>> typical_arguments(std::string_view function) {
  for (const Row& row : kRows) {
    if (function.starts_with(row.start) && function.ends_with(row.end)) return row.arguments;
  }
  for (const std::string_view name : kMath) {
    if (function == name) return kSingles;
  }
  return std::nullopt;
}

}  // namespace tinyc
