// SPDX-License-Identifier: Apache-2.0
// Raspberry Pi Pico. The QSPI flash is read through a 16 KB cache; misses are slow, which the figures leave out.
#include "backends/target.h"

namespace tinyc::boards {
namespace {

constexpr uint64_t kKiB = 1024;
constexpr uint64_t kMiB = 1024 * kKiB;

const MemoryRegion kRegions[] = {
    {.name = "flash",
     .base = 0x10000000,
     .bytes = 2 * kMiB,
     .writable = false,
     .wait_cycles = 56,
     .line_bytes = 8,
     .cache_bytes = 16 * kKiB,
     .basis = "RP2040 datasheet, 2.6.3: lines of 8 bytes, cache of 16 KB; W25Q16JV, fast read quad I/O: 28 clocks, of "
              "half the core's"},
    {.name = "sram",
     .base = 0x20000000,
     .bytes = 264 * kKiB,
     .writable = true,
     .basis = "RP2040 datasheet, 2.6.2: six banks that follow each other, single cycle"},
};

}  // namespace

extern const Board pico;
const Board pico = {
    .name = "pico",
    .description = "Raspberry Pi Pico (RP2040, Cortex-M0+ at 133 MHz)",
    .target = "cortex-m0plus",
    .clock_mhz = 133,
    .ram_bytes = 264 * kKiB,
    .flash_bytes = 2 * kMiB,
    .regions = kRegions,
    .active_ma_per_mhz = 0,
    .sleep_ua = 0,
    .supply_volt = 3.3,
    .source = "RP2040 datasheet: memory map. Currents not taken over.",
};

}  // namespace tinyc::boards
