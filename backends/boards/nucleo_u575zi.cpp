// SPDX-License-Identifier: Apache-2.0
// ST Nucleo-U575ZI-Q. Flash (4 wait states) is read through the instruction cache, constants too.
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
     .wait_cycles = 4,
     .line_bytes = 16,
     .cache_bytes = 8 * kKiB,
     .basis = "RM0456, embedded flash memory, read access latency: 4 wait states at 160 MHz, 128 bits a read; ICACHE "
              "of 8 KB, constants too"},
    {.name = "sram",
     .base = 0x20000000,
     .bytes = 768 * kKiB,
     .writable = true,
     .basis = "RM0456, embedded SRAM: SRAM1 to SRAM3 follow each other, no wait states"},
    {.name = "sram4", .base = 0x28000000, .bytes = 16 * kKiB, .writable = true},
};

}  // namespace

extern const Board nucleo_u575zi;
const Board nucleo_u575zi = {
    .name = "nucleo-u575zi",
    .description = "ST Nucleo-144 (STM32U575ZI, Cortex-M33 at 160 MHz)",
    .target = "cortex-m33",
    .clock_mhz = 160,
    .ram_bytes = 784 * kKiB,
    .flash_bytes = 2 * kMiB,
    .regions = kRegions,
    .active_ma_per_mhz = 0.0195,
    .sleep_ua = 0,
    .supply_volt = 3.3,
    .source =
        "STM32U575xx datasheet (DS13737), features: 19.5 uA/MHz in run mode with the SMPS at 3.3 V; RM0456: memory "
        "map.",
};

}  // namespace tinyc::boards
