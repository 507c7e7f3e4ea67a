// SPDX-License-Identifier: Apache-2.0
// Sequences and optionals inside a model. What they hold is known at import, so they cost nothing while running: a
// sequence is a list of values, an optional is what it holds.
#include <fmt/format.h>

#include "ir/onnx/formula.h"
#include "ir/onnx/rules.h"

namespace tinyc::ir {
namespace {

using Values = std::vector<Value*>;

const Values* sequence_input(OnnxImporter& importer, size_t index) {
  const Value* value = importer.input(index);
  if (!value) return nullptr;
  const Values* sequence = importer.sequence(value);
  if (!sequence) importer.error(Code::T0305, fmt::format("input {} must be a sequence", index));
  return sequence;
}

// A place in [0, limit), given by a constant input; negative ones count from the end of `size` tensors.
std::optional<size_t> position(OnnxImporter& importer, size_t index, size_t size, size_t limit) {
  const auto given = importer.required_integers(index, "the position in a sequence");
  if (!given) return std::nullopt;
  const auto count = static_cast<int64_t>(size);
  const int64_t at = given->size() != 1 ? INT64_MIN : given->front() < 0 ? given->front() + count : given->front();
  if (at >= 0 && at < static_cast<int64_t>(limit)) return static_cast<size_t>(at);
  importer.error(Code::T0307, fmt::format("position {} of a sequence of {} tensors",
                                          given->size() == 1 ? std::to_string(given->front()) : "list", size));
  return std::nullopt;
}

void import_construct(OnnxImporter& importer) {
  Values tensors;
  for (size_t i = 0; i < importer.input_count(); ++i) {
    if (!importer.input(i)) return;
    tensors.push_back(importer.input(i));
  }
  importer.set_output(0, importer.make_sequence(std::move(tensors)));
}

void import_at(OnnxImporter& importer) {
  const Values* sequence = sequence_input(importer, 0);
  if (!sequence) return;
  if (const auto at = position(importer, 1, sequence->size(), sequence->size()))
    importer.set_output(0, (*sequence)[*at]);
}

void import_insert(OnnxImporter& importer) {
  const Values* sequence = sequence_input(importer, 0);
  Value* tensor = importer.input(1);
  if (!sequence || !tensor) return;
  Values longer = *sequence;
  const size_t size = longer.size();
  const auto at = importer.has_input(2) ? position(importer, 2, size, size + 1) : size;
  if (!at) return;
  longer.insert(longer.begin() + static_cast<std::ptrdiff_t>(*at), tensor);
  importer.set_output(0, importer.make_sequence(std::move(longer)));
}

void import_erase(OnnxImporter& importer) {
  const Values* sequence = sequence_input(importer, 0);
  if (!sequence) return;
  Values shorter = *sequence;
  const size_t size = shorter.size();
  if (size == 0) return importer.error(Code::T0307, "the sequence is empty");
  const auto at = importer.has_input(1) ? position(importer, 1, size, size) : size - 1;
  if (!at) return;
  shorter.erase(shorter.begin() + static_cast<std::ptrdiff_t>(*at));
  importer.set_output(0, importer.make_sequence(std::move(shorter)));
}

void import_length(OnnxImporter& importer) {
  const Values* sequence = sequence_input(importer, 0);
  if (!sequence) return;
  importer.set_output(
      0, tensor_term(importer, Tensor::of_integers(Element::i64, {}, {static_cast<int64_t>(sequence->size())})).value);
}

void import_concat_from_sequence(OnnxImporter& importer) {
  const Values* sequence = sequence_input(importer, 0);
  if (!sequence) return;
  if (sequence->empty()) return importer.error(Code::T0305, "the sequence is empty");
  const bool stacks = importer.integer("new_axis", 0) != 0;
  const int rank = sequence->front()->type.rank();
  const auto axis = importer.axis(importer.integer("axis", 0), rank + (stacks ? 1 : 0));
  if (!axis) return;
  std::vector<Term> parts;
  for (Value* tensor : *sequence) {
    Term part{&importer, tensor};
    if (part.rank() != rank) return importer.error(Code::T0305, "the sequence's tensors differ in rank");
    Shape shape = part.shape();
    if (stacks) shape.insert(shape.begin() + *axis, 1);
    parts.push_back(reshape(part, shape));
  }
  importer.set_output(0, concat(std::move(parts), *axis).value);
}

// The sizes of the parts along an axis of that size; nothing after an error.
std::optional<std::vector<int64_t>> part_sizes(OnnxImporter& importer, int64_t whole) {
  std::vector<int64_t> sizes;
  if (!importer.has_input(1)) return std::vector<int64_t>(static_cast<size_t>(whole), 1);
  const auto given = importer.required_integers(1, "how the tensor is split");
  if (!given) return std::nullopt;
  const bool same = importer.input_type(1).rank() == 0;
  if (same && given->front() > 0) {
    for (int64_t left = whole; left > 0; left -= given->front()) sizes.push_back(std::min(left, given->front()));
    return sizes;
  }
  int64_t sum = 0;
  bool valid = !same;
  for (const int64_t size : *given) {
    valid = valid && size >= 0 && size <= whole - sum;
    if (valid) sum += size;
  }
  if (valid && sum == whole) return given;
  importer.error(Code::T0307, fmt::format("the parts do not make up the {} of the axis", whole));
  return std::nullopt;
}

void import_split_to_sequence(OnnxImporter& importer) {
  const Term x = input_term(importer, 0);
  const auto axis = x ? importer.axis(importer.integer("axis", 0), x.rank()) : std::nullopt;
  const auto sizes = axis ? part_sizes(importer, x.dim(*axis)) : std::nullopt;
  if (!sizes) return;
  const bool drops_axis = !importer.has_input(1) && importer.integer("keepdims", 1) == 0;
  Values parts;
  int64_t at = 0;
  for (const int64_t size : *sizes) {
    Term part = slice(x, *axis, at, size);
    at += size;
    Shape shape = part.shape();
    if (drops_axis && part) shape.erase(shape.begin() + *axis);
    part = reshape(part, shape);
    if (!part) return;
    parts.push_back(part.value);
  }
  importer.set_output(0, importer.make_sequence(std::move(parts)));
}

// The body once per tensor of the first input; further inputs are sequences of the same length, or tensors as they are.
void import_sequence_map(OnnxImporter& importer) {
  const OnnxAttribute* body = importer.attribute("body");
  if (!body || !body->graph) return importer.error(Code::T0302, "the graph body is missing");
  const Values* first = sequence_input(importer, 0);
  if (!first) return;
  std::vector<Values> results(body->graph->outputs.size());
  for (size_t at = 0; at < first->size(); ++at) {
    Values arguments;
    for (size_t i = 0; i < importer.input_count(); ++i) {
      Value* argument = importer.input(i);
      const Values* sequence = argument ? importer.sequence(argument) : nullptr;
      if (!argument || (sequence && sequence->size() != first->size()))
        return importer.error(Code::T0305, "the sequences differ in length");
      arguments.push_back(sequence ? (*sequence)[at] : argument);
    }
    const Values made = importer.inline_body(*body->graph, arguments);
    for (size_t i = 0; i < results.size(); ++i) {
      if (i >= made.size() || !made[i]) return;
      results[i].push_back(made[i]);
    }
  }
  for (size_t i = 0; i < results.size(); ++i) importer.set_output(i, importer.make_sequence(std::move(results[i])));
}

void import_optional(OnnxImporter& importer) {
  if (!importer.has_input(0)) return importer.unsupported("an optional that holds nothing");
  importer.set_output(0, importer.input(0));
}

void import_optional_get_element(OnnxImporter& importer) { importer.set_output(0, importer.input(0)); }

void import_optional_has_element(OnnxImporter& importer) {
  const bool there = importer.has_input(0);
  importer.set_output(0, tensor_term(importer, Tensor::of_integers(Element::b1, {}, {there ? 1 : 0})).value);
}

constexpr OnnxRule kRules[] = {
    {"", "ConcatFromSequence", 11, kNewest, import_concat_from_sequence},
    {"", "Optional", 15, kNewest, import_optional},
    {"", "OptionalGetElement", 15, kNewest, import_optional_get_element},
    {"", "OptionalHasElement", 15, kNewest, import_optional_has_element},
    {"", "SequenceAt", 11, kNewest, import_at},
    {"", "SequenceConstruct", 11, kNewest, import_construct},
    {"", "SequenceEmpty", 11, kNewest, import_construct},
    {"", "SequenceErase", 11, kNewest, import_erase},
    {"", "SequenceInsert", 11, kNewest, import_insert},
    {"", "SequenceLength", 11, kNewest, import_length},
    {"", "SequenceMap", 17, kNewest, import_sequence_map},
    {"", "SplitToSequence", 11, kNewest, import_split_to_sequence},
};

}  // namespace

std::span<const OnnxRule> container_rules() { return kRules; }

}  // namespace tinyc::ir
