// SPDX-License-Identifier: Apache-2.0
// Raspberry Pi Pico 2. The QSPI flash is read through a 16 KB cache; misses are slow, which the figures leave out.
#include "backends/target.h"

namespace tinyc::boards {
namespace {

constexpr uint64_t kKiB = 1024;
constexpr uint64_t kMiB = 1024 * kKiB;

const MemoryRegion kRegions[] = {
    {.name = "flash",
     .base = 0x10000000,
     .bytes = 4 * kMiB,
     .writable = false,
     .wait_cycles = 56,
     .line_bytes = 8,
     .cache_bytes = 16 * kKiB,
     .basis = "RP2350 datasheet, 4.4: lines of 8 bytes, cache of 16 KB; W25Q32, fast read quad I/O: 28 clocks, of half "
              "the core's"},
    {.name = "sram",
     .base = 0x20000000,
     .bytes = 520 * kKiB,
     .writable = true,
     .basis = "RP2350 datasheet, 4.2: ten banks that follow each other, single cycle"},
};

}  // namespace

extern const Board pico2;
const Board pico2 = {
    .name = "pico2",
    .description = "Raspberry Pi Pico 2 (RP2350, Cortex-M33 at 150 MHz)",
    .target = "cortex-m33",
    .clock_mhz = 150,
    .ram_bytes = 520 * kKiB,
    .flash_bytes = 4 * kMiB,
    .regions = kRegions,
    .active_ma_per_mhz = 0,
    .sleep_ua = 0,
    .supply_volt = 3.3,
    .source = "RP2350 datasheet: memory map. Currents not taken over.",
};

}  // namespace tinyc::boards
