// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// Probabilities of classes from those of pairs, by coordinate descent.
#include "backends/kernel_support.h"

namespace tinyc {
namespace portable_couple_probabilities_f32 {

inline std::optional<std::string> why_not(const ir::Op& op) { return need_float32(op); }

// q [classes, classes] and q * p [classes]
inline Needs needs(const ir::Op& op, const Variant&) {
  Needs needs = whole(op);
  const int64_t classes = op.integer("classes");
  needs.scratch_bytes = (classes * classes + classes) * 4;
  return needs;
}

inline Built build(const ir::Op& op, const Variant&) {
  Built built;
  built.geometry = {{"samples", op.operand_type(0).shape[0]}, {"classes", op.integer("classes")}};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  const auto classes = static_cast<double>(op.integer("classes"));
  return static_cast<double>(op.operand_type(0).shape[0]) * 20 * classes * classes * (t.load + 2 * t.float_add);
}

}  // namespace portable_couple_probabilities_f32

inline const KernelDef portable_couple_probabilities_f32_kernel = {
    .name = "couple_probabilities_f32",
    .isa = Isa::portable,
    .ops = {"couple_probabilities"},
    .types = "f32",
    .summary = "pairwise coupling",
    .entry = "couple_probabilities_f32",
    .geometry_type = "CoupleProbabilitiesF32",
    .mean_code_bytes = 550,
    .why_not = portable_couple_probabilities_f32::why_not,
    .needs = portable_couple_probabilities_f32::needs,
    .build = portable_couple_probabilities_f32::build,
    .cycles = portable_couple_probabilities_f32::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "runtime-stubs/tinyc_kernel.h"

struct CoupleProbabilitiesF32 {
  int32_t samples, classes;
};

// q of the quadratic form, from r_ij of all pairs i < j in order.
TINYC_KERNEL void couple_probabilities_form(int32_t k, const float* pairs, float* q) {
  for (int32_t i = 0; i < k * k; ++i) q[i] = 0.0f;
  for (int32_t i = 0; i < k; ++i) {
    for (int32_t j = i + 1; j < k; ++j) {
      const float r = *pairs++;
      q[i * k + i] += (1.0f - r) * (1.0f - r);
      q[j * k + j] += r * r;
      q[i * k + j] = -(1.0f - r) * r;
      q[j * k + i] = q[i * k + j];
    }
  }
}

TINYC_KERNEL void couple_probabilities_solve(int32_t k, const float* q, float* qp, float* p) {
  for (int32_t t = 0; t < k; ++t) p[t] = 1.0f / static_cast<float>(k);
  const float enough = 0.005f / static_cast<float>(k);
  const int32_t rounds = k > 100 ? k : 100;
  for (int32_t round = 0; round < rounds; ++round) {
    float pqp = 0.0f;
    for (int32_t t = 0; t < k; ++t) {
      qp[t] = 0.0f;
      for (int32_t j = 0; j < k; ++j) qp[t] += q[t * k + j] * p[j];
      pqp += p[t] * qp[t];
    }
    bool done = true;
    for (int32_t t = 0; t < k; ++t) done = done && qp[t] - pqp < enough && pqp - qp[t] < enough;
    if (done) return;
    for (int32_t t = 0; t < k; ++t) {
      const float change = (pqp - qp[t]) / q[t * k + t];
      const float shrink = 1.0f / (1.0f + change);
      p[t] += change;
      pqp = (pqp + change * (change * q[t * k + t] + 2.0f * qp[t])) * shrink * shrink;
      for (int32_t j = 0; j < k; ++j) {
        qp[j] = (qp[j] + change * q[t * k + j]) * shrink;
        p[j] *= shrink;
      }
    }
  }
}

TINYC_KERNEL void couple_probabilities_f32(const CoupleProbabilitiesF32& g, const Rows& in, const Rows& out,
                                           uint8_t* scratch, int32_t y0, int32_t y1) {
  static_cast<void>(y1);
  const int32_t k = g.classes;
  const float* pairs = row_of<const float>(in, y0);
  float* p = row_of<float>(out, y0);
  float* q = static_cast<float*>(static_cast<void*>(scratch));
  for (int32_t n = 0; n < g.samples; ++n, pairs += k * (k - 1) / 2, p += k) {
    couple_probabilities_form(k, pairs, q);
    couple_probabilities_solve(k, q, q + k * k, p);
  }
}
