// SPDX-License-Identifier: Apache-2.0
// If, Loop and Scan. Bodies are made part of the graph: the chosen branch, or one copy per step, so the number of steps
// must be known. A condition computed by the model selects among results that have the same shape: both branches of If
// are computed, and a Loop runs all its steps but keeps its values once the condition is false.
#include <fmt/format.h>

#include <algorithm>

#include "ir/onnx/formula.h"
#include "ir/onnx/rules.h"

namespace tinyc::ir {
namespace {

constexpr int64_t kMostSteps = 4096;
constexpr size_t kMostOps = 50'000;  // of the whole graph

const OnnxGraph* body_of(OnnxImporter& importer, std::string_view name) {
  const OnnxAttribute* body = importer.attribute(name);
  if (body && body->graph) return body->graph.get();
  importer.error(Code::T0302, fmt::format("the graph {} is missing", name));
  return nullptr;
}

void set_outputs(OnnxImporter& importer, const std::vector<Value*>& values) {
  for (size_t i = 0; i < values.size(); ++i) importer.set_output(i, values[i]);
}

// One of two results of branches, chosen while running; sequences tensor by tensor. nullptr after an error.
Value* chosen(OnnxImporter& importer, Term condition, Value* yes, Value* no) {
  if (!yes || !no) return nullptr;
  const std::vector<Value*>*a = importer.sequence(yes), *b = importer.sequence(no);
  if (a && b && a->size() == b->size()) {
    std::vector<Value*> tensors;
    for (size_t i = 0; i < a->size(); ++i) tensors.push_back(chosen(importer, condition, (*a)[i], (*b)[i]));
    const bool failed = std::count(tensors.begin(), tensors.end(), nullptr) != 0;
    return failed ? nullptr : importer.make_sequence(std::move(tensors));
  }
  if (!a && !b && yes->type.shape == no->type.shape && yes->type.element == no->type.element)
    return select(condition, {&importer, yes}, {&importer, no}).value;
  const auto text = [](const Value* value, bool is_sequence) {
    return is_sequence ? "a sequence" : type_text(value->type);
  };
  importer.unsupported(
      "the condition of If is computed by the model, and the branches give " + text(yes, a) + " and " + text(no, b),
      "export the model with the branch chosen, or simplify it (onnxsim)");
  return nullptr;
}

// Results of both branches.
void import_if_computed(OnnxImporter& importer, const OnnxGraph& yes, const OnnxGraph& no) {
  const Term condition = reshape(input_term(importer, 0), {});
  const std::vector<Value*> a = importer.inline_body(yes, {});
  const std::vector<Value*> b = importer.inline_body(no, {});
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    Value* value = chosen(importer, condition, a[i], b[i]);
    if (!value) return;
    importer.set_output(i, value);
  }
}

void import_if(OnnxImporter& importer) {
  const Term condition = input_term(importer, 0);
  if (!condition) return;
  if (element_count(condition.shape()) != 1) return importer.error(Code::T0305, "the condition of If must be a scalar");
  const Tensor* known = importer.constant(0);
  if (known) {
    const OnnxGraph* chosen = body_of(importer, known->integer(0) != 0 ? "then_branch" : "else_branch");
    if (chosen) set_outputs(importer, importer.inline_body(*chosen, {}));
    return;
  }
  const OnnxGraph* yes = body_of(importer, "then_branch");
  const OnnxGraph* no = body_of(importer, "else_branch");
  if (yes && no) import_if_computed(importer, *yes, *no);
}

bool too_long(OnnxImporter& importer, int64_t steps) {
  const bool many = importer.builder().graph().ops().size() > kMostOps;
  if (steps <= kMostSteps && !many) return false;
  importer.unsupported(fmt::format("a loop of {} steps, unrolled", steps),
                       fmt::format("at most {} steps and {} operators in all", kMostSteps, kMostOps));
  return true;
}

// The results of the steps along a new axis.
Term stacked(OnnxImporter& importer, std::vector<Term> steps, int64_t axis_given) {
  const auto axis = importer.axis(axis_given, steps[0].rank() + 1);
  if (!axis) return {&importer};
  for (Term& step : steps) {
    Shape shape = step.shape();
    shape.insert(shape.begin() + *axis, 1);
    step = reshape(step, shape);
  }
  return concat(std::move(steps), *axis);
}

// The state of a loop that is being unrolled.
struct Steps {
  std::vector<Value*> carried;
  std::vector<std::vector<Term>> collected;  // by scan output
  Term active;                               // no value: every step counts
  bool done = false;
};

// One step of Loop. Nothing after an error.
bool loop_step(OnnxImporter& importer, const OnnxGraph& body, int64_t at, Steps& steps) {
  const size_t count = steps.carried.size();
  Builder& builder = importer.builder();
  std::vector<Value*> arguments = {builder.constant(Tensor::of_integers(Element::i64, {}, {at})),
                                   builder.constant(Tensor::of_integers(Element::b1, {}, {1}))};
  arguments.insert(arguments.end(), steps.carried.begin(), steps.carried.end());
  const std::vector<Value*> results = importer.inline_body(body, arguments);
  if (results.size() < 1 + count || std::count(results.begin(), results.end(), nullptr) != 0) return false;
  for (size_t i = 0; i < count; ++i) {
    const Term next{&importer, results[1 + i]}, before{&importer, steps.carried[i]};
    const bool alike = next.shape() == before.shape() && next.element() == before.element();
    if (steps.active && (!alike || importer.sequence(next.value))) {
      importer.unsupported(
          "a Loop that ends by a computed condition and carries sequences or changes the shape of its values");
      return false;
    }
    steps.carried[i] = steps.active ? select(steps.active, next, before).value : next.value;
  }
  for (size_t i = 0; i < steps.collected.size(); ++i) steps.collected[i].push_back({&importer, results[1 + count + i]});
  const Term again{&importer, results[0]};
  if (const Tensor* known = again.known()) {
    steps.done = known->size() == 1 && known->integer(0) == 0;
    return true;
  }
  if (!steps.collected.empty()) {
    importer.unsupported("a Loop with scan outputs whose condition is computed by the model",
                         "the number of steps must be known");
    return false;
  }
  const Term flag = reshape(again, {});
  steps.active = steps.active ? apply("logical_and", {steps.active, flag}) : flag;
  return true;
}

// Trip count and first condition: nothing after an error.
std::optional<int64_t> trip_count(OnnxImporter& importer, Steps& steps) {
  int64_t count = kMostSteps + 1;
  if (importer.has_input(0)) {
    const Tensor* given = importer.required_constant(0, "the trip count");
    if (!given) return std::nullopt;
    if (given->size() != 1) {
      importer.error(Code::T0305, "the trip count must be a scalar");
      return std::nullopt;
    }
    count = std::max<int64_t>(0, given->integer(0));
  }
  if (!importer.has_input(1)) return count;
  const Term condition = input_term(importer, 1);
  if (const Tensor* known = condition.known()) {
    steps.done = known->size() == 1 && known->integer(0) == 0;
  } else {
    steps.active = reshape(condition, {});
  }
  return count;
}

void import_loop(OnnxImporter& importer) {
  const OnnxGraph* body = body_of(importer, "body");
  Steps steps;
  const auto count = body ? trip_count(importer, steps) : std::nullopt;
  if (!count) return;
  for (size_t i = 2; i < importer.input_count(); ++i) {
    if (!importer.input(i)) return;
    steps.carried.push_back(importer.input(i));
  }
  const size_t carried = steps.carried.size();
  if (body->outputs.size() < 1 + carried || body->inputs.size() != 2 + carried)
    return importer.error(Code::T0302, "the body's inputs and outputs do not fit the node");
  steps.collected.resize(body->outputs.size() - 1 - carried);
  for (int64_t at = 0; at < *count && !steps.done; ++at) {
    if (too_long(importer, at + 1) || !loop_step(importer, *body, at, steps)) return;
  }
  set_outputs(importer, steps.carried);
  for (size_t i = 0; i < steps.collected.size(); ++i) {
    if (!importer.wants_output(carried + i)) continue;
    if (steps.collected[i].empty()) return importer.unsupported("a scan output of a Loop without steps");
    importer.set_output(carried + i, stacked(importer, steps.collected[i], 0).value);
  }
}

// Opset 9 on: carried values first, then inputs that are walked along an axis, forwards or backwards.
void import_scan(OnnxImporter& importer) {
  const OnnxGraph* body = body_of(importer, "body");
  const int64_t walked = importer.integer("num_scan_inputs", 0);
  const auto inputs = static_cast<int64_t>(importer.input_count());
  if (!body) return;
  if (walked < 1 || walked > inputs || static_cast<int64_t>(body->inputs.size()) != inputs)
    return importer.error(Code::T0302, "num_scan_inputs and the body's inputs do not fit the node");
  const auto carried = static_cast<size_t>(inputs - walked);
  if (body->outputs.size() < carried) return importer.error(Code::T0302, "the body has too few outputs");
  Steps steps;
  for (size_t i = 0; i < carried; ++i) steps.carried.push_back(importer.input(i));
  steps.collected.resize(body->outputs.size() - carried);
  const std::vector<int64_t> axes = importer.integers("scan_input_axes", Shape(static_cast<size_t>(walked), 0));
  const std::vector<int64_t> ways = importer.integers("scan_input_directions", Shape(static_cast<size_t>(walked), 0));
  if (axes.size() != static_cast<size_t>(walked) || ways.size() != axes.size())
    return importer.error(Code::T0307, "scan_input_axes or scan_input_directions do not fit the scan inputs");
  std::vector<Term> sources;
  std::vector<int> at_axis;
  for (size_t i = 0; i < axes.size(); ++i) {
    sources.push_back(input_term(importer, carried + i));
    const auto axis = sources[i] ? importer.axis(axes[i], sources[i].rank()) : std::nullopt;
    if (!axis) return;
    at_axis.push_back(*axis);
    if (sources[i].dim(*axis) != sources[0].dim(at_axis[0]))
      return importer.error(Code::T0305, "the scan inputs have different lengths");
  }
  const int64_t count = sources[0].dim(at_axis[0]);
  for (int64_t t = 0; t < count; ++t) {
    if (too_long(importer, t + 1)) return;
    std::vector<Value*> arguments = steps.carried;
    for (size_t i = 0; i < sources.size(); ++i) {
      Shape shape = sources[i].shape();
      shape.erase(shape.begin() + at_axis[i]);
      arguments.push_back(reshape(slice(sources[i], at_axis[i], ways[i] != 0 ? count - 1 - t : t, 1), shape).value);
    }
    const std::vector<Value*> results = importer.inline_body(*body, arguments);
    if (results.size() != body->outputs.size() || std::count(results.begin(), results.end(), nullptr) != 0) return;
    std::copy_n(results.begin(), carried, steps.carried.begin());
    for (size_t i = 0; i < steps.collected.size(); ++i) steps.collected[i].push_back({&importer, results[carried + i]});
  }
  set_outputs(importer, steps.carried);
  const std::vector<int64_t> out_axes = importer.integers("scan_output_axes", Shape(steps.collected.size(), 0));
  const std::vector<int64_t> out_ways = importer.integers("scan_output_directions", Shape(steps.collected.size(), 0));
  for (size_t i = 0; i < steps.collected.size(); ++i) {
    if (steps.collected[i].empty()) return importer.unsupported("a Scan without steps");
    if (i < out_ways.size() && out_ways[i] != 0) std::reverse(steps.collected[i].begin(), steps.collected[i].end());
    const Term all = stacked(importer, steps.collected[i], i < out_axes.size() ? out_axes[i] : 0);
    importer.set_output(carried + i, all.value);
  }
}

// Opset 8: a batch axis first; every entry is walked by itself, along the axis behind it.
void import_scan_8(OnnxImporter& importer) {
  const OnnxGraph* body = body_of(importer, "body");
  const int64_t walked = importer.integer("num_scan_inputs", 0);
  const auto inputs = static_cast<int64_t>(importer.input_count()) - 1;
  if (!body) return;
  if (importer.has_input(0)) return importer.unsupported("Scan of opset 8 with sequence_lens", "export with opset 9");
  if (walked < 1 || walked > inputs || static_cast<int64_t>(body->inputs.size()) != inputs)
    return importer.error(Code::T0302, "num_scan_inputs and the body's inputs do not fit the node");
  const auto carried = static_cast<size_t>(inputs - walked);
  const std::vector<int64_t> ways = importer.integers("directions", Shape(static_cast<size_t>(walked), 0));
  std::vector<Term> all;
  for (size_t i = 0; i < static_cast<size_t>(inputs); ++i) {
    all.push_back(input_term(importer, i + 1));
    if (!all.back()) return;
    const int least = i < carried ? 1 : 2;
    if (all.back().rank() < least || all.back().dim(0) != all[0].dim(0) ||
        (i > carried && all.back().dim(1) != all[carried].dim(1)))
      return importer.error(Code::T0305, "the inputs have different batches or lengths");
  }
  if (body->outputs.size() < carried || ways.size() != static_cast<size_t>(walked))
    return importer.error(Code::T0302, "the body's outputs or the directions do not fit the node");
  const int64_t count = all[carried].dim(1);
  std::vector<std::vector<Term>> batches(body->outputs.size());  // per output, by entry
  const auto part = [](Term x, int64_t at) {
    return reshape(slice(x, 0, at, 1), Shape(x.shape().begin() + 1, x.shape().end()));
  };
  for (int64_t b = 0; b < all[0].dim(0); ++b) {
    std::vector<Value*> state;
    std::vector<std::vector<Term>> collected(body->outputs.size() - carried);
    for (size_t i = 0; i < carried; ++i) state.push_back(part(all[i], b).value);
    for (int64_t t = 0; t < count; ++t) {
      if (too_long(importer, b * count + t + 1)) return;
      std::vector<Value*> arguments = state;
      for (size_t i = carried; i < all.size(); ++i)
        arguments.push_back(part(part(all[i], b), ways[i - carried] != 0 ? count - 1 - t : t).value);
      const std::vector<Value*> results = importer.inline_body(*body, arguments);
      if (results.size() != body->outputs.size() || std::count(results.begin(), results.end(), nullptr) != 0) return;
      std::copy_n(results.begin(), carried, state.begin());
      for (size_t i = 0; i < collected.size(); ++i) collected[i].push_back({&importer, results[carried + i]});
    }
    for (size_t i = 0; i < carried; ++i) batches[i].push_back({&importer, state[i]});
    for (size_t i = 0; i < collected.size(); ++i) {
      if (collected[i].empty()) return importer.unsupported("a Scan without steps");
      batches[carried + i].push_back(stacked(importer, collected[i], 0));
    }
  }
  for (size_t i = 0; i < batches.size(); ++i) {
    if (batches[i].empty()) return importer.unsupported("a Scan without a batch");
    importer.set_output(i, stacked(importer, batches[i], 0).value);
  }
}

constexpr OnnxRule kRules[] = {
    {"", "If", 1, kNewest, import_if},
    {"", "Loop", 1, kNewest, import_loop},
    {"", "Scan", 8, 8, import_scan_8},
    {"", "Scan", 9, kNewest, import_scan},
};

}  // namespace

std::span<const OnnxRule> control_rules() { return kRules; }

}  // namespace tinyc::ir
