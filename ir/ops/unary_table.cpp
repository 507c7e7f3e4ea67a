// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/unary_table.h"

#include <cmath>
#include <map>
#include <tuple>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {

// docs/numerics.md "functions of one variable", without the last rounding.
std::optional<FunctionTable> make_table(const Op& op) {
  const Type& in = op.operand_type(0);
  const Quantization& from = *in.quant;
  const Quantization& to = *op.result_type().quant;
  const std::vector<double> args = real_attributes(op);
  const auto exact = [&](int64_t operand) {
    const auto centred = static_cast<double>(operand + lowest(in.element) - from.zero_point());
    const double y = op.def->scalar(static_cast<double>(static_cast<float>(from.scale() * centred)), args);
    return (std::isnan(y) ? 0 : y / to.scale()) + static_cast<double>(to.zero_point());
  };
  return function_table(exact, op.result_type().element);
}

}  // namespace

const FunctionTable* unary_table(const Op& op) {
  const Type& in = op.operand_type(0);
  const Type& out = op.result_type();
  if (!op.def->scalar || !in.quantized() || !out.quantized() || element_bits(in.element) != 16) return nullptr;
  using Key = std::tuple<std::string, std::vector<double>, Element, double, int64_t, Element, double, int64_t>;
  static std::map<Key, std::optional<FunctionTable>> tables;
  const Key key{op.name(),          real_attributes(op),    in.element,
                in.quant->scale(),  in.quant->zero_point(), out.element,
                out.quant->scale(), out.quant->zero_point()};
  auto found = tables.find(key);
  if (found == tables.end()) found = tables.emplace(key, make_table(op)).first;
  return found->second ? &*found->second : nullptr;
}

}  // namespace tinyc::ir
