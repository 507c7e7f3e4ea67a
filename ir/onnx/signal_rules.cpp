// SPDX-License-Identifier: Apache-2.0
// Fourier transforms as products with constant matrices, and the tables that go with them.
#include <fmt/format.h>

#include <cmath>

#include "ir/onnx/formula.h"
#include "ir/onnx/rules.h"

namespace tinyc::ir {
namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr int64_t kLongest = 1 << 20;

// cos and sin of 2 pi * row * column / length, in double, row and column reduced first.
Term waves(OnnxImporter& importer, Element element, int64_t rows, int64_t columns, int64_t length, bool sine) {
  Tensor table(element, {rows, columns});
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t c = 0; c < columns; ++c) {
      const double angle = 2 * kPi * static_cast<double>(r * c % length) / static_cast<double>(length);
      table.set_real(r * columns + c, sine ? std::sin(angle) : std::cos(angle));
    }
  }
  return tensor_term(importer, std::move(table));
}

struct Transform {
  int64_t length;   // of the transform
  int64_t results;  // bins that are given
  bool inverse = false;
  bool real_result = false;  // only the real part is given
};

// x [..., n, 1 or 2] along its second last axis; window [n] or absent. The result is [..., results, 1 or 2].
Term transformed(Term x, Term window, const Transform& t) {
  OnnxImporter& importer = *x.importer;
  const int64_t used = std::min(x.dim(-2), t.length);
  x = slice(x, -2, 0, used);
  Term cosine = waves(importer, x.element(), used, t.results, t.length, false);
  Term sine = waves(importer, x.element(), used, t.results, t.length, true);
  if (window) {
    const Term column = reshape(slice(cast(window, x.element()), 0, 0, used), {used, 1});
    cosine = cosine * column;
    sine = sine * column;
  }
  if (t.inverse) {
    cosine = cosine / static_cast<double>(t.length);
    sine = sine / static_cast<double>(t.length);
  }
  Shape line(x.shape().begin(), x.shape().end() - 1);
  const Term re = reshape(slice(x, -1, 0, 1), line);
  Term real = matmul(re, cosine);
  Term imaginary = matmul(re, sine);  // of exp(+i ...); the forward transform has the other sign
  if (!t.inverse) imaginary = number_like(imaginary, 0) - imaginary;
  if (x.dim(-1) == 2) {
    const Term im = reshape(slice(x, -1, 1, 1), line);
    const Term crossed = matmul(im, sine);
    real = t.inverse ? real - crossed : real + crossed;
    imaginary = imaginary + matmul(im, cosine);
  }
  Shape part = real.shape();
  part.push_back(1);
  return t.real_result ? reshape(real, part) : concat({reshape(real, part), reshape(imaginary, part)}, -1);
}

// The whole spectrum from its first half: bins n - k are the conjugates of bins k.
Term mirrored(Term x, int64_t length) {
  const int64_t have = x.dim(-2);
  const int64_t missing = length - have;
  if (missing <= 0) return slice(x, -2, 0, length);
  const Term back = slice(x, -2, length - have, missing, -1);
  const Term tail = concat({slice(back, -1, 0, 1), number_like(back, 0) - slice(back, -1, 1, 1)}, -1);
  return concat({x, tail}, -2);
}

std::optional<int64_t> known_length(OnnxImporter& importer, size_t index, std::string_view what) {
  const Tensor* given = importer.required_constant(index, what);
  if (!given) return std::nullopt;
  if (given->size() == 1 && given->integer(0) >= 1 && given->integer(0) <= kLongest) return given->integer(0);
  importer.error(Code::T0307, fmt::format("{} must be one number from 1 to {}", what, kLongest));
  return std::nullopt;
}

// Until opset 19 the axis was an attribute.
void import_dft(OnnxImporter& importer) {
  Term x = input_term(importer, 0);
  if (!x) return;
  int64_t wanted = importer.opset() < 20 ? importer.integer("axis", 1) : -2;
  if (importer.opset() >= 20 && importer.has_input(2)) {
    const Tensor* given = importer.required_constant(2, "the axis");
    if (!given || given->size() != 1) return;
    wanted = given->integer(0);
  }
  const auto axis = importer.axis(wanted, x.rank());
  if (!axis) return;
  if (x.rank() < 2 || *axis == x.rank() - 1 || x.dim(-1) < 1 || x.dim(-1) > 2)
    return importer.error(Code::T0305, "needs an input [..., 1 or 2] and another axis than the last");
  std::vector<int64_t> perm;
  for (int d = 0; d < x.rank(); ++d) perm.push_back(d);
  std::swap(perm[static_cast<size_t>(*axis)], perm[perm.size() - 2]);
  x = transpose(x, perm);
  const bool inverse = importer.integer("inverse", 0) != 0;
  const bool onesided = importer.integer("onesided", 0) != 0;
  const bool back_to_real = inverse && onesided;
  int64_t length = back_to_real ? (x.dim(-2) - 1) * 2 : x.dim(-2);
  if (importer.has_input(1)) {
    const auto given = known_length(importer, 1, "dft_length");
    if (!given) return;
    length = *given;
  }
  if (length < 1 || length > kLongest) return importer.error(Code::T0305, "there is nothing to transform");
  if (back_to_real) x = mirrored(x, length);
  const Transform transform{length, onesided && !inverse ? length / 2 + 1 : length, inverse, back_to_real};
  importer.set_output(0, transpose(transformed(x, {&importer}, transform), perm).value);
}

// Frames of the signal, each transformed.
void import_stft(OnnxImporter& importer) {
  Term x = input_term(importer, 0);
  const auto step = known_length(importer, 1, "frame_step");
  const Term window = optional_term(importer, 2);
  if (!x || !step) return;
  if (x.rank() == 2) x = reshape(x, {x.dim(0), x.dim(1), 1});
  int64_t length = window ? window.dim(0) : 0;
  if (importer.has_input(3)) {
    const auto given = known_length(importer, 3, "frame_length");
    if (!given) return;
    length = *given;
  }
  if (x.rank() != 3 || length < 1 || x.dim(1) < length || (window && window.shape() != Shape{length}))
    return importer.error(Code::T0305, fmt::format("frames of {} of a signal {}", length, shape_text(x.shape())));
  const int64_t frames = (x.dim(1) - length) / *step + 1;
  Tensor places(Element::i64, {frames, length});
  for (int64_t i = 0; i < places.size(); ++i) places.set_integer(i, i / length * *step + i % length);
  const Term framed = gather(x, tensor_term(importer, std::move(places)), 1);
  const bool onesided = importer.integer("onesided", 1) != 0;
  importer.set_output(0, transformed(framed, window, {length, onesided ? length / 2 + 1 : length}).value);
}

// a0 - a1 cos(2 pi n / N) + a2 cos(4 pi n / N), N = size or size - 1.
void make_window(OnnxImporter& importer, double a0, double a1, double a2) {
  const Tensor* given = importer.required_constant(0, "the size");
  const auto element = importer.element("output_datatype", Element::f32);
  if (!given || !element) return;
  if (given->size() != 1 || given->integer(0) < 0 || given->integer(0) > kLongest)
    return importer.error(Code::T0307, "the size must be one number, not negative");
  const int64_t size = given->integer(0);
  const bool periodic = importer.integer("periodic", 1) != 0;
  const auto period = static_cast<double>(periodic ? size : std::max<int64_t>(size - 1, 1));
  Tensor window(*element, {size});
  for (int64_t n = 0; n < size; ++n) {
    const double phase = 2 * kPi * static_cast<double>(n) / period;
    window.set_real(n, a0 - a1 * std::cos(phase) + a2 * std::cos(2 * phase));
  }
  importer.set_output(0, tensor_term(importer, std::move(window)).value);
}

void import_hann_window(OnnxImporter& importer) { make_window(importer, 0.5, 0.5, 0); }
void import_hamming_window(OnnxImporter& importer) { make_window(importer, 25.0 / 46, 1 - 25.0 / 46, 0); }
void import_blackman_window(OnnxImporter& importer) { make_window(importer, 0.42, 0.5, 0.08); }

// Triangles that sum the bins of a spectrum into bands evenly spaced in mel = 2595 log10(1 + f / 700).
void import_mel_weight_matrix(OnnxImporter& importer) {
  double given[5];
  for (size_t i = 0; i < 5; ++i) {
    const Tensor* value = importer.required_constant(i, "a parameter of the mel weights");
    if (!value) return;
    if (value->size() != 1) return importer.error(Code::T0305, "the parameters must be scalars");
    given[i] = value->real(0);
  }
  const auto element = importer.element("output_datatype", Element::f32);
  if (!element) return;
  const auto bands = static_cast<int64_t>(given[0]);
  const auto length = static_cast<int64_t>(given[1]);
  if (bands < 1 || length < 1 || bands > kLongest || length > kLongest || given[2] <= 0 ||
      bands * (length / 2 + 1) > (int64_t{1} << 24))
    return importer.error(Code::T0307, "the mel weights need at least one band, a length and a rate");
  const auto mel = [](double hertz) { return 2595 * std::log10(1 + hertz / 700); };
  const double low = mel(given[3]), step = (mel(given[4]) - low) / static_cast<double>(bands + 2);
  std::vector<int64_t> edges;
  for (int64_t i = 0; i < bands + 2; ++i) {
    const double hertz = 700 * (std::pow(10, (low + static_cast<double>(i) * step) / 2595) - 1);
    edges.push_back(static_cast<int64_t>(std::floor(static_cast<double>(length + 1) * hertz / given[2])));
  }
  const int64_t bins = length / 2 + 1;
  Tensor weights(*element, {bins, bands});
  for (int64_t band = 0; band < bands; ++band) {
    const auto at = static_cast<size_t>(band);
    const int64_t first = edges[at], centre = edges[at + 1], last = edges[at + 2];
    for (int64_t bin = std::max<int64_t>(first, 0); bin < std::min(last, bins); ++bin) {
      const double rise = centre == first ? 1 : static_cast<double>(bin - first) / static_cast<double>(centre - first);
      const double fall = static_cast<double>(last - bin) / static_cast<double>(last - centre);
      weights.set_real(bin * bands + band, bin < centre || (bin == centre && centre == first) ? rise : fall);
    }
    if (centre >= 0 && centre < bins) weights.set_real(centre * bands + band, 1);
  }
  importer.set_output(0, tensor_term(importer, std::move(weights)).value);
}

constexpr OnnxRule kRules[] = {
    {"", "BlackmanWindow", 17, kNewest, import_blackman_window},    {"", "DFT", 17, kNewest, import_dft},
    {"", "HammingWindow", 17, kNewest, import_hamming_window},      {"", "HannWindow", 17, kNewest, import_hann_window},
    {"", "MelWeightMatrix", 17, kNewest, import_mel_weight_matrix}, {"", "STFT", 17, kNewest, import_stft},
};

}  // namespace

std::span<const OnnxRule> signal_rules() { return kRules; }

}  // namespace tinyc::ir
