// SPDX-License-Identifier: Apache-2.0
// Einsum: operands are brought to one order of letters and multiplied pair by pair; letters that nothing needs any more
// are summed, as part of a matrix product where both operands have them.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "ir/onnx/formula.h"
#include "ir/onnx/rules.h"

namespace tinyc::ir {
namespace {

// A term and a letter per axis. The axes of an ellipsis get digits, counted from the last.
struct Labelled {
  Term x;
  std::string letters;
};

bool has(const std::string& letters, char c) { return letters.find(c) != std::string::npos; }

std::string ellipsis(int count) {
  std::string digits;
  for (int i = count; i-- > 0;) digits += static_cast<char>('0' + i);
  return digits;
}

// Letters of one operand, with `rank` axes; nothing if they do not fit.
std::optional<std::string> expanded(const std::string& letters, int rank, int& widest) {
  const size_t dots = letters.find("...");
  if (dots == std::string::npos) {
    return static_cast<int>(letters.size()) == rank ? std::optional<std::string>(letters) : std::nullopt;
  }
  const int count = rank - static_cast<int>(letters.size() - 3);
  if (count < 0 || count > 9) return std::nullopt;
  widest = std::max(widest, count);
  return letters.substr(0, dots) + ellipsis(count) + letters.substr(dots + 3);
}

// Axes with the same letter become their diagonal.
Labelled without_repeats(Labelled a) {
  for (size_t i = 0; i < a.letters.size(); ++i) {
    const size_t twin = a.letters.find(a.letters[i], i + 1);
    if (twin == std::string::npos || !a.x) continue;
    const int64_t size = a.x.dim(static_cast<int>(i));
    std::vector<int64_t> perm;
    for (size_t d = 0; d < a.letters.size(); ++d) {
      if (d != i && d != twin) perm.push_back(static_cast<int64_t>(d));
    }
    perm.insert(perm.begin(), {static_cast<int64_t>(i), static_cast<int64_t>(twin)});
    Shape rest;
    std::string letters(1, a.letters[i]);
    for (size_t d = 2; d < perm.size(); ++d) {
      rest.push_back(a.x.dim(static_cast<int>(perm[d])));
      letters += a.letters[static_cast<size_t>(perm[d])];
    }
    Shape flat = rest;
    flat.insert(flat.begin(), size * size);
    std::vector<int64_t> places;
    for (int64_t k = 0; k < size; ++k) places.push_back(k * size + k);
    OnnxImporter& importer = *a.x.importer;
    a.x = gather(reshape(transpose(a.x, perm), flat), {&importer, importer.builder().integers(places)}, 0);
    a.letters = letters;
    i = static_cast<size_t>(-1);  // from the start: the letters moved
  }
  return a;
}

Labelled summed(Labelled a, const std::string& needed) {
  std::vector<int64_t> axes;
  Labelled kept{a.x, ""};
  Shape shape;
  for (size_t d = 0; d < a.letters.size(); ++d) {
    if (has(needed, a.letters[d])) {
      kept.letters += a.letters[d];
      shape.push_back(a.x.dim(static_cast<int>(d)));
    } else {
      axes.push_back(static_cast<int64_t>(d));
    }
  }
  kept.x = reshape(reduce("reduce_sum", a.x, axes), shape);
  return kept;
}

// Axes in the order of `letters`; axes the operand lacks are left out.
Term ordered(const Labelled& a, const std::string& letters) {
  std::vector<int64_t> perm;
  for (const char c : letters) {
    if (has(a.letters, c)) perm.push_back(static_cast<int64_t>(a.letters.find(c)));
  }
  return transpose(a.x, perm);
}

int64_t size_of(const Labelled& a, const Labelled& b, char c) {
  const int64_t in_a = has(a.letters, c) ? a.x.dim(static_cast<int>(a.letters.find(c))) : 1;
  return in_a != 1 || !has(b.letters, c) ? in_a : b.x.dim(static_cast<int>(b.letters.find(c)));
}

// The product of two, with the letters that `needed` asks for.
Labelled product(Labelled a, Labelled b, const std::string& needed) {
  a = summed(a, needed + b.letters);
  b = summed(b, needed + a.letters);
  std::string shared, contracted, only_a, only_b;
  for (const char c : a.letters) (has(b.letters, c) ? has(needed, c) ? shared : contracted : only_a) += c;
  for (const char c : b.letters) {
    if (!has(a.letters, c)) only_b += c;
  }
  const auto sizes = [&](const std::string& letters) {
    Shape shape;
    for (const char c : letters) shape.push_back(size_of(a, b, c));
    return shape;
  };
  const Shape batch = sizes(shared);
  const auto joined = [&](const Labelled& x, const std::string& rows, const std::string& columns) {
    Shape full = batch;
    for (const char c : rows + columns) full.push_back(size_of(a, b, c));
    Shape own;
    for (const char c : shared + rows + columns) own.push_back(x.x.dim(static_cast<int>(x.letters.find(c))));
    Shape flat = batch;
    flat.push_back(element_count(sizes(rows)));
    flat.push_back(element_count(sizes(columns)));
    return reshape(expand(reshape(ordered(x, shared + rows + columns), own), full), flat);
  };
  const Term left = joined(a, only_a, contracted);
  const Term right = joined(b, contracted, only_b);
  const Term y = contracted.empty() && only_b.empty() ? left * right : matmul(left, right);
  const std::string letters = shared + only_a + only_b;
  return {reshape(y, sizes(letters)), letters};
}

struct Equation {
  std::vector<std::string> operands;
  std::string result;
  bool explicit_result = false;
};

std::optional<Equation> parse(const std::string& text) {
  Equation equation;
  std::string* at = &equation.operands.emplace_back();
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == ' ') continue;
    if (c == ',' && !equation.explicit_result) {
      at = &equation.operands.emplace_back();
    } else if (c == '-' && i + 1 < text.size() && text[i + 1] == '>' && !equation.explicit_result) {
      equation.explicit_result = true;
      at = &equation.result;
      ++i;
    } else if (std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '.') {
      *at += c;
    } else {
      return std::nullopt;
    }
  }
  return equation;
}

// Without "->": the ellipsis, then all letters that occur once, sorted.
std::string implicit_result(const std::vector<Labelled>& operands, int widest) {
  std::map<char, int> counts;
  for (const Labelled& operand : operands) {
    for (const char c : operand.letters) ++counts[c];
  }
  std::string result = ellipsis(widest);
  for (const auto& [c, count] : counts) {
    if (count == 1 && std::isdigit(static_cast<unsigned char>(c)) == 0) result += c;
  }
  return result;
}

void import_einsum(OnnxImporter& importer) {
  const std::string text = importer.text("equation", "");
  const auto equation = parse(text);
  if (!equation || equation->operands.size() != importer.input_count() || importer.input_count() == 0)
    return importer.error(Code::T0307, "the equation '" + text + "' does not fit the inputs");
  std::vector<Labelled> operands;
  int widest = 0;
  for (size_t i = 0; i < equation->operands.size(); ++i) {
    const Term x = input_term(importer, i);
    if (!x) return;
    const auto letters = expanded(equation->operands[i], x.rank(), widest);
    if (!letters)
      return importer.error(Code::T0305,
                            fmt::format("'{}' does not fit {}", equation->operands[i], shape_text(x.shape())));
    operands.push_back(without_repeats({x, *letters}));
  }
  std::string result = equation->result;
  if (!equation->explicit_result) {
    result = implicit_result(operands, widest);
  } else if (const size_t dots = result.find("..."); dots != std::string::npos) {
    result = result.substr(0, dots) + ellipsis(widest) + result.substr(dots + 3);
  }
  Labelled total = operands[0];
  for (size_t i = 1; i < operands.size(); ++i) {
    std::string needed = result;
    for (size_t k = i + 1; k < operands.size(); ++k) needed += operands[k].letters;
    if (!total.x || !operands[i].x) return;
    total = product(total, operands[i], needed);
  }
  total = summed(total, result);
  std::string have = total.letters, want = result;
  std::sort(have.begin(), have.end());
  std::sort(want.begin(), want.end());
  if (have != want) return importer.error(Code::T0307, "the equation '" + text + "' asks for letters it does not have");
  importer.set_output(0, ordered(total, result).value);
}

constexpr OnnxRule kRules[] = {
    {"", "Einsum", 12, kNewest, import_einsum},
};

}  // namespace

std::span<const OnnxRule> einsum_rules() { return kRules; }

}  // namespace tinyc::ir
