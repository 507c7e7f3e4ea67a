// SPDX-License-Identifier: Apache-2.0
// kernels_test [--seed N] [--rounds N] [--kernel NAME] [--verbose]: every kernel against the interpreter.
#include <fmt/format.h>

#include <cstdlib>
#include <cstring>
#include <map>
#include <set>

#include "backends/target.h"
#include "ir/op_def.h"
#include "ir/print.h"
#include "tests/kernels/check_kernel.h"

namespace tinyc {

#define TINYC_ENTRY(isa, name) HostKernel isa##_##name##_host();
#include "tests/kernels/host_kernels.inc"
#undef TINYC_ENTRY

std::vector<HostKernel> all_host_kernels() {
  return {
#define TINYC_ENTRY(isa, name) isa##_##name##_host(),
#include "tests/kernels/host_kernels.inc"
#undef TINYC_ENTRY
  };
}

namespace {

// Operators that need no portable kernel, with the reason.
const std::map<std::string_view, std::string_view> kNoKernel = {
    {"bit_cast", "a view"},
    {"constant", "becomes data of its readers"},
    {"quant_cast", "a view"},
    {"reshape", "a view"},
};

struct Options {
  uint32_t seed = 1;
  int rounds = 12;
  std::string kernel;
  bool verbose = false;
};

const ShippedText& text_of(const KernelDef& def) {
  for (const Kernel& kernel : all_kernels()) {
    if (kernel.def == &def || (kernel.def->name == def.name && kernel.def->isa == def.isa)) return *kernel.text;
  }
  std::abort();
}

class Driver {
 public:
  explicit Driver(const Options& options) : options_(options), kernels_(all_host_kernels()) {}

  int run() {
    Random random(options_.seed);
    all_cases(random, options_.rounds, [this](const Case& test) { check(test); });
    if (options_.kernel.empty()) {
      report_missing();
      fmt::print("{} cases, {} kernels, {} checks, {} failures (seed {})\n", cases_, kernels_.size(), checks_,
                 failures_, options_.seed);
    }
    return failures_ == 0 ? 0 : 1;
  }

 private:
  void check(const Case& test) {
    ++cases_;
    bool any = false;
    for (const HostKernel& kernel : kernels_) {
      const KernelDef& def = *kernel.def;
      if (std::find(def.ops.begin(), def.ops.end(), test.op->name()) == def.ops.end()) continue;
      if (const auto reason = why_not(def, *test.op)) {
        refused_[std::string(def.name)] = *reason;
        continue;
      }
      any = true;
      if (!options_.kernel.empty() && def.name != options_.kernel) continue;
      for (const Variant& variant : def.variants ? def.variants(*test.op) : std::vector<Variant>{{}}) {
        if (def.build(*test.op, variant).definitions.empty()) {
          check(kernel, variant, test);
        } else {
          ++ran_[&def];  // its functions exist only as text: tree_functions_test
        }
      }
    }
    if (!any) ++without_kernel_[std::string(test.op->name()) + " " + type_text(test.op->operand_type(0)).substr(0, 3)];
  }

  void check(const HostKernel& kernel, const Variant& variant, const Case& test) {
    const KernelDef& def = *kernel.def;
    ++checks_;
    if (ran_[&def]++ == 0) {
      if (const auto problem = check_geometry_names(def, text_of(def), def.build(*test.op, variant)))
        fail(def, variant, test, *problem);
    }
    if (const double cycles = def.cycles(*test.op, variant, find_target("cortex-m4")->timing); !(cycles > 0))
      fail(def, variant, test, "costs nothing");
    if (const auto problem = check_kernel(kernel, variant, test)) fail(def, variant, test, *problem);
  }

  void fail(const KernelDef& def, const Variant& variant, const Case& test, const std::string& problem) {
    ++failures_;
    if (++failed_[&def] > 2 && !options_.verbose) return;
    fmt::print("{}/{} {}: {}\n{}\n", isa_name(def.isa), def.name, variant.name, problem,
               ir::print(*test.graph, {.largest_constant = 16}));
  }

  void report_missing() {
    std::set<std::string_view> covered;
    for (const HostKernel& kernel : kernels_) {
      if (kernel.def->isa == Isa::portable) covered.insert(kernel.def->ops.begin(), kernel.def->ops.end());
      if (ran_.count(kernel.def)) continue;
      ++failures_;
      fmt::print("kernel {} never ran: {}\n", kernel.def->name, refused_[std::string(kernel.def->name)]);
    }
    for (const ir::OpDef* op : ir::all_ops()) {
      const bool excused = kNoKernel.count(op->name) != 0;
      if (covered.count(op->name) != 0 || excused) continue;
      ++failures_;
      fmt::print("operator {} has no portable kernel\n", op->name);
    }
    if (!options_.verbose) return;
    for (const auto& [what, count] : without_kernel_) fmt::print("no kernel for {} ({} cases)\n", what, count);
  }

  const Options& options_;
  std::vector<HostKernel> kernels_;
  std::map<const KernelDef*, int> ran_;
  std::map<const KernelDef*, int> failed_;
  std::map<std::string, std::string> refused_;
  std::map<std::string, int> without_kernel_;
  int cases_ = 0;
  int checks_ = 0;
  int failures_ = 0;
};

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const char* value = i + 1 < argc ? argv[i + 1] : "";
    if (!std::strcmp(argv[i], "--seed")) options.seed = static_cast<uint32_t>(std::strtoul(value, nullptr, 10));
    if (!std::strcmp(argv[i], "--rounds")) options.rounds = static_cast<int>(std::strtol(value, nullptr, 10));
    if (!std::strcmp(argv[i], "--kernel")) options.kernel = value;
    if (!std::strcmp(argv[i], "--verbose")) options.verbose = true;
  }
  return options;
}

}  // namespace
}  // namespace tinyc

int main(int argc, char** argv) {
  const tinyc::Options options = tinyc::parse(argc, argv);
  return tinyc::Driver(options).run();
}
