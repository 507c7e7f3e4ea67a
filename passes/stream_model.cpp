// SPDX-License-Identifier: Apache-2.0
// Every value of the window in which there is time keeps its place in the window that ends with the newest frame: of
// its rows, a call makes the last few (those that the call's frames brought), from the last rows of its operands. Rows
// that an operator needs beside the new ones were made by earlier calls and lie in a state, a window that slides on
// with each call. So branches of a residual stay aligned by themselves, and what reaches over all of time (a flatten,
// a mean) reads a window of all rows.
//
// Before: %y = conv(%x) : [1,15,1,8] of %x : [1,30,1,8], kernel 16.
// After:  %w = slide(%state, %x) : [1,16,1,8] of one new row %x : [1,1,1,8]; %y = conv(%w) : [1,1,1,8]; %w is next.
#include "passes/stream_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "compiler/support/text_writer.h"
#include "ir/builder.h"
#include "ir/numerics.h"
#include "ir/verify.h"
#include "passes/rewrite.h"
#include "passes/stream_rules.h"

namespace tinyc {
namespace {

using ir::Op;
using ir::Value;

// A value of the window, as calls make it.
struct Made {
  Value* value = nullptr;   // the newest rows, or all of it where there is no time
  Value* window = nullptr;  // as many rows as anybody reads, when these are more
  int64_t ready = 1;        // first call that makes what the model would
};

class Streamer {
 public:
  Streamer(const ir::Graph& graph, int axis, TimePadding padding, Diagnostics& diagnostics)
      : graph_(graph), input_axis_(axis), padding_(padding), diagnostics_(diagnostics) {
    time_of_ = [this](const Value* value) { return time_of(value); };
  }

  std::optional<StreamedModel> run() {
    if (!analyse() || !choose_hop()) return std::nullopt;
    for (const auto& op : graph_.ops()) demand(*op);
    result_.graph = std::make_unique<ir::Graph>(graph_.name());
    for (const Value* input : graph_.inputs()) made_[input] = {add_input(*input)};
    for (const auto& op : graph_.ops()) {
      if (!(rules_.count(op.get()) ? build_timed(*op) : build_timeless(*op))) return std::nullopt;
    }
    finish();
    if (!saves_something()) return std::nullopt;
    return std::move(result_);
  }

 private:
  const TimeAxis* time_of(const Value* value) const {
    const auto found = times_.find(value);
    return found == times_.end() ? nullptr : &found->second;
  }
  bool has_time(const Op& op) const {
    return std::any_of(op.operands.begin(), op.operands.end(), [&](const Value* v) { return v && time_of(v); });
  }
  bool sequence() const { return padding_ == TimePadding::sequence; }

  bool refuse(Code code, const Op& op, std::string message, std::string help) {
    Location where;
    for (const std::string& node : op.origin) where.node += (where.node.empty() ? "" : ", ") + node;
    where.op = op.name();
    diagnostics_.error(code, where, std::move(message), std::move(help));
    return false;
  }

  // What it would cost to make an operator's whole window in every call.
  static std::string price(const Op& op) {
    const int64_t macs = op.def->macs ? op.def->macs(op) : 0;
    return macs ? fmt::format("; made anew in every call it would cost {} MACs", with_commas(macs)) : "";
  }

  // --- where time is ---

  bool analyse() {
    const Value* input = graph_.inputs().front();
    times_[input] = {input_axis_, input->type.shape[static_cast<size_t>(input_axis_)], 1};
    for (const auto& op : graph_.ops()) {
      if (!has_time(*op)) continue;
      TimeRule rule = time_rule(*op, time_of_);
      if (!check(*op, rule)) return false;
      const TimeAxis* from = first_time(*op);
      if (rule.axis >= 0) {
        const int64_t rows = op->result_type().shape[static_cast<size_t>(rule.axis)];
        const int64_t stride = from->stride * (rule.kind == TimeKind::window ? rule.window.stride : 1);
        if (rows > 1) times_[op->result()] = {rule.axis, rows, stride};
        if (rows == 1) rule.kind = TimeKind::whole;
      }
      rules_[op.get()] = std::move(rule);
    }
    return true;
  }

  const TimeAxis* first_time(const Op& op) const {
    for (const Value* operand : op.operands) {
      if (const TimeAxis* time = operand ? time_of(operand) : nullptr) return time;
    }
    return nullptr;
  }

  bool check(const Op& op, const TimeRule& rule) {
    if (rule.kind == TimeKind::recurrent) return check_recurrent(op);
    if (rule.kind != TimeKind::window) return true;
    const ir::Window& w = rule.window;
    const int64_t reach = (w.out - 1) * w.stride - w.pad_begin + (w.kernel - 1) * w.dilation + 1;
    const bool before = w.pad_begin > 0, behind = reach > w.in;
    if (!before && !behind) return true;
    if (!sequence())
      return refuse(Code::T0603, op,
                    "it pads time inside the window, so rows near its ends change from window to window" + price(op),
                    before && !behind ? "--stream-pad sequence, if padding is meant to stand before the sequence only"
                                      : "export the model without padding along time, or with padding before it only");
    if (behind)
      return refuse(Code::T0603, op, "it pads the end of time: its newest rows need frames that have not come",
                    "export the model with padding before the first frame only");
    if (op.is("conv")) return true;
    return refuse(Code::T0603, op, "only convolutions can have padding before the sequence",
                  "put the padding into the convolution");
  }

  bool check_recurrent(const Op& op) {
    if (op.text("direction") != "forward")
      return refuse(Code::T0603, op,
                    fmt::format("its direction is {}: it needs the end of the sequence first", op.text("direction")),
                    "stream a model of one direction");
    if (!op.integers("lengths").empty())
      return refuse(Code::T0603, op, "it has sequence lengths", "export the model without sequence_lens");
    if (sequence()) return true;
    return refuse(Code::T0603, op, "it starts anew with every window" + price(op),
                  "--stream-pad sequence carries its state from call to call, as one run over the whole sequence");
  }

  bool choose_hop() {
    int64_t hop = 1;
    for (const auto& [value, time] : times_) hop = std::lcm(hop, time.stride);
    const int64_t frames = times_.at(graph_.inputs().front()).rows;
    if (hop >= frames || (sequence() && frames % hop != 0)) {
      diagnostics_.error(Code::T0604, {},
                         fmt::format("a call takes {} frames (the product of the strides), the model {}", hop, frames),
                         sequence() ? "a sequence of a multiple of that" : "leave --stream out");
      return false;
    }
    result_.stream.frames = hop;
    result_.stream.calls = (frames + hop - 1) / hop;
    result_.stream.whole_sequence = sequence();
    return true;
  }

  // Rows of a value that a call brings, and that it makes.
  int64_t hop_rows(const TimeAxis& time) const { return result_.stream.frames / time.stride; }
  int64_t new_rows(const TimeAxis& time) const { return std::min(hop_rows(time), time.rows); }

  // --- what is read ---

  // The last so many rows of an operand are what an operator reads in a call.
  int64_t rows_read(const Op& op, const Value& operand) const {
    const TimeRule& rule = rules_.at(&op);
    const TimeAxis& time = *time_of(&operand);
    if (rule.kind == TimeKind::whole && !reads_tail(rule)) return time.rows;
    const int64_t rows = rule.kind == TimeKind::whole ? 1 : new_rows(*time_of(op.result()));
    if (rule.axis < 0 || rule.window.out == 0) return rows;
    return rule.window.in - (rule.window.out - rows) * rule.window.stride + rule.window.pad_begin;
  }

  // The one row of a slice.
  static bool reads_tail(const TimeRule& rule) { return rule.window.out == 1 && rule.window.kernel == 1; }

  void demand(const Op& op) {
    if (!rules_.count(&op)) return;
    for (const Value* operand : op.operands) {
      if (!operand || !time_of(operand)) continue;
      int64_t& rows = demands_[operand];
      rows = std::max(rows, rows_read(op, *operand));
    }
  }

  // --- the graph of a call ---

  static ir::Type with_rows(ir::Type type, int axis, int64_t rows) {
    type.shape[static_cast<size_t>(axis)] = rows;
    return type;
  }

  Value* add_input(const Value& input) {
    const TimeAxis* time = time_of(&input);
    return result_.graph->add_input(input.name, time ? with_rows(input.type, time->axis, new_rows(*time)) : input.type);
  }

  struct State {
    Value* value;
    Value* next = nullptr;
    ir::Tensor initial;
  };

  // A state of this type that begins with zeros, as numbers.
  size_t add_state(const std::string& name, const ir::Type& type) {
    ir::Tensor initial(type.element, type.shape);
    const int64_t zero = type.quant && type.quant->per_tensor() ? type.quant->zero_point() : 0;
    for (int64_t i = 0; zero != 0 && i < initial.size(); ++i) initial.set_integer(i, zero);
    states_.push_back({result_.graph->add_input(name, type), nullptr, std::move(initial)});
    return states_.size() - 1;
  }

  Value* last_rows(Value* value, int axis, int64_t rows) {
    const ir::Shape& shape = value->type.shape;
    const int64_t there = shape[static_cast<size_t>(axis)];
    if (there == rows) return value;
    std::vector<int64_t> starts(shape.size(), 0);
    starts[static_cast<size_t>(axis)] = there - rows;
    ir::Shape sizes = shape;
    sizes[static_cast<size_t>(axis)] = rows;
    return ir::Builder(*result_.graph).make("slice", {value}, {{"starts", starts}, {"sizes", sizes}});
  }

  // The last so many rows of a value, of this call and of those before.
  Value* tail(const Value& value, int64_t rows) {
    Made& made = made_.at(&value);
    const TimeAxis& time = *time_of(&value);
    if (rows <= new_rows(time)) return last_rows(made.value, time.axis, rows);
    if (!made.window) {
      const size_t state =
          add_state(value.name + ".state", with_rows(made.value->type, time.axis, demands_.at(&value)));
      made.window =
          ir::Builder(*result_.graph).make("slide", {states_[state].value, made.value}, {{"axis", int64_t{time.axis}}});
      states_[state].next = made.window;
    }
    return last_rows(made.window, time.axis, rows);
  }

  // Padding before the sequence is what the state begins with.
  int64_t ready_after(const Value& value, int64_t rows, int64_t padding) const {
    const int64_t step = hop_rows(*time_of(&value));
    return made_.at(&value).ready - 1 + std::max<int64_t>(1, (rows - padding + step - 1) / step);
  }

  bool build_timeless(const Op& op) {
    std::vector<Value*> operands;
    int64_t ready = 1;
    for (const Value* operand : op.operands) {
      operands.push_back(operand ? made_.at(operand).value : nullptr);
      if (operand) ready = std::max(ready, made_.at(operand).ready);
    }
    std::vector<ir::Type> types;
    for (const Value* result : op.results) types.push_back(result->type);
    return add(op, std::move(operands), op.attributes, types, ready);
  }

  bool build_timed(const Op& op) {
    const TimeRule& rule = rules_.at(&op);
    const TimeAxis* time = time_of(op.result());
    const int64_t padding = rule.kind == TimeKind::window ? rule.window.pad_begin : 0;
    std::vector<Value*> operands;
    int64_t ready = 1;
    for (const Value* operand : op.operands) {
      const bool timed = operand && time_of(operand);
      const int64_t rows = timed ? rows_read(op, *operand) : 0;
      operands.push_back(timed ? tail(*operand, rows) : operand ? made_.at(operand).value : nullptr);
      if (operand)
        ready = std::max(ready,
                         timed ? ready_after(*operand, rows, std::max<int64_t>(0, padding)) : made_.at(operand).ready);
    }
    if ((padding > 0 || rule.kind == TimeKind::recurrent) && made_.at(op.operand(0)).ready > 1)
      return refuse(
          Code::T0603, op,
          "layers before it shorten the sequence without padding: it would begin with rows that are not there",
          "pad the layers before it, too");
    std::vector<ir::Type> types;
    for (const Value* result : op.results) types.push_back(result->type);
    ir::Attributes attributes = op.attributes;
    if (time) {
      types[0] = with_rows(types[0], time->axis, new_rows(*time));
      attributes = attributes_for_rows(op, rule, *first_time(op), new_rows(*time));
    } else if (rule.kind == TimeKind::whole && reads_tail(rule)) {
      attributes = attributes_for_rows(op, rule, *first_time(op), 1);
    }
    if (rule.kind == TimeKind::recurrent) return add_recurrent(op, std::move(operands), types);
    return add(op, std::move(operands), std::move(attributes), types, ready);
  }

  // Operand 4 and result 1 are h; an lstm's operand 5 and result 2 are c.
  bool add_recurrent(const Op& op, std::vector<Value*> operands, const std::vector<ir::Type>& types) {
    const size_t first = states_.size();
    operands.resize(std::max<size_t>(operands.size(), op.is("lstm") ? 6 : 5), nullptr);
    for (size_t k = 1; k < op.results.size(); ++k) {
      const Value* given = op.operand(3 + k);
      const ir::Tensor* initial = given ? ir::constant_data(given) : nullptr;
      if (given && !initial)
        return refuse(Code::T0603, op, "its initial state is computed", "make it a constant, or leave it out");
      add_state(op.result(k)->name + ".state", given ? given->type : types[k]);
      if (initial) states_.back().initial = *initial;
      operands[3 + k] = states_.back().value;
    }
    if (!add(op, std::move(operands), op.attributes, types, 1)) return false;
    for (size_t k = 1; k < op.results.size(); ++k) states_[first + k - 1].next = made_.at(op.result(k)).value;
    return true;
  }

  bool add(const Op& op, std::vector<Value*> operands, ir::Attributes attributes, const std::vector<ir::Type>& types,
           int64_t ready) {
    Op* made = try_copy(*result_.graph, op, std::move(operands), std::move(attributes), types, nullptr);
    if (!made)
      return refuse(Code::T0603, op, "it cannot be made for the rows of one call" + price(op), "leave --stream out");
    for (size_t i = 0; i < op.results.size(); ++i) {
      result_.graph->rename(made->results[i], op.results[i]->name);
      made_[op.results[i]] = {made->results[i], nullptr, ready};
    }
    return true;
  }

  void finish() {
    for (const Value* output : graph_.outputs()) {
      const TimeAxis* time = time_of(output);
      result_.graph->add_output(made_.at(output).value);
      result_.output_axes.push_back(time ? time->axis : -1);
      result_.stream.first_output = std::max(result_.stream.first_output, made_.at(output).ready);
    }
    for (State& state : states_) {
      result_.graph->add_output(state.next);
      result_.stream.initial.push_back(std::move(state.initial));
    }
  }

  static int64_t macs_of(const ir::Graph& graph) {
    int64_t macs = 0;
    for (const auto& op : graph.ops()) macs += op->def->macs ? op->def->macs(*op) : 0;
    return macs;
  }

  bool saves_something() {
    const int64_t offline = macs_of(graph_), call = macs_of(*result_.graph);
    if (call < offline || offline == 0) return true;
    for (const auto& [op, rule] : ordered_rules()) {
      if (rule->kind == TimeKind::whole && op->def->macs == nullptr && rule->why.empty()) continue;
      if (rule->kind == TimeKind::whole)
        return refuse(
            Code::T0604, *op,
            fmt::format("from here on every call makes the whole window anew ({}): {} MACs a call, as without --stream",
                        rule->why.empty() ? "its window is all of it" : rule->why, with_commas(call)),
            "leave --stream out");
    }
    return true;
  }

  std::vector<std::pair<const Op*, const TimeRule*>> ordered_rules() const {
    std::vector<std::pair<const Op*, const TimeRule*>> list;
    for (const auto& op : graph_.ops()) {
      if (const auto found = rules_.find(op.get()); found != rules_.end()) list.push_back({op.get(), &found->second});
    }
    return list;
  }

  const ir::Graph& graph_;
  const int input_axis_;
  const TimePadding padding_;
  Diagnostics& diagnostics_;
  TimeOf time_of_;
  std::map<const Value*, TimeAxis> times_;
  std::map<const Op*, TimeRule> rules_;
  std::map<const Value*, int64_t> demands_;
  std::map<const Value*, Made> made_;
  std::vector<State> states_;
  StreamedModel result_;
};

}  // namespace

std::optional<StreamedModel> stream_model(const ir::Graph& graph, int64_t axis, TimePadding padding,
                                          Diagnostics& diagnostics) {
  const auto fail = [&](std::string message) {
    diagnostics.error(Code::T0604, {}, std::move(message), "tinyc --explain T0604");
    return std::nullopt;
  };
  if (graph.inputs().size() != 1)
    return fail(fmt::format("--stream needs one input, the model has {}", graph.inputs().size()));
  const Value* input = graph.inputs().front();
  if (axis < 0 || axis >= input->type.rank())
    return fail(fmt::format("--stream {}: the input '{}' is {}", axis, input->name, type_text(input->type)));
  if (input->type.shape[static_cast<size_t>(axis)] < 2)
    return fail(fmt::format("--stream {}: that axis of the input '{}' ({}) has no frames to take one after the other",
                            axis, input->name, type_text(input->type)));
  return Streamer(graph, static_cast<int>(axis), padding, diagnostics).run();
}

}  // namespace tinyc
