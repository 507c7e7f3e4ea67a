// SPDX-License-Identifier: Apache-2.0
#include "compiler/analyser/analyse.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_map>

#include "backends/llvm/disassembler.h"
#include "compiler/analyser/code.h"
#include "compiler/analyser/helpers.h"
#include "compiler/analyser/machine.h"

namespace tinyc {
namespace {

using Way = Machine::Step::Way;

constexpr uint32_t kReturn = 0xFFFFFFFE;  // where the analysed function returns to
// Registers that a call may change.
constexpr uint32_t kScratchArm = 0x100F;        // r0-r3, r12
constexpr uint32_t kScratchRiscv = 0xF0001CFF;  // a0-a7, t0-t6
constexpr size_t kGlobalPointer = 8;
constexpr uint32_t kLongestWay = 4096;  // instructions of one way of a jump before it must meet the other

// What an undecided jump's ways differ by, as seen when it was met first.
struct Fork {
  bool known = false;
  bool taken_last = false;
  double instructions = 0;
  Cycles cycles;
};

class Analysis {
 public:
  Analysis(const AnalysisRequest& request, AnalysedProgram& result, const Code& code)
      : request_(request),
        result_(result),
        code_(code),
        core_(*cycles_of(*request.target)),
        machine_(result.file),
        forks_(code.operations.size()),
        starts_(code.operations.size()),
        counts_(request.watched.size() + 1, std::vector<Count>(code.operations.size())) {
    result.undecided.resize(counts_.size());
    for (size_t i = 0; i < request.watched.size(); ++i) {
      const ElfFunction* function = result.file.unnamed(request.watched[i]);
      const uint32_t at = function ? code.at(function->address) : Code::kNowhere;
      if (at != Code::kNowhere) starts_[at] = static_cast<uint32_t>(i + 1);
    }
    for (const ElfFunction& function : result.file.functions) {
      const std::span<const Words> arguments = typical_arguments(function.name);
      if (!arguments.empty()) helpers_[function.address] = {arguments, !function.name.starts_with("__")};
    }
  }

  Status run(uint32_t start) {
    machine_.start(kReturn, is_riscv() ? 8 : 4);
    if (is_riscv()) machine_.state.registers[kGlobalPointer] = known(result_.file.global_pointer);
    uint32_t now = code_.at(start);
    for (; now != Code::kNowhere; ++executed_) {
      if (executed_ == request_.limit)
        return Failure{fmt::format("'{}' does not end within {} instructions", request_.function, request_.limit)};
      enter(now);
      if (is_call_) enter_helper(now);
      const Machine::Step step = machine_.execute(code_.operations[now], code_.addresses[now]);
      count(now, step);
      if (step.way == Way::stop || step.way == Way::lost)
        return Failure{fmt::format("cannot be followed at 0x{:x} ({}): {}", code_.addresses[now], name_at(now),
                                   step.way == Way::stop ? "the program stops" : "jumps to an unknown place")};
      const bool jumps = step.way == Way::jump || (step.way == Way::undecided && choose(now, step.target));
      const uint32_t next = jumps ? step.target : code_.addresses[now] + code_.operations[now].bytes;
      if (jumps && next != code_.addresses[now] + code_.operations[now].bytes) ++counts_[account_][now].taken;
      if (next == kReturn) return finish();
      if (next == code_.addresses[now] && code_.operations[now].op == Op::branch && step.way == Way::jump)
        return Failure{fmt::format("'{}' never ends: 0x{:x} ({}) jumps to itself", request_.function,
                                   code_.addresses[now], name_at(now))};
      if (account_ != 0 && next == leaves_at_) account_ = 0;
      if (helper_leaves_at_ == next) leave_helper();
      is_call_ = jumps;
      const uint32_t before = now;
      now = code_.at(next);
      if (now == Code::kNowhere)
        return Failure{fmt::format("cannot be followed at 0x{:x} ({}): no code at 0x{:x}", code_.addresses[before],
                                   name_at(before), next)};
    }
    return Failure{"has no code there"};
  }

 private:
  bool is_riscv() const { return result_.file.machine == ElfFile::Machine::riscv; }

  std::string name_at(uint32_t operation) const {
    const ElfFunction* function = result_.file.at(code_.addresses[operation]);
    return function ? function->name : "?";
  }

  void enter(uint32_t operation) {
    if (account_ != 0 || starts_[operation] == 0) return;
    account_ = starts_[operation];
    leaves_at_ = machine_.state.registers[14].bits & ~1u;
  }

  // What is unknown of a helper's arguments is made typical, what it returns unknown.
  void enter_helper(uint32_t operation) {
    const auto helper = helpers_.find(code_.addresses[operation]);
    if (helper == helpers_.end() || helper_leaves_at_ != 0) return;
    auto& [samples, takes_reals, next] = helper->second;
    const Words& words = samples[next];
    bool known = true;
    for (size_t r = 0; r < words.size(); ++r) {
      Value& value = machine_.state.registers[r];
      known &= value.known;
      if (!value.known) value = {words[r], true};
    }
    next = (next + 1) % samples.size();
    if (known && !takes_reals) return;
    helper_leaves_at_ = machine_.state.registers[14].bits & ~1u;
    machine_.in_library(true);
    // Where there is an FPU its registers hold them.
    for (size_t r = 0; r < 2; ++r) machine_.state.reals[r] = {words[r], true};
    ++result_.undecided[account_].typical_calls;
  }
  void leave_helper() {
    for (size_t r = 0; r < machine_.state.registers.size(); ++r) {
      if ((is_riscv() ? kScratchRiscv : kScratchArm) >> r & 1) machine_.state.registers[r].known = false;
    }
    machine_.state.sign_known = machine_.state.carry_known = machine_.state.overflow_known = false;
    helper_leaves_at_ = 0;
    machine_.in_library(false);
  }

  void count(uint32_t operation, const Machine::Step& step) {
    Count& count = counts_[account_][operation];
    ++count.executed;
    (step.constant ? count.constant : count.ram) += step.accesses;
  }

  // Both ways in turn. Returns whether it jumps.
  bool choose(uint32_t operation, uint32_t target) {
    Fork& fork = forks_[operation];
    if (!fork.known) compare_ways(operation, target, fork);
    Undecided& sum = result_.undecided[account_];
    ++sum.jumps;
    sum.instructions += std::abs(fork.instructions) / 2;
    sum.cycles += fork.cycles * 0.5;
    fork.taken_last = !fork.taken_last;
    return fork.taken_last;
  }

  struct Price {
    uint32_t operation;  // that comes next
    double instructions;
    Cycles cycles;
  };

  // One way until it comes to `meeting` or is too long. Jumps in it that are not decided fall through.
  std::vector<Price> follow(uint32_t address, const std::vector<bool>* meeting) {
    const Machine::State state = machine_.state;
    machine_.remember_stores(true);
    std::vector<Price> way;
    Price sum{code_.at(address), 0, {}};
    while (sum.operation != Code::kNowhere && way.size() < kLongestWay) {
      way.push_back(sum);
      if (meeting && (*meeting)[sum.operation]) break;
      const Operation& operation = code_.operations[sum.operation];
      const uint32_t here = code_.addresses[sum.operation];
      const Machine::Step step = machine_.execute(operation, here);
      if (step.way == Way::stop || step.way == Way::lost) break;
      const bool jumps = step.way == Way::jump;
      sum.instructions += 1;
      sum.cycles += price(here, jumps);
      sum.operation = code_.at(jumps ? step.target : here + operation.bytes);
    }
    machine_.roll_back();
    machine_.remember_stores(false);
    machine_.state = state;
    return way;
  }

  Cycles price(uint32_t address, bool jumps) const {
    const auto listed = code_.listing.find(address);
    Cycles cycles = core_.cost[static_cast<size_t>(listed->second.instruction.kind)];
    cycles += core_.per_register * (listed->second.instruction.registers - 1);
    if (jumps) cycles += core_.taken;
    return cycles;
  }

  void compare_ways(uint32_t operation, uint32_t target, Fork& fork) {
    fork.known = true;
    const std::vector<Price> falls = follow(code_.addresses[operation] + code_.operations[operation].bytes, nullptr);
    std::vector<bool> meeting(code_.operations.size());
    for (const Price& at : falls) meeting[at.operation] = true;
    const std::vector<Price> jumps = follow(target, &meeting);
    if (falls.empty() || jumps.empty()) return;
    const auto met = std::find_if(falls.begin(), falls.end(),
                                  [&](const Price& at) { return at.operation == jumps.back().operation; });
    if (met == falls.end()) return;
    fork.instructions = jumps.back().instructions - met->instructions;
    const Cycles a = jumps.back().cycles, b = met->cycles;
    fork.cycles = {std::abs(a.low + core_.taken.low - b.low), 0, std::abs(a.high + core_.taken.high - b.high)};
  }

  Status finish() {
    result_.counts.instructions = executed_ + 1;
    result_.counts.accounts.resize(counts_.size());
    for (size_t a = 0; a < counts_.size(); ++a) {
      for (size_t i = 0; i < counts_[a].size(); ++i) {
        if (counts_[a][i].executed) result_.counts.accounts[a][code_.addresses[i]] = counts_[a][i];
      }
    }
    result_.stack_bytes = machine_.deepest_stack();
    return {};
  }

  const AnalysisRequest& request_;
  AnalysedProgram& result_;
  const Code& code_;
  const CoreCycles& core_;
  Machine machine_;
  std::vector<Fork> forks_;
  std::vector<uint32_t> starts_;  // account whose function starts at an operation, 0 = none
  std::vector<std::vector<Count>> counts_;
  uint64_t executed_ = 0;
  uint32_t account_ = 0;
  uint32_t leaves_at_ = 0;
  struct Helper {
    std::span<const Words> arguments;
    bool takes_reals = false;
    size_t next = 0;
  };
  std::unordered_map<uint32_t, Helper> helpers_;  // by address
  uint32_t helper_leaves_at_ = 0;
  bool is_call_ = false;  // a jump led here
};

}  // namespace

Status analyser_ready(const Target& target) {
  if (!cycles_of(target)) return Failure{fmt::format("there is no cycle table for {}", target.name)};
  if (!disassembler_available()) return Failure{"this tinyc was built without LLVM"};
  return {};
}

Result<AnalysedProgram> analyse(const AnalysisRequest& request) {
  if (const Status ready = analyser_ready(*request.target); !ready) return ready.failure();
  auto file = read_elf(request.program);
  if (!file) return file.failure();
  AnalysedProgram result;
  result.file = file.take();
  if (const Status fits = fits_core(result.file, *request.target); !fits) return fits.failure();
  const ElfFunction* function = result.file.named(request.function);
  if (!function) return Failure{fmt::format("has no function '{}'", request.function)};
  std::optional<Code> code = decode(result.file);
  if (!code) return Failure{"has no code that can be decoded"};
  if (const Status status = Analysis(request, result, *code).run(function->address); !status) return status.failure();
  result.listing = std::move(code->listing);
  return result;
}

}  // namespace tinyc
