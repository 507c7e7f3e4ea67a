// SPDX-License-Identifier: Apache-2.0
// Operators that compare positions with numbers, or gather by computed positions.
#include <fmt/format.h>

#include <algorithm>

#include "ir/onnx/formula.h"
#include "ir/onnx/rules.h"

namespace tinyc::ir {
namespace {

// Keeps the part of matrices on one side of the diagonal k.
void import_trilu(OnnxImporter& importer) {
  const Term x = input_term(importer, 0);
  if (!x) return;
  if (x.rank() < 2) return importer.error(Code::T0305, "needs an input of rank 2 or more");
  Term diagonal = optional_term(importer, 1);
  diagonal = diagonal ? reshape(cast(diagonal, Element::i64), {})
                      : tensor_term(importer, Tensor::of_integers(Element::i64, {}, {0}));
  const Term distance = counting(importer, x.dim(-1), 1, 2) - counting(importer, x.dim(-2), 0, 2);
  const bool upper = importer.integer("upper", 1) != 0;
  const Term kept = apply(upper ? "greater_or_equal" : "less_or_equal", {distance, diagonal});
  importer.set_output(0, select(kept, x, number_like(x, 0)).value);
}

// 1 where the largest element along the axis stands, the first of equals. Before opset 13 as Softmax was.
void import_hardmax(OnnxImporter& importer) {
  const Term given = input_term(importer, 0);
  if (!given) return;
  const bool flattens = importer.opset() < 13;
  const auto axis = importer.axis(importer.integer("axis", flattens ? 1 : -1), given.rank());
  if (!axis) return;
  const Term x = flattens ? reshape(given, flattened_at(given.shape(), *axis)) : given;
  const int at = flattens ? 1 : *axis;
  const Term best = argument_of_max(x, at);
  const Term marked = apply("equal", {counting(importer, x.dim(at), at, x.rank()), best});
  importer.set_output(0, reshape(cast(marked, x.element()), given.shape()).value);
}

void import_one_hot(OnnxImporter& importer) {
  Term indices = input_term(importer, 0);
  const Tensor* depth = importer.required_constant(1, "the depth");
  const Term values = input_term(importer, 2);
  if (!indices || !depth || !values) return;
  if (depth->size() != 1 || depth->integer(0) < 0 || element_count(values.shape()) != 2)
    return importer.error(Code::T0305, "needs a depth and two values");
  const int64_t count = depth->integer(0);
  const auto axis = importer.axis(importer.integer("axis", -1), indices.rank() + 1);
  if (!axis) return;
  indices = from_the_end(cast(indices, Element::i64), count);
  Shape shape = indices.shape();
  shape.insert(shape.begin() + *axis, 1);
  const Term hit = apply("equal", {reshape(indices, shape), counting(importer, count, *axis, indices.rank() + 1)});
  const Term off = reshape(slice(values, 0, 0, 1), {});
  const Term on = reshape(slice(values, 0, 1, 1), {});
  importer.set_output(0, select(hit, on, off).value);
}

// Each last-axis row of the indices names a slice of the data; `batch_dims` leading axes are shared.
void import_gather_nd(OnnxImporter& importer) {
  const Term x = input_term(importer, 0);
  const Term indices = input_term(importer, 1);
  if (!x || !indices) return;
  const auto shared = static_cast<int>(importer.integer("batch_dims", 0));
  const auto named = static_cast<int>(indices.dim(-1));
  if (indices.rank() < 1 || shared < 0 || shared >= std::max(indices.rank(), 1) || named < 1 ||
      shared + named > x.rank())
    return importer.error(Code::T0305, fmt::format("indices {} into {} after {} axes", shape_text(indices.shape()),
                                                   shape_text(x.shape()), shared));
  const Shape& s = x.shape();
  Shape result(indices.shape().begin(), indices.shape().end() - 1);
  result.insert(result.end(), s.begin() + shared + named, s.end());
  const Term position = flat_position(indices, x.shape(), shared);
  const Shape split = flattened_at(s, shared + named);
  importer.set_output(0, reshape(gather(reshape(x, split), position, 0), result).value);
}

// Crops or pads the middle of axes to given sizes.
void import_center_crop_pad(OnnxImporter& importer) {
  Term x = input_term(importer, 0);
  const auto wanted = importer.required_integers(1, "the shape");
  if (!x || !wanted) return;
  std::vector<int64_t> axes = importer.integers("axes");
  if (axes.empty()) {
    for (int d = 0; d < x.rank(); ++d) axes.push_back(d);
  }
  if (axes.size() != wanted->size()) return importer.error(Code::T0305, "shape and axes have different lengths");
  Shape pads(x.shape().size() * 2, 0);
  for (size_t i = 0; i < axes.size(); ++i) {
    const auto axis = importer.axis(axes[i], x.rank());
    if (!axis || (*wanted)[i] < 0) return;
    const int64_t have = x.dim(*axis), want = (*wanted)[i];
    if (have > want) x = slice(x, *axis, (have - want) / 2, want);
    if (have < want) {
      pads[static_cast<size_t>(*axis)] = (want - have) / 2;
      pads[static_cast<size_t>(*axis + x.rank())] = (want - have) - (want - have) / 2;
    }
  }
  const bool none = std::all_of(pads.begin(), pads.end(), [](int64_t pad) { return pad == 0; });
  importer.set_output(0, (none ? x : apply("pad", {x}, {{"pads", pads}})).value);
}

// The first `length` steps of every batch entry backwards.
void import_reverse_sequence(OnnxImporter& importer) {
  const Term x = input_term(importer, 0);
  const Term lengths = input_term(importer, 1);
  if (!x || !lengths) return;
  const int64_t time = importer.integer("time_axis", 0), batch = importer.integer("batch_axis", 1);
  if (x.rank() < 2 || time + batch != 1 || time * batch != 0)
    return importer.error(Code::T0307, fmt::format("time_axis {} and batch_axis {}", time, batch),
                          "0 and 1, or 1 and 0");
  std::vector<int64_t> perm;
  for (int d = 0; d < x.rank(); ++d) perm.push_back(d);
  if (time == 0) std::swap(perm[0], perm[1]);
  const Term entries = transpose(x, perm);  // [batch, time, ...]
  const int64_t steps = entries.dim(1);
  const Term step = counting(importer, steps, 1, 2);
  const Term length = reshape(cast(lengths, Element::i64), {entries.dim(0), 1});
  const Term from = select(apply("less", {step, length}), length - step - 1.0, step);
  const Term row = from + counting(importer, entries.dim(0), 0, 2) * static_cast<double>(steps);
  const Term rows = reshape(entries, flattened_at(entries.shape(), 2));
  importer.set_output(0, transpose(reshape(gather(rows, row, 0), entries.shape()), perm).value);
}

// Slices where the condition holds; their number must be known.
void import_compress(OnnxImporter& importer) {
  Term x = input_term(importer, 0);
  const Tensor* condition = importer.required_constant(1, "the condition");
  if (!x || !condition) return;
  int axis = 0;
  if (importer.has_attribute("axis")) {
    const auto given = importer.axis(importer.integer("axis", 0), x.rank());
    if (!given) return;
    axis = *given;
  } else {
    x = reshape(x, {element_count(x.shape())});
  }
  std::vector<int64_t> kept;
  for (int64_t i = 0; i < condition->size() && i < x.dim(axis); ++i) {
    if (condition->integer(i) != 0) kept.push_back(i);
  }
  importer.set_output(0, gather(x, {&importer, importer.builder().integers(kept)}, axis).value);
}

// ONNX's order: row by row. What the model computes gets room for every element.
void import_non_zero(OnnxImporter& importer) {
  if (!importer.input(0)) return;
  const Tensor* x = importer.constant(0);
  if (!x) {
    importer.note("the result has a column for every element; columns after the last place hold -1");
    return importer.emit("non_zero", {importer.input(0)});
  }
  const Shape strides = strides_of(x->shape());
  std::vector<int64_t> found;
  for (int64_t i = 0; i < x->size(); ++i) {
    if (x->real(i) != 0) found.push_back(i);
  }
  Tensor y(Element::i64, {static_cast<int64_t>(strides.size()), static_cast<int64_t>(found.size())});
  for (size_t d = 0; d < strides.size(); ++d) {
    for (size_t i = 0; i < found.size(); ++i)
      y.set_integer(static_cast<int64_t>(d * found.size() + i), found[i] / strides[d] % x->shape()[d]);
  }
  importer.set_output(0, tensor_term(importer, std::move(y)).value);
}

// Counts n-grams of integers. Each is a chain of comparisons of shifted copies of the input.
struct Vocabulary {
  std::vector<int64_t> pool, starts, places;
  int64_t min_length, max_length, max_skip;
};

// Occurrences of the n-grams of one length, [rows, n-grams].
Term occurrences(OnnxImporter& importer, Term x, const Vocabulary& words, int64_t length, int64_t first,
                 int64_t count) {
  Term sum;
  const int64_t skips = length == 1 ? 0 : words.max_skip;
  for (int64_t skip = 0; skip <= skips; ++skip) {
    const int64_t places = x.dim(1) - (length - 1) * (skip + 1);
    if (places < 1) continue;
    Term match;
    for (int64_t i = 0; i < length; ++i) {
      Tensor wanted(x.element(), {1, 1, count});
      for (int64_t g = 0; g < count; ++g)
        wanted.set_integer(g, words.pool[static_cast<size_t>(first + g * length + i)]);
      const Term shifted = reshape(slice(x, 1, i * (skip + 1), places), {x.dim(0), places, 1});
      const Term same = apply("equal", {shifted, tensor_term(importer, std::move(wanted))});
      match = i == 0 ? same : apply("logical_and", {match, same});
    }
    const Term counted = reduce("reduce_sum", cast(match, Element::f32), {1});
    sum = sum ? sum + counted : counted;
  }
  return sum ? reshape(sum, {x.dim(0), count}) : tensor_term(importer, Tensor(Element::f32, {x.dim(0), count}));
}

void import_tf_idf_vectorizer(OnnxImporter& importer) {
  const Term given = input_term(importer, 0);
  if (!given) return;
  const Vocabulary words{importer.integers("pool_int64s"),       importer.integers("ngram_counts"),
                         importer.integers("ngram_indexes"),     importer.integer("min_gram_length", 1),
                         importer.integer("max_gram_length", 1), importer.integer("max_skip_count", 0)};
  if (importer.has_attribute("pool_strings")) return importer.unsupported("TfIdfVectorizer of strings");
  const Term x = given.rank() == 1 ? reshape(given, {1, given.dim(0)}) : given;
  if (x.rank() != 2 || words.min_length < 1 || words.max_skip < 0 || words.max_skip > 64 ||
      words.max_length > static_cast<int64_t>(words.starts.size()))
    return importer.error(Code::T0307, "needs a vocabulary with n-grams of the lengths asked for");
  std::vector<Term> counts;
  int64_t gram = 0;
  std::vector<int64_t> source(words.places.size(), -1);  // column of the joined counts by result column
  int64_t column = 0;
  for (size_t n = 1; n <= words.starts.size(); ++n) {
    const int64_t first = words.starts[n - 1];
    const int64_t last = n < words.starts.size() ? words.starts[n] : static_cast<int64_t>(words.pool.size());
    const auto length = static_cast<int64_t>(n);
    if (first < 0 || last < first || last > static_cast<int64_t>(words.pool.size()) || (last - first) % length != 0)
      return importer.error(Code::T0307, "ngram_counts do not fit the pool");
    const int64_t count = (last - first) / length;
    const bool used = length >= words.min_length && length <= words.max_length && count > 0;
    for (int64_t g = 0; g < count; ++g, ++gram) {
      if (gram >= static_cast<int64_t>(words.places.size()))
        return importer.error(Code::T0307, "ngram_indexes end early");
      const int64_t place = words.places[static_cast<size_t>(gram)];
      if (place < 0 || place >= static_cast<int64_t>(source.size()))
        return importer.error(Code::T0307, fmt::format("ngram_indexes holds {}", place));
      if (used) source[static_cast<size_t>(place)] = column++;
    }
    if (used) counts.push_back(occurrences(importer, x, words, length, first, count));
  }
  counts.push_back(tensor_term(importer, Tensor(Element::f32, {x.dim(0), 1})));
  for (int64_t& at : source) at = at < 0 ? column : at;
  Term y = gather(concat(counts, 1), {&importer, importer.builder().integers(source)}, 1);
  const std::string mode = importer.text("mode", "TF");
  const std::vector<double> weights = importer.reals("weights");
  if (mode == "IDF") y = cast(apply("greater", {y, number_like(y, 0)}), Element::f32);
  if (mode != "TF" && !weights.empty()) {
    // weights follow the order of the n-grams, as the places do
    std::vector<double> placed(words.places.size(), 1);
    for (size_t i = 0; i < words.places.size() && i < weights.size(); ++i)
      placed[static_cast<size_t>(words.places[i])] = weights[i];
    y = y * tensor_term(importer, Tensor::of_reals(Element::f32, {static_cast<int64_t>(placed.size())}, placed));
  }
  importer.set_output(0, given.rank() == 1 ? reshape(y, {y.dim(1)}).value : y.value);
}

constexpr OnnxRule kRules[] = {
    {"", "CenterCropPad", 18, kNewest, import_center_crop_pad},
    {"", "Compress", 9, kNewest, import_compress},
    {"", "GatherND", 11, kNewest, import_gather_nd},
    {"", "Hardmax", 1, kNewest, import_hardmax},
    {"", "NonZero", 9, kNewest, import_non_zero},
    {"", "OneHot", 9, kNewest, import_one_hot},
    {"", "ReverseSequence", 10, kNewest, import_reverse_sequence},
    {"", "TfIdfVectorizer", 9, kNewest, import_tf_idf_vectorizer},
    {"", "Trilu", 14, kNewest, import_trilu},
};

}  // namespace

Term flat_position(Term indices, const Shape& shape, int shared) {
  const auto named = static_cast<int>(indices.dim(-1));
  const Shape strides = strides_of(Shape(shape.begin() + shared, shape.begin() + shared + named));
  Term position;
  Shape rows(indices.shape().begin(), indices.shape().end() - 1);
  for (int k = 0; k < named; ++k) {
    const Term index = cast(reshape(slice(indices, -1, k, 1), rows), Element::i64);
    const Term step = from_the_end(index, shape[static_cast<size_t>(shared + k)]) *
                      static_cast<double>(strides[static_cast<size_t>(k)]);
    position = k == 0 ? step : position + step;
  }
  int64_t size = element_count(Shape(shape.begin() + shared, shape.begin() + shared + named));
  for (int d = shared; d-- > 0; size *= shape[static_cast<size_t>(d)])
    position = position + counting(*indices.importer, shape[static_cast<size_t>(d)], d, static_cast<int>(rows.size())) *
                              static_cast<double>(size);
  return position;
}

std::span<const OnnxRule> index_rules() { return kRules; }

}  // namespace tinyc::ir
