// SPDX-License-Identifier: Apache-2.0
// What: activations that exporters spell out become one operator: hard_sigmoid, hard_swish, swish, gelu.
// Why: four passes over a tensor, and as many buffers, for one function of one variable.
// Before: %a = add(%x, 3)  %c = clip(%a) {0, 6}  %m = mul(%x, %c)  %y = div(%m, 6).   After: %y = hard_swish(%x).
// Refuses: constants that differ from the function's by more than float rounding; steps that others read.
#include <cmath>

#include "passes/pass.h"
#include "passes/rewrite.h"

namespace tinyc {
namespace {

using ir::Op;
using ir::Value;

bool close(double a, double b) { return std::fabs(a - b) <= 1e-5 * std::fabs(b); }

// value = x * factor + offset, with x not known; at least one step.
struct Line {
  Value* x;
  double factor = 1;
  double offset = 0;
};

// The steps of sums and products with one number that lead to `value`, each read only here.
Line line_of(const ir::Graph& graph, Value* value, bool read_here) {
  const Op* op = value->producer;
  const bool binary = op && (op->is("add") || op->is("sub") || op->is("mul") || op->is("div"));
  if (!binary || !ir::is_float(value->type.element) || op->text("activation") != "none") return {value};
  if (!read_here && !used_once(graph, value)) return {value};
  for (const size_t constant : {size_t{1}, size_t{0}}) {
    const ir::Tensor* data = float_constant(op->operand(constant));
    const std::optional<double> number = data ? uniform_value(*data) : std::nullopt;
    const bool commutes = constant == 1 || op->def->traits.commutative;
    if (!number || !commutes || op->operand(1 - constant)->type != value->type) continue;
    Line line = line_of(graph, op->operand(1 - constant), false);
    if (op->is("add")) line.offset += *number;
    if (op->is("sub")) line.offset -= *number;
    if (op->is("add") || op->is("sub")) return line;
    const double factor = op->is("mul") ? *number : 1 / *number;
    return {line.x, line.factor * factor, line.offset * factor};
  }
  return {value};
}

struct Clamped {
  Line inner;
  double low;
  double high;
};

// The value as a clamp of a line, its bounds scaled by what comes after it.
std::optional<Clamped> clamped(const ir::Graph& graph, Value* value, bool read_here) {
  const Line outer = line_of(graph, value, read_here);
  const Op* clip = outer.x->producer;
  if (!clip || !clip->is("clip") || outer.offset != 0 || outer.factor <= 0) return std::nullopt;
  if ((outer.x != value || !read_here) && !used_once(graph, outer.x)) return std::nullopt;
  Line inner = line_of(graph, clip->operand(0), false);
  inner.factor *= outer.factor;
  inner.offset *= outer.factor;
  return Clamped{inner, clip->real("min") * outer.factor, clip->real("max") * outer.factor};
}

struct Named {
  Value* x;
  std::string_view op;
  ir::Attributes attributes = {};
};

// clip(x * alpha + beta, 0, 1)
std::optional<Named> as_hard_sigmoid(const ir::Graph& graph, Value* value, bool read_here) {
  const Op* op = value->producer;
  if (op && op->is("hard_sigmoid") && (read_here || used_once(graph, value)))
    return Named{op->operand(0), "hard_sigmoid", op->attributes};
  const auto clamp = clamped(graph, value, read_here);
  if (!clamp || clamp->low != 0 || !close(clamp->high, 1) || clamp->inner.x == value) return std::nullopt;
  if (clamp->inner.factor == 1 && clamp->inner.offset == 0) return std::nullopt;  // a plain clip says it better
  return Named{clamp->inner.x, "hard_sigmoid", {{"alpha", clamp->inner.factor}, {"beta", clamp->inner.offset}}};
}

// x * f(x), possibly times a number before or after.
std::optional<Named> as_swish(const ir::Graph& graph, Value* value) {
  const Line line = line_of(graph, value, true);
  const Op* product = line.x->producer;
  if (!product || !product->is("mul") || line.offset != 0 || product->text("activation") != "none") return std::nullopt;
  if (line.x != value && !used_once(graph, line.x)) return std::nullopt;
  for (const size_t gate : {size_t{0}, size_t{1}}) {
    Value* x = product->operand(1 - gate);
    Value* function = product->operand(gate);
    const Op* maker = function->producer;
    if (maker && maker->is("sigmoid") && maker->operand(0) == x && line.factor == 1 && used_once(graph, function))
      return Named{x, "swish"};
    if (!used_once(graph, function)) continue;
    const auto clamp = clamped(graph, function, false);
    if (clamp && clamp->inner.x == x && clamp->low == 0 && close(clamp->high * line.factor, 1) &&
        close(clamp->inner.factor * line.factor, 1.0 / 6) && close(clamp->inner.offset * line.factor, 0.5))
      return Named{x, "hard_swish"};
    const auto sigmoid = as_hard_sigmoid(graph, function, false);
    if (sigmoid && maker->is("hard_sigmoid") && sigmoid->x == x && line.factor == 1 &&
        close(maker->real("alpha"), 1.0 / 6) && close(maker->real("beta"), 0.5))
      return Named{x, "hard_swish"};
  }
  return std::nullopt;
}

// 0.5 * x * (1 + erf(x / sqrt(2))), the factor 0.5 at any place.
std::optional<Named> as_gelu(const ir::Graph& graph, Value* value) {
  const Line line = line_of(graph, value, true);
  const Op* product = line.x->producer;
  if (!product || !product->is("mul") || line.offset != 0 || product->text("activation") != "none") return std::nullopt;
  if (line.x != value && !used_once(graph, line.x)) return std::nullopt;
  for (const size_t gate : {size_t{0}, size_t{1}}) {
    const Line one_plus = line_of(graph, product->operand(gate), false);
    const Op* erf = one_plus.x->producer;
    if (!erf || !erf->is("erf") || !used_once(graph, one_plus.x)) continue;
    const Line inside = line_of(graph, erf->operand(0), false);
    const Line other = line_of(graph, product->operand(1 - gate), false);
    const bool same = inside.x == other.x && other.offset == 0 && inside.offset == 0;
    const double half = line.factor * other.factor;
    if (same && close(inside.factor, std::sqrt(0.5)) && close(half * one_plus.factor, 0.5) &&
        close(half * one_plus.offset, 0.5))
      return Named{inside.x, "gelu"};
  }
  return std::nullopt;
}

bool recognize(ir::Graph& graph, Op* op) {
  if (op->results.size() != 1 || !ir::is_float(op->result_type().element)) return false;
  if (!op->is("mul") && !op->is("div") && !op->is("clip")) return false;
  std::optional<Named> named = op->is("clip") ? std::nullopt : as_swish(graph, op->result());
  if (!named && !op->is("clip")) named = as_gelu(graph, op->result());
  if (!named) named = as_hard_sigmoid(graph, op->result(), true);
  if (!named || named->x->type != op->result_type()) return false;
  ir::Builder builder(graph, op);
  builder.set_origin(op->origin);
  Value* made = builder.make(named->op, {named->x}, std::move(named->attributes));
  absorb_op(graph, op, made);
  return true;
}

bool run(ir::Graph& graph, PassContext&) {
  bool changed = false;
  // From the end, so that a whole hard_swish is seen before the hard_sigmoid in it.
  std::vector<Op*> ops = graph.op_list();
  for (auto op = ops.rbegin(); op != ops.rend(); ++op) changed |= recognize(graph, *op);
  return changed;
}

}  // namespace

extern const PassDef recognize_activations_pass = {
    .name = "recognize_activations",
    .summary = "find activations that exporters spell out",
    .doc = "Sums, products and clips that together are hard_sigmoid, hard_swish, swish or gelu become that operator.",
    .equality = Equality::float_tolerance,
    .run = run,
};

}  // namespace tinyc
