// SPDX-License-Identifier: Apache-2.0
// ST Nucleo-H743ZI. Waits are those of the buses alone, at least; what an interconnect adds is not published.
#include "backends/target.h"

namespace tinyc::boards {
namespace {

constexpr uint64_t kKiB = 1024;
constexpr uint64_t kMiB = 1024 * kKiB;

const MemoryRegion kRegions[] = {
    {.name = "itcm", .base = 0x00000000, .bytes = 64 * kKiB, .writable = true, .data = false},
    {.name = "flash",
     .base = 0x08000000,
     .bytes = 2 * kMiB,
     .writable = false,
     .wait_cycles = 8,
     .line_bytes = 32,
     .cache_bytes = 16 * kKiB,
     .basis = "RM0433, embedded flash memory, read operations: 4 wait states of an AXI clock of half of the core's, "
              "256 bits a read; L1 data cache of 16 KB"},
    {.name = "dtcm",
     .base = 0x20000000,
     .bytes = 128 * kKiB,
     .writable = true,
     .basis = "RM0433, bus matrices: tightly coupled, no wait states"},
    {.name = "axi_sram",
     .base = 0x24000000,
     .bytes = 512 * kKiB,
     .writable = true,
     .wait_cycles = 8,
     .line_bytes = 32,
     .cache_bytes = 16 * kKiB,
     .basis =
         "RM0433, bus matrices: AXI of 64 bits at half of the core's clock, a line of the L1 data cache is 4 beats"},
    {.name = "sram123",
     .base = 0x30000000,
     .bytes = 288 * kKiB,
     .writable = true,
     .wait_cycles = 16,
     .line_bytes = 32,
     .cache_bytes = 16 * kKiB,
     .basis =
         "RM0433, bus matrices: AHB of 32 bits at half of the core's clock, a line of the L1 data cache is 8 beats"},
    {.name = "sram4",
     .base = 0x38000000,
     .bytes = 64 * kKiB,
     .writable = true,
     .wait_cycles = 16,
     .line_bytes = 32,
     .cache_bytes = 16 * kKiB,
     .basis =
         "RM0433, bus matrices: AHB of 32 bits at half of the core's clock, a line of the L1 data cache is 8 beats"},
};

}  // namespace

extern const Board nucleo_h743zi;
const Board nucleo_h743zi = {
    .name = "nucleo-h743zi",
    .description = "ST Nucleo-144 (STM32H743ZI, Cortex-M7 at 480 MHz)",
    .target = "cortex-m7",
    .clock_mhz = 480,
    .ram_bytes = 1056 * kKiB,
    .flash_bytes = 2 * kMiB,
    .regions = kRegions,
    .active_ma_per_mhz = 0,
    .sleep_ua = 0,
    .supply_volt = 3.3,
    .source = "STM32H743xI datasheet (DS12110) and RM0433: memory map. Currents not taken over.",
};

}  // namespace tinyc::boards
