// SPDX-License-Identifier: Apache-2.0
// What: channels that always hold the same number go; what they add to the next layer's sums goes into its bias.
// Why: training with quantisation leaves filters whose sums never leave the clamp. In MLPerf Tiny's visual wake words
// model they are half of the multiplications and 85 % of the weights. Before: %a = conv(%x, %v) with %v [64, 1, 1, 8]
// %y = conv(%a, %w), 60 channels of %a constant.   After: %v [4, 1, 1, 8]. Refuses: graph inputs and outputs; channels
// that other operators than convolutions, fully connected layers, pools, means over space and views read. A constant
// that is not zero stays where its reader pads, because it adds less at the borders.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <unordered_map>

#include "ir/op_def.h"
#include "ir/ops/accumulator.h"
#include "passes/channel_ranges.h"
#include "passes/layer_channels.h"
#include "passes/pass.h"
#include "passes/rewrite.h"

namespace tinyc {
namespace {

using ir::Op;
using ir::Value;

// Which channels of a value stay.
using Kept = std::vector<bool>;

bool all_kept(const Kept& kept) { return std::ranges::find(kept, false) == kept.end(); }

Kept none(const Value* value) { return Kept(static_cast<size_t>(value->type.shape.back()), false); }

bool keep_also(Kept& kept, const Kept& more) {
  bool changed = false;
  for (size_t c = 0; c < kept.size(); ++c) {
    if (!more[c] || kept[c]) continue;
    kept[c] = changed = true;
  }
  return changed;
}

std::vector<int64_t> indices(const Kept& kept) {
  std::vector<int64_t> list;
  for (size_t c = 0; c < kept.size(); ++c) {
    if (kept[c]) list.push_back(static_cast<int64_t>(c));
  }
  return list;
}

constexpr size_t kGroup = 4;

// The smallest sets of channels that must stay, found by adding to empty sets until nothing changes; then a few more, for
// speed.
class KeptChannels {
 public:
  explicit KeptChannels(const ir::Graph& graph) : graph_(graph), ranges_(channel_ranges(graph)) {
    for (const auto& op : graph.ops()) {
      if (op->results.size() != 1 || !removable(*op)) continue;
      kept_.emplace(op->result(), none(op->result()));
    }
    settle();
    for (auto& [value, kept] : kept_) round_up(kept);
    settle();
  }

  // nullptr: all channels stay.
  const Kept* of(const Value* value) const {
    const auto found = kept_.find(value);
    return found == kept_.end() || all_kept(found->second) ? nullptr : &found->second;
  }
  int64_t constant(const Value* value, int64_t channel) const {
    return ranges_.at(value).low[static_cast<size_t>(channel)];
  }

 private:
  // A tensor has at least one channel, and the fastest kernels take groups of four.
  static void round_up(Kept& kept) {
    auto count = static_cast<size_t>(std::ranges::count(kept, true));
    for (size_t c = 0; c < kept.size() && (count == 0 || count % kGroup != 0); ++c) {
      if (kept[c]) continue;
      kept[c] = true;
      ++count;
    }
  }

  bool removable(const Op& op) const {
    if (graph_.is_output(op.result()) || !ranges_.contains(op.result())) return false;
    if (const auto layer = layer_channels(op)) return layer->groups == 1 || maps_channels(op);
    return keeps_channels(op);
  }

  // Result channel c goes with operand channel c.
  static bool maps_channels(const Op& op) {
    const auto layer = layer_channels(op);
    return layer ? layer->depthwise() && layer->outputs == layer->groups : keeps_channels(op);
  }

  bool kept(const Value* value, size_t channel) const {
    const auto found = kept_.find(value);
    return found == kept_.end() || found->second[channel];
  }

  // Which operand channels a layer over all channels must see, its result being what it is.
  Kept read_by_layer(const Op& op, const LayerChannels& layer) const {
    const Value* x = op.operand(0);
    const ChannelRange& range = ranges_.at(x);
    const int64_t zero = x->type.quant->zero_point();
    const std::vector<int32_t> w = ir::centred(*layer.weights, op.operand_type(1));
    Kept read = none(x);
    for (size_t c = 0; c < read.size(); ++c) {
      if (range.constant(c) && (!layer.padded || range.low[c] == zero)) continue;
      for (int64_t i = 0; i < layer.outputs * layer.taps && !read[c]; ++i) {
        const bool counts = kept(op.result(), static_cast<size_t>(i / layer.taps));
        read[c] = counts && w[static_cast<size_t>(i * layer.inputs_per_group) + c] != 0;
      }
    }
    return read;
  }

  bool visit(const Op& op) {
    Value* x = op.operands.empty() ? nullptr : op.operand(0);
    const auto in = kept_.find(x);
    const auto out = op.results.size() == 1 ? kept_.find(op.result()) : kept_.end();
    if (maps_channels(op) && op.results.size() == 1) {
      bool changed = false;
      if (in != kept_.end()) {
        changed |= keep_also(in->second, out == kept_.end() ? Kept(in->second.size(), true) : out->second);
        if (out != kept_.end()) changed |= keep_also(out->second, in->second);
      } else if (out != kept_.end()) {
        changed |= keep_also(out->second, Kept(out->second.size(), true));
      }
      return changed;
    }
    const auto layer = layer_channels(op);
    bool changed = false;
    for (size_t i = 0; i < op.operands.size(); ++i) {
      const auto operand = kept_.find(op.operand(i));
      if (operand == kept_.end()) continue;
      const bool sums = layer && layer->groups == 1 && i == 0;
      changed |= keep_also(operand->second, sums ? read_by_layer(op, *layer) : Kept(operand->second.size(), true));
    }
    return changed;
  }

  void settle() {
    const std::vector<Op*> ops = graph_.op_list();
    bool changed = true;
    while (changed) {
      changed = false;
      for (auto op = ops.rbegin(); op != ops.rend(); ++op) changed |= visit(**op);
    }
  }

  const ir::Graph& graph_;
  ChannelRanges ranges_;
  std::unordered_map<const Value*, Kept> kept_;
};

// A layer with the weights, biases and scales of what stays.
class SmallerLayer {
 public:
  SmallerLayer(const KeptChannels& channels, const Op& op)
      : op_(op), layer_(*layer_channels(op)), in_(channels.of(op.operand(0))), out_(channels.of(op.result())) {
    weights_ = ir::centred(*layer_.weights, op.operand_type(1));
    for (int64_t o = 0; o < layer_.outputs; ++o) {
      if (!out_ || (*out_)[static_cast<size_t>(o)]) outputs_.push_back(o);
    }
    for (int64_t c = 0; c < layer_.inputs_per_group; ++c) {
      if (layer_.depthwise() || !in_ || (*in_)[static_cast<size_t>(c)]) inputs_.push_back(c);
    }
    for (const int64_t o : outputs_)
      bias_.push_back((layer_.bias ? layer_.bias->integer(o) : 0) + removed_sum(channels, o));
  }

  bool fits() const {
    return std::ranges::all_of(bias_, [](int64_t b) {
      return b >= std::numeric_limits<int32_t>::min() && b <= std::numeric_limits<int32_t>::max();
    });
  }

  void apply(ir::Graph& graph, Op* op) const {
    ir::Builder builder(graph, op);
    const std::vector<Value*> old = op->operands;
    graph.set_operand(op, 1, builder.constant(weights(), scales(*op->operand_type(1).quant)));
    Value* bias = bias_value(builder);
    if (op->operands.size() == 2) {
      graph.add_operand(op, bias);
    } else {
      graph.set_operand(op, 2, bias);
    }
    if (layer_.depthwise()) op->attributes["groups"] = static_cast<int64_t>(outputs_.size());
    for (size_t i = 1; i < old.size(); ++i) {
      if (old[i] && !graph.has_uses(old[i])) graph.erase(old[i]->producer);
    }
  }

 private:
  // What the removed operand channels add to every sum of an output.
  int64_t removed_sum(const KeptChannels& channels, int64_t output) const {
    int64_t sum = 0;
    if (layer_.depthwise() || !in_) return sum;
    const int64_t zero = op_.operand_type(0).quant->zero_point();
    for (int64_t i = 0; i < layer_.taps * layer_.inputs_per_group; ++i) {
      const int64_t c = i % layer_.inputs_per_group;
      if ((*in_)[static_cast<size_t>(c)]) continue;
      // A channel that only weights of zero read need not be constant.
      const int64_t w = weights_[static_cast<size_t>(output * layer_.taps * layer_.inputs_per_group + i)];
      if (w != 0) sum += w * (channels.constant(op_.operand(0), c) - zero);
    }
    return sum;
  }

  ir::Tensor weights() const {
    ir::Shape shape = layer_.weights->shape();
    shape.front() = static_cast<int64_t>(outputs_.size());
    shape.back() = static_cast<int64_t>(inputs_.size());
    ir::Tensor smaller(layer_.weights->element(), shape);
    int64_t to = 0;
    for (const int64_t o : outputs_) {
      for (int64_t t = 0; t < layer_.taps; ++t) {
        for (const int64_t c : inputs_)
          smaller.set_integer(to++, layer_.weights->integer((o * layer_.taps + t) * layer_.inputs_per_group + c));
      }
    }
    return smaller;
  }

  ir::Quantization scales(const ir::Quantization& all) const {
    if (all.per_tensor()) return all;
    ir::Quantization some = all;
    some.scales.clear();
    some.zero_points.clear();
    for (const int64_t o : outputs_) {
      some.scales.push_back(all.scale(o));
      some.zero_points.push_back(all.zero_point(o));
    }
    return some;
  }

  Value* bias_value(ir::Builder& builder) const {
    ir::Tensor data = ir::Tensor::of_integers(ir::Element::i32, {static_cast<int64_t>(bias_.size())}, bias_);
    const Value* old = op_.operand(2);
    if (!old || !old->type.quantized()) return builder.constant(std::move(data));
    return builder.constant(std::move(data), scales(*old->type.quant));
  }

  const Op& op_;
  LayerChannels layer_;
  const Kept* in_;   // nullptr: all
  const Kept* out_;  // nullptr: all
  std::vector<int32_t> weights_;
  std::vector<int64_t> outputs_, inputs_, bias_;
};

int64_t total_macs(const ir::Graph& graph) {
  int64_t macs = 0;
  for (const auto& op : graph.ops()) macs += op->def->macs ? op->def->macs(*op) : 0;
  return macs;
}

int64_t constant_bytes(const ir::Graph& graph) {
  int64_t bytes = 0;
  for (const auto& op : graph.ops()) bytes += op->is("constant") ? op->result_type().bytes() : 0;
  return bytes;
}

struct Change {
  Op* op;
  int64_t channels;  // of the result
};

void shrink_shape(Op* op, int64_t channels) {
  op->results[0]->type.shape.back() = channels;
  if (const auto shape = op->attributes.find("shape"); shape != op->attributes.end())
    shape->second = op->result_type().shape;
}

bool run(ir::Graph& graph, PassContext& context) {
  const KeptChannels channels(graph);
  std::vector<std::pair<Op*, SmallerLayer>> layers;
  std::vector<Change> shapes;
  for (Op* op : graph.op_list()) {
    if (op->results.size() != 1 || op->operands.empty()) continue;
    if (const Kept* kept = channels.of(op->result()))
      shapes.push_back({op, static_cast<int64_t>(indices(*kept).size())});
    const bool changes = channels.of(op->operand(0)) || channels.of(op->result());
    if (changes && layer_channels(*op)) layers.emplace_back(op, SmallerLayer(channels, *op));
  }
  if (shapes.empty()) return false;
  if (!std::ranges::all_of(layers, [](const auto& layer) { return layer.second.fits(); })) return false;
  const int64_t macs = total_macs(graph);
  const int64_t bytes = constant_bytes(graph);
  int64_t removed = 0;
  for (const auto& [op, layer] : layers) layer.apply(graph, op);
  for (const Change& change : shapes) {
    removed += change.op->result_type().shape.back() - change.channels;
    shrink_shape(change.op, change.channels);
  }
  context.diagnostics.note(Code::T0312, {},
                           fmt::format("{} channels always hold the same number and were removed: {} of {} "
                                       "multiply-accumulates and {} of {} bytes of constants less",
                                       removed, macs - total_macs(graph), macs, bytes - constant_bytes(graph), bytes));
  return true;
}

}  // namespace

extern const PassDef remove_constant_channels_pass = {
    .name = "remove_constant_channels",
    .summary = "remove channels that always hold the same number",
    .doc =
        "Finds by interval analysis which channels of integer layers are constant, and folds them into the next bias.",
    .equality = Equality::exact,
    .run = run,
};

}  // namespace tinyc
