// SPDX-License-Identifier: Apache-2.0
// ST Nucleo-L4R5ZI, the reference board of MLPerf Tiny. Flash (5 wait states) is read through the ART cache.
#include "backends/target.h"

namespace tinyc::boards {
namespace {

constexpr uint64_t kKiB = 1024;
constexpr uint64_t kMiB = 1024 * kKiB;

const MemoryRegion kRegions[] = {
    {.name = "flash",
     .base = 0x08000000,
     .bytes = 2 * kMiB,
     .writable = false,
     .wait_cycles = 5,
     .line_bytes = 8,
     .cache_bytes = 256,
     .basis = "RM0432, embedded flash memory, read access latency and ART: 5 wait states at 120 MHz, 64 bits a read "
              "(dual bank); data cache of 256 bytes"},
    {.name = "sram",
     .base = 0x20000000,
     .bytes = 640 * kKiB,
     .writable = true,
     .basis = "RM0432, embedded SRAM: SRAM1 to SRAM3 follow each other, no wait states"},
};

}  // namespace

extern const Board nucleo_l4r5zi;
const Board nucleo_l4r5zi = {
    .name = "nucleo-l4r5zi",
    .description = "ST Nucleo-144 (STM32L4R5ZI, Cortex-M4F at 120 MHz)",
    .target = "cortex-m4",
    .clock_mhz = 120,
    .ram_bytes = 640 * kKiB,
    .flash_bytes = 2 * kMiB,
    .regions = kRegions,
    .slowdown = 1.33,
    .slowdown_basis = "published latencies of MLPerf Tiny over modelled ones, 1.27 to 1.41 (docs/cycles.md)",
    .active_ma_per_mhz = 0.11,
    .sleep_ua = 0,
    .supply_volt = 3.3,
    .source = "STM32L4R5xx datasheet (DS12023), features: 110 uA/MHz in run mode with the LDO; RM0432: memory map.",
};

}  // namespace tinyc::boards
