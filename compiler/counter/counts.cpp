// SPDX-License-Identifier: Apache-2.0
#include "compiler/counter/counts.h"

#include <algorithm>
#include <sstream>

namespace tinyc {
namespace {

const Count* count_before(const CountsByAddress& counts, const Listing& listing, Listing::const_iterator here) {
  if (here == listing.begin()) return nullptr;
  const auto before = std::prev(here);
  if (before->first + before->second.bytes != here->first) return nullptr;
  const auto found = counts.find(before->first);
  return found == counts.end() ? nullptr : &found->second;
}

bool is_single_load(const Instruction& i) { return i.kind == Kind::load && !i.loads_pc; }

bool is_arithmetic(const Instruction& i) {
  const InstructionClass c = class_of(i.kind);
  return c == InstructionClass::alu || c == InstructionClass::multiply;
}

bool is_vector(const Instruction& i) { return class_of(i.kind) == InstructionClass::vector; }

bool depends(const Instruction& now, const Instruction& before) {
  return (now.read & before.written) != 0 || (now.float_read & before.float_written) != 0 ||
         (now.written & before.written) != 0;
}

// Two of one unit cannot go together; there is one unit for each but plain arithmetic.
bool can_pair(const Instruction& now, const Instruction& before) {
  const InstructionClass a = class_of(now.kind), b = class_of(before.kind);
  if (depends(now, before) || b == InstructionClass::branch || a == InstructionClass::other ||
      b == InstructionClass::other)
    return false;
  return a != b || a == InstructionClass::alu || (now.kind == Kind::load && before.kind == Kind::load);
}

// Walks a run in the order of addresses.
class Pricing {
 public:
  Pricing(const CountsByAddress& counts, const Listing& listing, const CoreCycles& core)
      : counts_(counts), listing_(listing), core_(core) {}

  Totals price(uint32_t address, const Count& count) {
    Totals totals;
    totals.instructions = count.executed;
    totals.ram = count.ram;
    totals.constant = count.constant;
    const auto here = listing_.find(address);
    if (here == listing_.end()) return totals;
    const Instruction& now = here->second.instruction;
    totals.classes[static_cast<size_t>(class_of(now.kind))] = count.executed;
    totals.cycles += own(now) * static_cast<double>(count.executed);
    totals.cycles += core_.taken * static_cast<double>(count.taken);
    const Count* before = count_before(counts_, listing_, here);
    if (!before) return paired_ = false, totals;
    // A jump made in between leads elsewhere, so only what fell through came from the instruction before.
    const uint64_t together = std::min(count.executed, before->executed - std::min(before->taken, before->executed));
    totals.cycles += together_with(now, std::prev(here)->second.instruction) * static_cast<double>(together);
    return totals;
  }

 private:
  Cycles own(const Instruction& now) const {
    Cycles cycles = core_.cost[static_cast<size_t>(now.kind)];
    cycles += core_.per_register * (now.registers - 1);
    if (now.kind == Kind::store && now.register_offset) cycles += core_.store_offset;
    return cycles;
  }

  Cycles together_with(const Instruction& now, const Instruction& before) {
    Cycles cycles;
    const bool address_waits = (now.address & before.written) != 0;
    if (is_single_load(now) && is_single_load(before) && !address_waits) {
      // Nothing is pipelined after a load that changes its base register, says 3.3.2 of the M3's and M4's manuals.
      const double nominal = before.writes_base ? 0 : core_.load_overlap.nominal;
      cycles += Cycles{-core_.load_overlap.low, -nominal, -core_.load_overlap.high};
    }
    if (address_waits && is_arithmetic(before)) cycles += core_.address_stall;
    if (class_of(before.kind) == InstructionClass::load && depends(now, before)) cycles += core_.load_use;
    if ((now.float_read & before.float_written) != 0 && class_of(before.kind) == InstructionClass::real)
      cycles += core_.float_use;
    if (is_vector(now) && is_vector(before) && now.kind != before.kind) cycles += core_.vector_overlap * -1;
    paired_ = !paired_ && can_pair(now, before);
    if (paired_) cycles += core_.paired * -1;
    return cycles;
  }

  const CountsByAddress& counts_;
  const Listing& listing_;
  const CoreCycles& core_;
  bool paired_ = false;  // the instruction before was issued together with its own predecessor
};

}  // namespace

Count& Count::operator+=(const Count& other) {
  executed += other.executed;
  taken += other.taken;
  ram += other.ram;
  constant += other.constant;
  return *this;
}

Totals& Totals::operator+=(const Totals& other) {
  instructions += other.instructions;
  cycles += other.cycles;
  ram += other.ram;
  constant += other.constant;
  for (size_t i = 0; i < classes.size(); ++i) classes[i] += other.classes[i];
  return *this;
}

Result<RunCounts> read_counts(std::string_view text, size_t watched) {
  RunCounts run;
  run.accounts.resize(watched + 1);
  std::istringstream lines{std::string(text)};
  std::string word;
  if (!(lines >> word >> run.instructions) || word != "instructions") return Failure{"the counter wrote no result"};
  uint64_t sum = 0;
  size_t account = 0;
  uint32_t address = 0;
  Count count;
  while (lines >> std::dec >> account >> std::hex >> address >> std::dec >> count.executed >> count.taken >>
         count.ram >> count.constant) {
    if (account > watched) return Failure{"the counter's result is damaged"};
    run.accounts[account][address] += count;
    sum += count.executed;
  }
  if (!lines.eof() || sum != run.instructions) return Failure{"the counter's sums do not agree"};
  return run;
}

Totals totals_of(const CountsByAddress& counts, const Listing& listing, const CoreCycles& core) {
  Totals totals;
  Pricing pricing(counts, listing, core);
  for (const auto& [address, count] : counts) totals += pricing.price(address, count);
  return totals;
}

std::map<std::string, Totals> totals_by_function(const CountsByAddress& counts, const Listing& listing,
                                                 const CoreCycles& core, const ElfFile& file) {
  std::map<std::string, Totals> functions;
  Pricing pricing(counts, listing, core);
  for (const auto& [address, count] : counts) {
    const ElfFunction* function = file.at(address);
    functions[function ? function->name : "?"] += pricing.price(address, count);
  }
  return functions;
}

}  // namespace tinyc
