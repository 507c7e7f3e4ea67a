// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {

Status infer(Op& op) {
  const Type& x = op.operand_type(0);
  const int64_t classes = op.integer("classes");
  if (x.rank() != 2 || x.element != Element::f32) return Failure{"needs f32 [samples, pairs]"};
  if (classes < 2 || classes > 1024 || x.shape[1] != classes * (classes - 1) / 2)
    return Failure{fmt::format("{} pairs of {} classes", x.shape[1], classes)};
  op.results[0]->type = {Element::f32, {x.shape[0], classes}, std::nullopt};
  return {};
}

// Wu, Lin, Weng, "Probability estimates for multi-class classification by pairwise coupling" (2004), algorithm 2:
// minimise sum over i, j of (r_ji p_i - r_ij p_j)^2 with sum p = 1, by coordinate descent until no class misses by
// 0.005 / classes.
void couple(const std::vector<double>& r, size_t k, std::vector<double>& p) {
  std::vector<double> q(k * k, 0), qp(k);
  for (size_t t = 0; t < k; ++t) {
    p[t] = 1.0 / static_cast<double>(k);
    for (size_t j = 0; j < k; ++j) {
      if (j == t) continue;
      q[t * k + t] += r[j * k + t] * r[j * k + t];
      q[t * k + j] = -r[j * k + t] * r[t * k + j];
    }
  }
  const double enough = 0.005 / static_cast<double>(k);
  for (size_t round = 0; round < std::max<size_t>(100, k); ++round) {
    double pqp = 0;
    for (size_t t = 0; t < k; ++t) {
      qp[t] = 0;
      for (size_t j = 0; j < k; ++j) qp[t] += q[t * k + j] * p[j];
      pqp += p[t] * qp[t];
    }
    double error = 0;
    for (size_t t = 0; t < k; ++t) error = std::max(error, std::fabs(qp[t] - pqp));
    if (error < enough) return;
    for (size_t t = 0; t < k; ++t) {
      const double change = (pqp - qp[t]) / q[t * k + t];
      p[t] += change;
      pqp = (pqp + change * (change * q[t * k + t] + 2 * qp[t])) / (1 + change) / (1 + change);
      for (size_t j = 0; j < k; ++j) {
        qp[j] = (qp[j] + change * q[t * k + j]) / (1 + change);
        p[j] /= 1 + change;
      }
    }
  }
}

void reference(const Op& op, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  const auto k = static_cast<size_t>(op.integer("classes"));
  const int64_t pairs = operands[0]->shape()[1];
  std::vector<double> r(k * k, 0), p(k);
  for (int64_t n = 0; n < operands[0]->shape()[0]; ++n) {
    int64_t at = n * pairs;
    for (size_t i = 0; i < k; ++i) {
      for (size_t j = i + 1; j < k; ++j, ++at) {
        r[i * k + j] = operands[0]->real(at);
        r[j * k + i] = 1 - r[i * k + j];
      }
    }
    couple(r, k, p);
    for (size_t i = 0; i < k; ++i) results[0].set_real(n * static_cast<int64_t>(k) + static_cast<int64_t>(i), p[i]);
  }
}

}  // namespace

extern const OpDef couple_probabilities_op = {
    .name = "couple_probabilities",
    .summary = "Probabilities of classes from those of pairs of classes.",
    .doc =
        "x [samples, pairs] holds r_ij, the probability of class i against class j, for all i < j in order; strictly "
        "between 0 and 1. Pairwise coupling by Wu, Lin and Weng (2004), algorithm 2, with the stopping rule 0.005 / "
        "classes or 100 rounds that support vector machines are exported for.",
    .operands = {{"x"}},
    .results = {"y"},
    .attributes = {{"classes", AttributeKind::integer, std::nullopt, "number of classes"}},
    .infer = infer,
    .reference = reference,
};

}  // namespace tinyc::ir
