// SPDX-License-Identifier: Apache-2.0
// In which order the elements of a value lie in memory, and the other order a value may be kept in. Part of
// assign_layout.
#pragma once

#include <optional>
#include <vector>

#include "ir/type.h"

namespace tinyc {

using Permutation = std::vector<int64_t>;
Permutation inverse(const Permutation& perm);
Permutation composed(const Permutation& first, const Permutation& second);  // of two transposes in a row
bool is_identity(const Permutation& perm);
// Whether a transpose leaves every element where it is: only axes of size 1 move.
bool keeps_order(const ir::Shape& shape, const Permutation& perm);

// An axis as a walk over memory: `extent` steps of `stride` elements. A list of them, outermost first, is an order.
struct Walk {
  int64_t extent;
  int64_t stride;
  bool operator==(const Walk&) const = default;
};
using Order = std::vector<Walk>;
Order row_major(const ir::Shape& shape);
Order permuted(const Order& order, const Permutation& perm);
// Whether both visit the same elements in the same sequence.
bool same_order(const Order& a, const Order& b);
// The permutation of `axes` that visits elements as `wanted` does, if there is one.
std::optional<Permutation> permutation_for(const Order& axes, const Order& wanted);

// How a value may be kept instead of as it stands in the graph.
struct Storage {
  enum class Kind : uint8_t {
    as_is,
    axes,     // transposed by perm
    columns,  // the last axis seen as axes `inner`, and those transposed by perm
  };
  Kind kind = Kind::as_is;
  Permutation perm = {};
  ir::Shape inner = {};
  bool operator==(const Storage&) const = default;
};
Order stored_order(const Order& axes, const Storage& storage);
ir::Type stored_type(const ir::Type& type, const Storage& storage);
// Whether storing so moves no element.
bool moves_nothing(const ir::Shape& shape, const Storage& storage);

}  // namespace tinyc
