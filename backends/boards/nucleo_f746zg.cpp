// SPDX-License-Identifier: Apache-2.0
// ST Nucleo-F746ZG. Single precision FPU. Flash (7 wait states) and SRAM are read through the L1 caches.
#include "backends/target.h"

namespace tinyc::boards {
namespace {

constexpr uint64_t kKiB = 1024;
constexpr uint64_t kMiB = 1024 * kKiB;

const MemoryRegion kRegions[] = {
    {.name = "itcm", .base = 0x00000000, .bytes = 16 * kKiB, .writable = true, .data = false},
    {.name = "flash",
     .base = 0x08000000,
     .bytes = 1 * kMiB,
     .writable = false,
     .wait_cycles = 7,
     .line_bytes = 32,
     .cache_bytes = 4 * kKiB,
     .basis = "RM0385, embedded flash memory, read access latency: 7 wait states at 216 MHz and 2.7 V or more, 256 "
              "bits a read; L1 data cache of 4 KB"},
    {.name = "dtcm",
     .base = 0x20000000,
     .bytes = 64 * kKiB,
     .writable = true,
     .basis = "RM0385, system architecture: tightly coupled, no wait states"},
    {.name = "sram",
     .base = 0x20010000,
     .bytes = 256 * kKiB,
     .writable = true,
     .wait_cycles = 4,
     .line_bytes = 32,
     .cache_bytes = 4 * kKiB,
     .basis = "RM0385, system architecture: AXI of 64 bits at the clock of the core, a line of the L1 data cache is 4 "
              "beats"},
};

}  // namespace

extern const Board nucleo_f746zg;
const Board nucleo_f746zg = {
    .name = "nucleo-f746zg",
    .description = "ST Nucleo-144 (STM32F746ZG, Cortex-M7 at 216 MHz)",
    .target = "cortex-m7",
    .clock_mhz = 216,
    .ram_bytes = 320 * kKiB,
    .flash_bytes = 1 * kMiB,
    .regions = kRegions,
    .active_ma_per_mhz = 0,
    .sleep_ua = 0,
    .supply_volt = 3.3,
    .source = "STM32F746xx datasheet (DS10916) and RM0385: memory map. Currents not taken over.",
};

}  // namespace tinyc::boards
