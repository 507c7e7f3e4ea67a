// SPDX-License-Identifier: Apache-2.0
// The table of operators, from ops/ops.list.
#include <algorithm>

#include "compiler/support/diagnostics.h"
#include "ir/op_def.h"

namespace tinyc::ir {

#define TINYC_ENTRY(name) extern const OpDef name##_op;
#include "ir/ops/all_ops.inc"
#undef TINYC_ENTRY

namespace {
constexpr const OpDef* kOps[] = {
#define TINYC_ENTRY(name) &name##_op,
#include "ir/ops/all_ops.inc"
#undef TINYC_ENTRY
};
}  // namespace

std::span<const OpDef* const> all_ops() { return kOps; }

const OpDef* find_op(std::string_view name) {
  const auto found = std::lower_bound(std::begin(kOps), std::end(kOps), name,
                                      [](const OpDef* op, std::string_view wanted) { return op->name < wanted; });
  return found != std::end(kOps) && (*found)->name == name ? *found : nullptr;
}

const OpDef& op_def(std::string_view name) {
  const OpDef* found = find_op(name);
  if (!found) TINYC_BUG("unknown operator '" + std::string(name) + "'");
  return *found;
}

}  // namespace tinyc::ir
