// SPDX-License-Identifier: Apache-2.0
#include "compiler/counter/core_cycles.h"

#include <algorithm>
#include <initializer_list>
#include <utility>

namespace tinyc {
namespace {

constexpr Cycles always(double cycles) { return {cycles, cycles, cycles}; }

using Changes = std::initializer_list<std::pair<Kind, Cycles>>;

std::array<Cycles, kKinds> costs(const std::array<Cycles, kKinds>& base, Changes changes) {
  std::array<Cycles, kKinds> result = base;
  for (const auto& [kind, cycles] : changes) result[static_cast<size_t>(kind)] = cycles;
  return result;
}

std::array<Cycles, kKinds> all_one() {
  std::array<Cycles, kKinds> result;
  result.fill(always(1));
  return result;
}

// Cortex-M0 TRM (DDI 0432C) table 3-1. Loads and stores 2, N registers 1 + N, taken branch 3, BL 4; POP with the
// program counter 4 + N. The multiplier takes 1 or 32 cycles, as the maker of the chip chose: 1 here, both in the
// range.
CoreCycles cortex_m0() {
  CoreCycles core;
  core.name = "Cortex-M0";
  core.targets = {"cortex-m0"};
  core.basis = "Cortex-M0 TRM (DDI 0432C) 3.3, single-cycle multiplier";
  core.cost = costs(all_one(), {{Kind::multiply, {1, 1, 32}},
                                {Kind::load, always(2)},
                                {Kind::store, always(2)},
                                {Kind::load_multiple, always(2)},
                                {Kind::store_multiple, always(2)},
                                {Kind::call, always(2)},
                                {Kind::system, always(4)}});
  core.per_register = always(1);
  core.taken = always(2);
  return core;
}

// Cortex-M0+ TRM (DDI 0484C) table 3-1: two pipeline stages, so jumps cost one cycle less.
CoreCycles cortex_m0plus() {
  CoreCycles core = cortex_m0();
  core.name = "Cortex-M0+";
  core.targets = {"cortex-m0plus"};
  core.basis = "Cortex-M0+ TRM (DDI 0484C) 3.3, single-cycle multiplier, no single-cycle I/O";
  core.cost = costs(core.cost, {{Kind::system, always(3)}});
  core.taken = always(1);
  return core;
}

// Cortex-M3 TRM (DDI 0337I) 3.3: P = 1-3 cycles to fill the pipeline after a jump (2 taken), division 2-12, loads
// follow each other at one a cycle (3.3.2). Early termination of SMULL and SMLAL: 3-5, 4-7.
CoreCycles cortex_m3() {
  CoreCycles core;
  core.name = "Cortex-M3";
  core.targets = {"cortex-m3"};
  core.basis = "Cortex-M3 TRM (DDI 0337I) 3.3: branch refill 1-3 (2), SDIV 2-12 (7), SMULL 3-5 (4), SMLAL 4-7 (5)";
  core.cost = costs(all_one(), {{Kind::it, {0, 1, 1}},
                                {Kind::multiply_add, always(2)},
                                {Kind::multiply_long, {3, 4, 5}},
                                {Kind::multiply_add_long, {4, 5, 7}},
                                {Kind::divide, {2, 7, 12}},
                                {Kind::load, always(2)},
                                {Kind::load_double, always(3)},
                                {Kind::store_double, always(3)},
                                {Kind::load_multiple, always(2)},
                                {Kind::store_multiple, always(2)},
                                {Kind::branch_table, always(2)},
                                {Kind::system, {1, 2, 4}}});
  core.per_register = always(1);
  core.taken = {1, 2, 3};
  core.load_overlap = {1, 1, 0};
  core.address_stall = {0, 0, 1};
  core.store_offset = {0, 0, 1};
  return core;
}

// Cortex-M4 TRM (ARM 100166) 3.3.1, 3.3.2 (load and store timings) and 7.2.3 (FPU). All products take one cycle. A
// float result used by the next instruction costs one more.
CoreCycles cortex_m4() {
  CoreCycles core = cortex_m3();
  core.name = "Cortex-M4";
  core.targets = {"cortex-m4", "cortex-m4-nofp"};
  core.basis =
      "Cortex-M4 TRM (ARM 100166) 3.3 and 7.2.3: branch refill 1-3 (2), SDIV 2-12 (7), n independent loads n + 1";
  core.cost = costs(core.cost, {{Kind::multiply_add, always(1)},
                                {Kind::multiply_long, always(1)},
                                {Kind::multiply_add_long, always(1)},
                                {Kind::float_mac, always(3)},
                                {Kind::float_divide, always(14)},
                                {Kind::float_move, {1, 1, 2}},
                                {Kind::float_load, {1, 2, 2}},
                                {Kind::float_store, {1, 2, 2}},
                                {Kind::float_load_multiple, always(2)},
                                {Kind::float_store_multiple, always(2)}});
  core.float_use = {0, 1, 1};
  return core;
}

// Arm publishes no timings for Cortex-M33 (100230 has none): the M4's are taken, with branches of a three-stage
// pipeline.
CoreCycles cortex_m33() {
  CoreCycles core = cortex_m4();
  core.name = "Cortex-M33";
  core.targets = {"cortex-m33", "cortex-m33-nofp"};
  core.basis = "proxy: the Cortex-M4's timings (the Cortex-M33 TRM, ARM 100230, states none)";
  return core;
}

// Rough: two instructions a cycle where independent, loads deliver a cycle late, jumps predicted.
CoreCycles cortex_m7() {
  CoreCycles core;
  core.name = "Cortex-M7";
  core.targets = {"cortex-m7"};
  core.basis = "rough: dual issue in order, predicted branches (Cortex-M7 TRM, DDI 0489F, 1.3; no timings are stated)";
  core.cost = costs(all_one(), {{Kind::divide, {3, 8, 16}},
                                {Kind::float_mac, {1, 1, 2}},
                                {Kind::float_divide, {14, 16, 18}},
                                {Kind::multiply_long, {1, 1, 2}},
                                {Kind::multiply_add_long, {1, 1, 2}},
                                {Kind::branch_table, {2, 4, 8}},
                                {Kind::system, {1, 2, 8}}});
  core.per_register = {0.5, 0.5, 1};
  core.taken = {0, 1, 3};
  core.load_use = {0, 1, 1};
  core.float_use = {0, 1, 2};
  core.paired = {1, 1, 0};
  return core;
}

// Rough: scalar work as on a short in-order pipeline, vector instructions 2 cycles of which one overlaps with a vector
// instruction of another unit (Cortex-M55 Software Optimization Guide's principle; two beats a cycle).
CoreCycles cortex_m55() {
  CoreCycles core;
  core.name = "Cortex-M55";
  core.targets = {"cortex-m55"};
  core.basis =
      "rough: one instruction a cycle, vector instructions 2 with overlap of 1 between units (two beats a cycle)";
  core.cost = costs(all_one(), {{Kind::divide, {2, 7, 12}},
                                {Kind::float_divide, {8, 14, 14}},
                                {Kind::load_double, {1, 1, 2}},
                                {Kind::store_double, {1, 1, 2}},
                                {Kind::load_multiple, {1, 1, 2}},
                                {Kind::store_multiple, {1, 1, 2}},
                                {Kind::vector_alu, {1, 2, 2}},
                                {Kind::vector_mac, {1, 2, 2}},
                                {Kind::vector_load, {1, 2, 2}},
                                {Kind::vector_store, {1, 2, 2}},
                                {Kind::loop, {0, 0, 1}},
                                {Kind::system, {1, 2, 4}}});
  core.per_register = {0.5, 0.5, 1};
  core.taken = {0, 1, 3};
  core.load_use = {0, 1, 1};
  core.float_use = {0, 1, 2};
  core.vector_overlap = {0, 1, 0};
  return core;
}

// SiFive FE310-G000 manual 3.3 (E31 core): result latencies load 2, product 5, division 2-33; branches predicted.
CoreCycles rv32() {
  CoreCycles core;
  core.name = "RV32IMC";
  core.targets = {"rv32imc", "rv32imafc"};
  core.basis = "SiFive FE310-G000 manual 3.3 (E31): loads 2 when used at once, division 2-33 (17), branches predicted";
  core.cost = costs(all_one(), {{Kind::multiply, {1, 1, 5}},
                                {Kind::multiply_long, {1, 1, 5}},
                                {Kind::divide, {2, 17, 33}},
                                {Kind::float_mac, {1, 2, 5}},
                                {Kind::float_divide, {10, 20, 28}},
                                {Kind::system, {1, 2, 6}}});
  core.taken = {0, 0, 3};
  core.load_use = always(1);
  core.float_use = {0, 1, 4};
  return core;
}

}  // namespace

const CoreCycles* cycles_of(const Target& target) {
  static const CoreCycles kCores[] = {cortex_m0(),  cortex_m0plus(), cortex_m3(),  cortex_m4(),
                                      cortex_m33(), cortex_m7(),     cortex_m55(), rv32()};
  for (const CoreCycles& core : kCores) {
    if (std::find(core.targets.begin(), core.targets.end(), target.name) != core.targets.end()) return &core;
  }
  return nullptr;
}

}  // namespace tinyc
