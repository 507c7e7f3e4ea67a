// SPDX-License-Identifier: Apache-2.0
// What kernels cost as the target's compiler built them (--tune), and the file that keeps it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "backends/schedule/select_kernel.h"
#include "compiler/support/result.h"

namespace tinyc {

inline constexpr size_t kKeyDigits = 32;  // hexadecimal

struct KernelCost {
  int64_t cycles = 0;  // modelled, nominal, of one call that computes the whole layer
  int64_t code_bytes = 0;
  std::string about;  // for people: operator and kernel
};

// By key, in a text file: a line per cost, sorted, and their number at the end.
class KernelCosts {
 public:
  const KernelCost* find(const std::string& key) const;
  void add(const std::string& key, KernelCost cost) { costs_[key] = std::move(cost); }
  void drop(const std::string& key) { costs_.erase(key); }
  size_t size() const { return costs_.size(); }
  const std::map<std::string, KernelCost>& all() const { return costs_; }
  std::string text() const;
  // Fails for anything that text() did not write.
  static Result<KernelCosts> parse(std::string_view text);

 private:
  std::map<std::string, KernelCost> costs_;
};

// Names everything that a cost depends on: `environment` (compiler, flags, core), the source of the kernel and of all
// that it ships with, geometry and constants, shapes of its operands.
std::string cost_key(std::string_view environment, const ir::Op& op, const Selection& selection);

}  // namespace tinyc
