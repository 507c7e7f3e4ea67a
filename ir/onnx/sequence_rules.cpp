// SPDX-License-Identifier: Apache-2.0
// Operators over time with a state that goes in and comes out.
#include <fmt/format.h>

#include <cmath>

#include "ir/onnx/formula.h"
#include "ir/onnx/rules.h"

namespace tinyc::ir {
namespace {

constexpr int64_t kMostSteps = 256;  // each step becomes operators of its own

Term swish(Term x) { return apply("swish", {x}, {{"alpha", 1.0}}); }

// A depthwise convolution over [batch, channels, time] that sees the past: the last inputs are the state.
void import_causal_conv_with_state(OnnxImporter& importer) {
  const Term x = input_term(importer, 0);
  const Term w = input_term(importer, 1);
  const Term bias = optional_term(importer, 2);
  Term past = optional_term(importer, 3);
  if (!x || !w) return;
  if (x.rank() != 3 || w.rank() != 3 || w.dim(1) != 1)
    return importer.error(Code::T0305,
                          fmt::format("input {}, weights {}", shape_text(x.shape()), shape_text(w.shape())));
  const int64_t kept = w.dim(2) - 1;
  if (!past) past = expand(number_like(x, 0), {x.dim(0), x.dim(1), kept});
  const Term padded = concat({past, x}, 2);
  Term y = apply("conv", {transpose(padded, {0, 2, 1}), transpose(w, {0, 2, 1}), bias}, {{"groups", x.dim(1)}});
  const std::string activation = importer.text("activation", "none");
  if (activation == "silu" || activation == "swish") {
    y = swish(y);
  } else if (activation != "none") {
    return importer.error(Code::T0307, "activation is '" + activation + "'", "ONNX knows none, silu and swish");
  }
  importer.set_output(0, transpose(y, {0, 2, 1}).value);
  importer.set_output(1, slice(padded, 2, padded.dim(2) - kept, kept).value);
}

struct LinearAttention {
  Term q, k, v, decay, beta;  // [batch, time, heads, size]; decay and beta may be absent
  bool gated = false, delta = false;
  int64_t group = 1;  // heads of q per head of k
  double scale = 0;
};

Term step_of(Term x, int64_t t) { return transpose(slice(x, 1, t, 1), {0, 2, 1, 3}); }  // [batch, heads, 1, size]

// One step: the state [batch, heads, key size, value size] decays, learns the pair (k, v), and answers q.
Term advance(const LinearAttention& a, int64_t t, Term& state) {
  if (a.gated) state = state * swap_last_two(apply("exp", {step_of(a.decay, t)}));
  const Term k = step_of(a.k, t);
  Term learned = step_of(a.v, t);
  if (a.delta) learned = step_of(a.beta, t) * (learned - matmul(k, state));
  state = state + matmul(swap_last_two(k), learned);
  const Term q = step_of(a.q, t);
  const Term rows = reshape(q, {q.dim(0), a.k.dim(2), a.group, q.dim(3)});
  const Term answer = matmul(rows, state) * a.scale;
  return reshape(answer, {q.dim(0), 1, q.dim(1), answer.dim(3)});
}

void import_linear_attention(OnnxImporter& importer) {
  Term q = input_term(importer, 0);
  const Term k = input_term(importer, 1);
  const Term v = input_term(importer, 2);
  if (!q || !k || !v) return;
  const int64_t q_heads = importer.integer("q_num_heads", 0);
  const int64_t heads = importer.integer("kv_num_heads", 0);
  if (q.rank() != 3 || k.rank() != 3 || v.rank() != 3 || heads < 1 || q_heads < heads || q_heads % heads != 0 ||
      q.dim(2) % q_heads != 0 || k.dim(2) % heads != 0 || v.dim(2) % heads != 0)
    return importer.error(Code::T0305,
                          fmt::format("query {}, key {} and value {} with {} and {} heads", shape_text(q.shape()),
                                      shape_text(k.shape()), shape_text(v.shape()), q_heads, heads));
  const int64_t batch = q.dim(0), steps = q.dim(1);
  if (steps > kMostSteps)
    return importer.unsupported(fmt::format("LinearAttention over {} steps", steps),
                                fmt::format("at most {} steps, or one step a call with the state", kMostSteps));
  const Element element = q.element();
  const Element precise = element == Element::f64 ? element : Element::f32;
  const auto split = [&](Term x, int64_t count) {
    return x ? reshape(cast(x, precise), {batch, steps, count, x.dim(2) / count}) : x;
  };
  const std::string rule = importer.text("update_rule", "gated_delta");
  const Term beta = optional_term(importer, 5);
  LinearAttention a{split(q, q_heads), split(k, heads), split(v, heads), split(optional_term(importer, 4), heads),
                    split(beta, beta.dim(2) == 1 ? 1 : heads)};
  a.gated = rule == "gated" || rule == "gated_delta";
  a.delta = rule == "delta" || rule == "gated_delta";
  if (!a.gated && !a.delta && rule != "linear")
    return importer.error(Code::T0307, "update_rule is '" + rule + "'", "ONNX knows linear, gated, delta, gated_delta");
  if ((a.gated && !a.decay) || (a.delta && !a.beta))
    return importer.error(Code::T0302, "update_rule " + rule + " needs decay, beta or both");
  a.group = q_heads / heads;
  a.scale = importer.real("scale", 0);
  if (a.scale == 0) a.scale = 1 / std::sqrt(static_cast<double>(a.k.dim(3)));
  Term state = cast(optional_term(importer, 3), precise);
  if (!state) state = expand(number_like(a.k, 0), {batch, heads, a.k.dim(3), a.v.dim(3)});
  std::vector<Term> answers;
  for (int64_t t = 0; t < steps && state; ++t) answers.push_back(advance(a, t, state));
  if (answers.empty()) return;
  const Term y = concat(answers, 1);
  importer.set_output(0, cast(reshape(y, {batch, steps, y.dim(2) * y.dim(3)}), element).value);
  importer.set_output(1, cast(state, element).value);
}

void import_swiglu(OnnxImporter& importer) {
  const Term gate = apply("swish", {input_term(importer, 0)}, {{"alpha", importer.real("alpha", 1)}});
  importer.set_output(0, (gate * input_term(importer, 1)).value);
}

constexpr OnnxRule kRules[] = {
    {"", "CausalConvWithState", 27, kNewest, import_causal_conv_with_state},
    {"", "LinearAttention", 27, kNewest, import_linear_attention},
    {"", "SwiGLU", 28, kNewest, import_swiglu},
};

}  // namespace

std::span<const OnnxRule> sequence_rules() { return kRules; }

}  // namespace tinyc::ir
