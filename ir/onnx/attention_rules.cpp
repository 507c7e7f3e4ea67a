// SPDX-License-Identifier: Apache-2.0
// Scaled dot-product attention and rotary embedding as matrix products, softmax and arithmetic.
#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "ir/onnx/formula.h"
#include "ir/onnx/rules.h"

namespace tinyc::ir {
namespace {

constexpr double kMasked = -std::numeric_limits<double>::infinity();

// [batch, sequence, heads * size] -> [batch, heads, sequence, size]; rank 4 is that already.
Term split_heads(Term x, int64_t heads) {
  if (x.rank() != 3 || heads < 1) return x;
  return transpose(reshape(x, {x.dim(0), x.dim(1), heads, x.dim(2) / heads}), {0, 2, 1, 3});
}

struct Heads {
  Term q, k, v;         // [batch, heads, sequence, size]; k and v may have fewer heads, and hold the past too
  int64_t past = 0;     // positions of k that come from the cache
  int64_t group = 1;    // heads of q per head of k
  bool joined = false;  // ONNX gave rank 3
};

// The heads of a group share k and v: they become further rows of one product, so that nothing is repeated.
Term grouped(const Heads& h, Term x) { return reshape(x, {x.dim(0), h.k.dim(1), h.group * x.dim(2), x.dim(3)}); }
Term ungrouped(const Heads& h, Term x) { return reshape(x, {x.dim(0), h.q.dim(1), h.q.dim(2), x.dim(3)}); }

std::optional<Heads> import_heads(OnnxImporter& importer) {
  Heads h;
  h.q = input_term(importer, 0);
  h.k = input_term(importer, 1);
  h.v = input_term(importer, 2);
  if (!h.q || !h.k || !h.v) return std::nullopt;
  const int64_t q_heads = importer.integer("q_num_heads", 0);
  const int64_t kv_heads = importer.integer("kv_num_heads", q_heads);
  h.joined = h.q.rank() == 3;
  const bool fits = h.joined ? q_heads > 0 && kv_heads > 0 && h.q.dim(2) % q_heads == 0 && h.k.dim(2) % kv_heads == 0 &&
                                   h.v.dim(2) % kv_heads == 0
                             : h.q.rank() == 4;
  if (!fits || h.k.rank() != h.q.rank() || h.v.rank() != h.q.rank()) {
    importer.error(Code::T0305, fmt::format("Q {}, K {} and V {} with {} and {} heads", shape_text(h.q.shape()),
                                            shape_text(h.k.shape()), shape_text(h.v.shape()), q_heads, kv_heads));
    return std::nullopt;
  }
  h.q = split_heads(h.q, q_heads);
  h.k = split_heads(h.k, kv_heads);
  h.v = split_heads(h.v, kv_heads);
  if (const Term past = optional_term(importer, 4)) {
    h.past = past.dim(2);
    h.k = concat({past, h.k}, 2);
  }
  if (const Term past = optional_term(importer, 5)) h.v = concat({past, h.v}, 2);
  if (!h.k || !h.v) return std::nullopt;
  if (h.k.dim(1) < 1 || h.q.dim(1) % h.k.dim(1) != 0) {
    importer.error(Code::T0305, fmt::format("{} heads of Q for {} of K", h.q.dim(1), h.k.dim(1)));
    return std::nullopt;
  }
  h.group = h.q.dim(1) / h.k.dim(1);
  return h;
}

// 0 where the mask is true or a number to add; -inf elsewhere and beyond the mask's last axis.
Term mask_bias(OnnxImporter& importer, Term mask, int64_t keys, Element element) {
  Term bias = mask;
  if (mask.element() == Element::b1) {
    const Term zero = tensor_term(importer, Tensor::of_reals(element, {}, {0}));
    bias = select(mask, zero, number_like(zero, kMasked));
  }
  bias = cast(bias, element);
  const int64_t missing = keys - bias.dim(-1);
  if (!bias || missing <= 0 || bias.dim(-1) == 1) return bias;
  Shape rest = bias.shape();
  rest.back() = missing;
  return concat({bias, expand(number_like(bias, kMasked), rest)}, -1);
}

Term where_masked(Term masked, Element element) {
  if (!masked) return masked;
  const Term zero = tensor_term(*masked.importer, Tensor::of_reals(element, {}, {0}));
  return select(masked, number_like(zero, kMasked), zero);
}

// Everything that is added to the scores: mask, causality, window and the length of an unpadded cache.
Term score_bias(OnnxImporter& importer, const Heads& h, Element element) {
  const int64_t queries = h.q.dim(2);
  const int64_t keys = h.k.dim(2);
  const Term lengths = optional_term(importer, 6);  // per batch entry: valid keys
  const Term column = counting(importer, keys, 3, 4);
  Term row = counting(importer, queries, 2, 4);  // position of the query among the keys
  row = lengths ? row + (reshape(cast(lengths, Element::i64), {lengths.dim(0), 1, 1, 1}) - static_cast<double>(queries))
                : row + static_cast<double>(h.past);
  std::vector<Term> parts;
  if (const Term mask = optional_term(importer, 3)) parts.push_back(mask_bias(importer, mask, keys, element));
  const auto masked = [&](Term condition) { parts.push_back(where_masked(condition, element)); };
  if (importer.integer("is_causal", 0) != 0) masked(apply("less", {row, column}));
  const int64_t left = importer.integer("left_window_size", -1);
  const int64_t right = importer.integer("right_window_size", -1);
  if (left >= 0) masked(apply("greater", {row - column, number_like(row, static_cast<double>(left))}));
  if (right >= 0) masked(apply("greater", {column - row, number_like(row, static_cast<double>(right))}));
  if (lengths)
    masked(apply("greater_or_equal", {column, reshape(cast(lengths, Element::i64), {lengths.dim(0), 1, 1, 1})}));
  if (parts.empty()) return {&importer};
  Term bias = parts[0];
  for (size_t i = 1; i < parts.size(); ++i) bias = bias + parts[i];
  return bias;
}

// A query that may look at nothing gets zeros.
Term without_masked_rows(Term probabilities, Term bias) {
  const Term best = reduce("reduce_max", bias, {bias.rank() - 1});
  const Term nothing = apply("equal", {best, number_like(best, kMasked)});
  if (const Tensor* known = nothing.known()) {
    bool any = false;
    for (int64_t i = 0; i < known->size(); ++i) any = any || known->integer(i) != 0;
    if (!any) return probabilities;
  }
  return select(nothing, number_like(probabilities, 0), probabilities);
}

void import_attention(OnnxImporter& importer) {
  const auto heads = import_heads(importer);
  if (!heads) return;
  const Heads& h = *heads;
  importer.set_output(1, h.k.value);
  importer.set_output(2, h.v.value);
  const double scale = importer.real("scale", 1 / std::sqrt(static_cast<double>(h.q.dim(3))));
  std::vector<Term> stages;  // what qk_matmul_output may show
  stages.push_back(ungrouped(h, matmul(grouped(h, h.q * scale), swap_last_two(h.k))));
  const double cap = importer.real("softcap", 0);
  stages.push_back(cap > 0 ? apply("tanh", {stages[0] / cap}) * cap : stages[0]);
  const Term bias = score_bias(importer, h, h.q.element());
  stages.push_back(bias ? stages[1] + bias : stages[1]);
  const auto precision = importer.element("softmax_precision", h.q.element());
  if (!precision || !stages[2]) return;
  Term probabilities = cast(softmax(cast(stages[2], *precision), 3), h.q.element());
  if (bias) probabilities = without_masked_rows(probabilities, bias);
  stages.push_back(probabilities);
  const int64_t shown = importer.integer("qk_matmul_output_mode", 0);
  if (shown < 0 || shown > 3)
    return importer.error(Code::T0307, fmt::format("qk_matmul_output_mode is {}", shown), "ONNX knows 0 to 3");
  importer.set_output(3, stages[static_cast<size_t>(shown)].value);
  Term y = ungrouped(h, matmul(grouped(h, probabilities), h.v));
  if (h.joined) y = reshape(transpose(y, {0, 2, 1, 3}), {y.dim(0), y.dim(2), y.dim(1) * y.dim(3)});
  importer.set_output(0, y.value);
}

// Pairs of elements turned by an angle that grows with the position; cos and sin come from tables.
void import_rotary_embedding(OnnxImporter& importer) {
  const Term given = input_term(importer, 0);
  Term cos = input_term(importer, 1);
  Term sin = input_term(importer, 2);
  if (!given || !cos || !sin) return;
  const int64_t heads = importer.integer("num_heads", 0);
  const bool joined = given.rank() == 3;
  if (joined ? heads < 1 || given.dim(2) % heads != 0 : given.rank() != 4)
    return importer.error(Code::T0305, fmt::format("input {} and {} heads", shape_text(given.shape()), heads));
  const Term x = joined ? reshape(given, {given.dim(0), given.dim(1), heads, given.dim(2) / heads}) : given;
  if (const Term positions = optional_term(importer, 3)) {
    cos = gather(cos, positions, 0);
    sin = gather(sin, positions, 0);
  }
  const int64_t asked = importer.integer("rotary_embedding_dim", 0);
  const int64_t turned = asked == 0 ? x.dim(3) : asked;
  if (turned < 0 || turned > x.dim(3) || turned % 2 != 0 || cos.rank() != 3 || sin.shape() != cos.shape() ||
      cos.dim(2) < turned / 2)
    return importer.error(
        Code::T0305, fmt::format("{} of {} elements turned by tables {}", turned, x.dim(3), shape_text(cos.shape())));
  const int64_t half = turned / 2;
  const Shape angles = joined ? Shape{cos.dim(0), cos.dim(1), 1, half} : Shape{cos.dim(0), 1, cos.dim(1), half};
  cos = reshape(slice(cos, 2, 0, half), angles);
  sin = reshape(slice(sin, 2, 0, half), angles);
  const bool interleaved = importer.integer("interleaved", 0) != 0;
  const Term a = interleaved ? slice(x, 3, 0, half, 2) : slice(x, 3, 0, half);
  const Term b = interleaved ? slice(x, 3, 1, half, 2) : slice(x, 3, half, half);
  const Term first = cos * a - sin * b;
  const Term second = sin * a + cos * b;
  Term y;
  if (interleaved) {
    Shape pairs = first.shape();
    pairs.push_back(1);
    Shape whole = first.shape();
    if (whole.empty()) return;
    whole.back() *= 2;
    y = reshape(concat({reshape(first, pairs), reshape(second, pairs)}, -1), whole);
  } else {
    y = concat({first, second}, 3);
  }
  if (turned < x.dim(3)) y = concat({y, slice(x, 3, turned, x.dim(3) - turned)}, 3);
  importer.set_output(0, reshape(y, given.shape()).value);
}

// FlexAttention's bodies see the scores, then the probabilities, and give them changed.
Term modified(OnnxImporter& importer, std::string_view name, Term x) {
  const OnnxAttribute* body = importer.attribute(name);
  if (!body || !body->graph || !x) return x;
  const std::vector<Value*> results = importer.inline_body(*body->graph, {x.value});
  return {&importer, results.empty() ? nullptr : results[0]};
}

void import_flex_attention(OnnxImporter& importer) {
  const auto heads = import_heads(importer);
  if (!heads) return;
  const Heads& h = *heads;
  const double scale = importer.real("scale", 1 / std::sqrt(static_cast<double>(h.q.dim(3))));
  const Element precise = h.q.element() == Element::f64 ? Element::f64 : Element::f32;
  const auto precision = importer.element("softmax_precision", precise);
  if (!precision) return;
  Term scores = cast(ungrouped(h, matmul(grouped(h, h.q * scale), swap_last_two(h.k))), *precision);
  scores = modified(importer, "score_mod", scores);
  const Term probabilities = modified(importer, "prob_mod", softmax(scores, 3));
  importer.set_output(0, ungrouped(h, matmul(grouped(h, cast(probabilities, h.q.element())), h.v)).value);
}

constexpr OnnxRule kRules[] = {
    {"", "Attention", 23, kNewest, import_attention},
    {"", "RotaryEmbedding", 23, kNewest, import_rotary_embedding},
    {"ai.onnx.preview", "FlexAttention", 1, kNewest, import_flex_attention},
};

}  // namespace

std::span<const OnnxRule> attention_rules() { return kRules; }

}  // namespace tinyc::ir
