// SPDX-License-Identifier: Apache-2.0
#include "passes/layout_order.h"

#include "ir/ops/quantization.h"

#include <algorithm>

namespace tinyc {

Permutation inverse(const Permutation& perm) {
  Permutation result(perm.size());
  for (size_t i = 0; i < perm.size(); ++i) result[static_cast<size_t>(perm[i])] = static_cast<int64_t>(i);
  return result;
}

Permutation composed(const Permutation& first, const Permutation& second) {
  Permutation result;
  for (const int64_t axis : second) result.push_back(first[static_cast<size_t>(axis)]);
  return result;
}

bool is_identity(const Permutation& perm) { return std::is_sorted(perm.begin(), perm.end()); }

bool keeps_order(const ir::Shape& shape, const Permutation& perm) {
  return same_order(row_major(shape), permuted(row_major(shape), perm));
}

Order row_major(const ir::Shape& shape) {
  const ir::Shape strides = ir::strides_of(shape);
  Order order;
  for (size_t i = 0; i < shape.size(); ++i) order.push_back({shape[i], strides[i]});
  return order;
}

Order permuted(const Order& order, const Permutation& perm) {
  Order result;
  for (const int64_t axis : perm) result.push_back(order[static_cast<size_t>(axis)]);
  return result;
}

namespace {

// Axes of size 1 left out, neighbours that are one walk joined: equal orders look equal then.
Order normalized(const Order& order) {
  Order result;
  for (const Walk& walk : order) {
    if (walk.extent == 1) continue;
    if (!result.empty() && result.back().stride == walk.extent * walk.stride) {
      result.back() = {result.back().extent * walk.extent, walk.stride};
    } else {
      result.push_back(walk);
    }
  }
  return result;
}

}  // namespace

bool same_order(const Order& a, const Order& b) { return normalized(a) == normalized(b); }

std::optional<Permutation> permutation_for(const Order& axes, const Order& wanted) {
  Permutation from_inside;
  std::vector<bool> used(axes.size(), false);
  const Order walks = normalized(wanted);
  for (auto walk = walks.rbegin(); walk != walks.rend(); ++walk) {
    auto [left, stride] = *walk;
    while (left > 1) {
      size_t i = 0;
      while (i < axes.size() && (used[i] || axes[i].extent <= 1 || axes[i].stride != stride)) ++i;
      if (i == axes.size() || left % axes[i].extent != 0) return std::nullopt;
      used[i] = true;
      from_inside.push_back(static_cast<int64_t>(i));
      left /= axes[i].extent;
      stride *= axes[i].extent;
    }
  }
  Permutation perm;
  for (size_t i = 0; i < axes.size(); ++i) {
    if (!used[i]) perm.push_back(static_cast<int64_t>(i));
  }
  perm.insert(perm.end(), from_inside.rbegin(), from_inside.rend());
  return perm;
}

Order stored_order(const Order& axes, const Storage& storage) {
  if (storage.kind == Storage::Kind::as_is) return axes;
  if (storage.kind == Storage::Kind::axes) return permuted(axes, storage.perm);
  Order order(axes.begin(), axes.end() - 1);
  Order inner = row_major(storage.inner);
  for (Walk& walk : inner) walk.stride *= axes.back().stride;
  const Order last = permuted(inner, storage.perm);
  order.insert(order.end(), last.begin(), last.end());
  return order;
}

ir::Type stored_type(const ir::Type& type, const Storage& storage) {
  if (storage.kind != Storage::Kind::axes) return type;
  ir::Shape shape;
  for (const int64_t axis : storage.perm) shape.push_back(type.shape[static_cast<size_t>(axis)]);
  std::optional<ir::Quantization> quant;
  if (type.quant) quant = ir::transposed_quantization(type, storage.perm);
  return {type.element, std::move(shape), std::move(quant)};
}

bool moves_nothing(const ir::Shape& shape, const Storage& storage) {
  const Order axes = row_major(shape);
  return same_order(axes, stored_order(axes, storage));
}

}  // namespace tinyc
