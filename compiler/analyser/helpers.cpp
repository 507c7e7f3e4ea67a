// SPDX-License-Identifier: Apache-2.0
// Names: Run-time ABI for the Arm Architecture (IHI 0043), 4.1 and 4.3; GCC's libgcc; C's <math.h>.
#include "compiler/analyser/helpers.h"

#include <bit>
#include <cmath>

namespace tinyc {
namespace {

// Helpers take longer or shorter ways as operands are zero, of unlike signs or magnitudes, or cancel.
constexpr size_t kSamples = 64;
constexpr double kZeroActivations = 0.4;
constexpr double kZeroTerms = 0.3;  // recurrent layers have sums of them, too
using Samples = std::array<Words, kSamples>;

Words singles(float a, float b) { return {std::bit_cast<uint32_t>(a), std::bit_cast<uint32_t>(b), 0, 0}; }

Words doubles(double a, double b) {
  const auto x = std::bit_cast<uint64_t>(a), y = std::bit_cast<uint64_t>(b);
  return {static_cast<uint32_t>(x), static_cast<uint32_t>(x >> 32), static_cast<uint32_t>(y),
          static_cast<uint32_t>(y >> 32)};
}

// Minimal standard generator (Park and Miller, 1988): the same values everywhere.
class Random {
 public:
  uint32_t bits() { return state_ = static_cast<uint32_t>(uint64_t{state_} * 48271 % 2147483647); }
  double unit() { return bits() / 2147483647.0; }
  // Of either sign, its magnitude spread evenly over octaves.
  double spread(double low, double high) {
    const double magnitude = low * std::pow(high / low, unit());
    return bits() & 64 ? magnitude : -magnitude;
  }

 private:
  uint32_t state_ = 1;
};

template <class Make>
Samples samples_of(Make make) {
  Samples samples;
  Random random;
  for (Words& words : samples) words = make(random);
  return samples;
}

// What a weight is multiplied with has mostly passed a rectifier.
double activation(Random& random, double zeros) { return random.unit() < zeros ? 0.0 : random.spread(0.05, 4); }

const Samples& products() {
  static const Samples samples = samples_of([](Random& random) {
    const double x = activation(random, kZeroActivations);
    return singles(static_cast<float>(x), static_cast<float>(random.spread(0.01, 1)));
  });
  return samples;
}

// A sum and what is added to it.
const Samples& sums() {
  static const Samples samples = samples_of([](Random& random) {
    const double term = activation(random, kZeroTerms) * random.spread(0.01, 1);
    return singles(static_cast<float>(random.spread(0.1, 4)), static_cast<float>(term));
  });
  return samples;
}

const Samples& reals() {
  static const Samples samples = samples_of([](Random& random) {
    const double x = random.spread(0.05, 4);
    return singles(static_cast<float>(x), static_cast<float>(random.spread(0.05, 4)));
  });
  return samples;
}

const Samples& long_reals() {
  static const Samples samples = samples_of([](Random& random) {
    const double x = random.spread(0.05, 4);
    return doubles(x, random.spread(0.05, 4));
  });
  return samples;
}

const Samples& integers() {
  static const Samples samples = samples_of([](Random& random) {
    const auto x = static_cast<int32_t>(random.spread(1, 1e6));
    return Words{static_cast<uint32_t>(x), static_cast<uint32_t>(random.spread(1, 1000)) & 0x3FF, 0, 0};
  });
  return samples;
}

const Samples& long_integers() {
  static const Samples samples = samples_of([](Random& random) {
    const auto x = static_cast<uint32_t>(std::abs(random.spread(1, 1e9)));
    return Words{x, 0, 1 + (random.bits() & 0x3FF), 0};
  });
  return samples;
}

struct Row {
  std::string_view start, end;
  const Samples& (*samples)();
};
// The first row that fits counts.
constexpr Row kRows[] = {
    {"__aeabi_i2", "", integers},
    {"__aeabi_ui2", "", integers},
    {"__aeabi_l2", "", long_integers},
    {"__aeabi_ul2", "", long_integers},
    {"__aeabi_idiv", "", integers},
    {"__aeabi_uidiv", "", integers},
    {"__aeabi_ldiv", "", long_integers},
    {"__aeabi_uldiv", "", long_integers},
    {"__aeabi_fmul", "", products},
    {"__mulsf3", "", products},
    {"__aeabi_fadd", "", sums},
    {"__addsf3", "", sums},
    {"__aeabi_f", "", reals},
    {"__aeabi_cf", "", reals},
    {"__aeabi_cr", "", reals},
    {"__aeabi_d", "", long_reals},
    {"__aeabi_cd", "", long_reals},
    {"__float", "", integers},
    {"__fix", "sfsi", reals},
    {"__fix", "sfdi", reals},
    {"__fix", "dfsi", long_reals},
    {"__fix", "dfdi", long_reals},
    {"__", "sf2", reals},
    {"__", "sf3", reals},
    {"__", "df2", long_reals},
    {"__", "df3", long_reals},
    {"__udiv", "si3", integers},
    {"__div", "si3", integers},
    {"__umod", "si3", integers},
    {"__mod", "si3", integers},
    {"__udiv", "di3", long_integers},
    {"__div", "di3", long_integers},
    {"__umod", "di3", long_integers},
    {"__mod", "di3", long_integers},
};
constexpr std::string_view kMath[] = {"expf",   "logf",       "tanhf", "sinf",   "cosf",  "sqrtf",
                                      "roundf", "nearbyintf", "rintf", "floorf", "ceilf", "lrintf",
                                      "erff",   "powf",       "fabsf", "fminf",  "fmaxf"};

}  // namespace

std::span<const Words> typical_arguments(std::string_view function) {
  for (const Row& row : kRows) {
    if (function.starts_with(row.start) && function.ends_with(row.end)) return row.samples();
  }
  for (const std::string_view name : kMath) {
    if (function == name) return reals();
  }
  return {};
}

}  // namespace tinyc
