// SPDX-License-Identifier: Apache-2.0
// What: factors and offsets per channel go into the weights and bias of the convolution or fully connected layer before
// or after them.
// Why: BatchNormalization imports as mul and add; input normalisation is sub and div. Both cost a pass over a tensor.
// Before: %c = conv(%x, %w, %b)  %m = mul(%c, %s)  %y = add(%m, %t).   After: %y = conv(%x, %w * s, %b * s + t).
// Before: %n = sub(%x, %mean)  %y = fully_connected(%n, %w, %b).   After: %y = fully_connected(%x, %w, %b - w mean).
// Refuses: layers that others read, that have an activation, or whose weights are shared or quantised (an added offset
// only needs the bias); constants that differ along other axes than the channels; an offset before a convolution that
// pads, whose zeros are not normalised.
#include <algorithm>

#include "passes/pass.h"
#include "passes/rewrite.h"

namespace tinyc {
namespace {

using ir::Op;
using ir::Tensor;
using ir::Value;

bool is_layer(const Op* op) {
  return op && (op->is("conv") || op->is("fully_connected")) && ir::is_float(op->result_type().element);
}

// y = x * factor + offset, per channel.
struct Affine {
  Value* x;
  std::vector<double> factor;
  std::vector<double> offset;
  bool scales;  // some factor is not 1
};

// The constant as one number per channel.
std::optional<std::vector<double>> per_channel(const Tensor& data, int64_t channels) {
  const auto count = static_cast<size_t>(channels);
  if (data.size() == 1) return std::vector<double>(count, data.real(0));
  if (data.size() != channels || data.shape().back() != channels) return std::nullopt;
  return data.reals();
}

// What add, sub, mul or div by a known constant computes.
std::optional<Affine> affine_of(const Op& op) {
  constexpr std::string_view kNames[] = {"add", "div", "mul", "sub"};
  if (std::find(std::begin(kNames), std::end(kNames), op.name()) == std::end(kNames)) return std::nullopt;
  const ir::Type& type = op.result_type();
  if (!ir::is_float(type.element) || type.rank() == 0 || op.text("activation") != "none") return std::nullopt;
  for (const size_t constant : {size_t{1}, size_t{0}}) {
    const std::optional<Tensor> data = known_reals(op.operand(constant));
    if (!data || op.operand(1 - constant)->type != type) continue;
    auto numbers = per_channel(*data, type.shape.back());
    if (!numbers) return std::nullopt;
    const std::vector<double> ones(numbers->size(), 1.0);
    const std::vector<double> zeros(numbers->size(), 0.0);
    Value* x = op.operand(1 - constant);
    if (op.is("mul")) return Affine{x, *numbers, zeros, true};
    if (op.is("add")) return Affine{x, ones, *numbers, false};
    if (op.is("sub") && constant == 0) return Affine{x, std::vector<double>(ones.size(), -1.0), *numbers, true};
    if (constant == 0) return std::nullopt;  // constant / x
    for (double& number : *numbers) number = op.is("sub") ? -number : 1 / number;
    return op.is("sub") ? Affine{x, ones, *numbers, false} : Affine{x, *numbers, zeros, true};
  }
  return std::nullopt;
}

// New weights and bias of a layer.
class Parameters {
 public:
  explicit Parameters(const Op& layer)
      : layer_(layer),
        outputs_(layer.operand_type(1).shape[0]),
        depth_(layer.operand_type(1).shape.back()),
        weights_(known_reals(layer.operand(1))) {
    bias_.assign(static_cast<size_t>(outputs_), 0.0);
    const std::optional<Tensor> bias = known_reals(layer.operand(2));
    if (bias) bias_ = bias->reals();
    known_ = weights_.has_value() && (bias || !layer.operand(2));
  }

  bool known() const { return known_; }
  // Only this layer reads them, as floats.
  bool own_weights() const { return float_constant(layer_.operand(1)) && layer_.operand(1)->users.size() == 1; }

  void after(const Affine& affine) {
    for_each_weight([&](int64_t i, int64_t o, int64_t) {
      if (affine.scales) weights_->set_real(i, weights_->real(i) * affine.factor[static_cast<size_t>(o)]);
    });
    for (size_t o = 0; o < bias_.size(); ++o) bias_[o] = bias_[o] * affine.factor[o] + affine.offset[o];
  }

  void before(const Affine& affine) {
    for_each_weight([&](int64_t i, int64_t o, int64_t channel) {
      const auto c = static_cast<size_t>(channel);
      bias_[static_cast<size_t>(o)] += weights_->real(i) * affine.offset[c];
      if (affine.scales) weights_->set_real(i, weights_->real(i) * affine.factor[c]);
    });
  }

  void store(ir::Graph& graph, Op* layer, bool weights_changed) {
    ir::Builder builder(graph, layer);
    const ir::Element element = layer->result_type().element;
    if (weights_changed) graph.set_operand(layer, 1, builder.constant(*weights_));
    const bool zero = std::all_of(bias_.begin(), bias_.end(), [](double b) { return b == 0; });
    if (zero && !layer->operand(2)) return;
    while (layer->operands.size() < 3) graph.add_operand(layer, nullptr);
    graph.set_operand(layer, 2, builder.constant(Tensor::of_reals(element, {outputs_}, bias_)));
  }

 private:
  // visit(index, output, input channel)
  template <class Visit>
  void for_each_weight(Visit visit) {
    const int64_t groups = layer_.is("conv") ? layer_.integer("groups") : 1;
    const int64_t per_output = weights_->size() / outputs_;
    for (int64_t i = 0; i < weights_->size(); ++i) {
      const int64_t o = i / per_output;
      visit(i, o, o / (outputs_ / groups) * depth_ + i % depth_);
    }
  }

  const Op& layer_;
  int64_t outputs_;
  int64_t depth_;
  std::optional<Tensor> weights_;
  std::vector<double> bias_;
  bool known_ = false;
};

bool fold_after(ir::Graph& graph, Op* op, const Affine& affine) {
  Op* layer = affine.x->producer;
  if (!is_layer(layer) || layer->text("activation") != "none" || !used_once(graph, layer->result())) return false;
  Parameters parameters(*layer);
  if (!parameters.known() || (affine.scales && !parameters.own_weights())) return false;
  parameters.after(affine);
  parameters.store(graph, layer, affine.scales);
  absorb_op(graph, op, layer->result());
  return true;
}

bool pads(const Op& layer) {
  if (!layer.is("conv")) return false;
  const auto& list = layer.integers("pads");
  return std::any_of(list.begin(), list.end(), [](int64_t pad) { return pad != 0; });
}

bool fold_before(ir::Graph& graph, Op* op, const Affine& affine) {
  if (!used_once(graph, op->result())) return false;
  Op* layer = op->result()->users[0];
  if (!is_layer(layer) || layer->operand(0) != op->result()) return false;
  const bool shifts = std::any_of(affine.offset.begin(), affine.offset.end(), [](double o) { return o != 0; });
  Parameters parameters(*layer);
  if (!parameters.known() || !parameters.own_weights() || (shifts && pads(*layer))) return false;
  parameters.before(affine);
  parameters.store(graph, layer, affine.scales);
  merge_origin(layer, op->origin);
  graph.replace_uses(op->result(), affine.x);
  graph.erase(op);
  return true;
}

bool run(ir::Graph& graph, PassContext&) {
  bool changed = false;
  for (Op* op : graph.op_list()) {
    const std::optional<Affine> affine = affine_of(*op);
    if (affine) changed |= fold_after(graph, op, *affine) || fold_before(graph, op, *affine);
  }
  return changed;
}

}  // namespace

extern const PassDef fold_scales_pass = {
    .name = "fold_scales",
    .summary = "fold factors and offsets per channel into weights",
    .doc = "Batch normalisation after, and input normalisation before, convolutions and fully connected layers.",
    .equality = Equality::float_tolerance,
    .run = run,
};

}  // namespace tinyc
