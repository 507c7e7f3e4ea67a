// SPDX-License-Identifier: Apache-2.0
// Attributes of operators: a typed value under a name. Which names exist, their kinds and defaults is said by the
// OpDef.
#pragma once

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "ir/tensor.h"

namespace tinyc::ir {

enum class AttributeKind : uint8_t { flag, integer, real, text, integers, reals, texts, element, tensor };

// Same order as AttributeKind.
using Attribute = std::variant<bool, int64_t, double, std::string, std::vector<int64_t>, std::vector<double>,
                               std::vector<std::string>, Element, Tensor>;

inline AttributeKind kind_of(const Attribute& value) { return static_cast<AttributeKind>(value.index()); }
std::string_view attribute_kind_name(AttributeKind kind);

// Ordered, so that printing is deterministic.
using Attributes = std::map<std::string, Attribute, std::less<>>;

}  // namespace tinyc::ir
