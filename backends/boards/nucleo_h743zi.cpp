// SPDX-License-Identifier: Apache-2.0
// ST Nucleo-H743ZI. One buffer fits at most one region: the largest is the AXI SRAM. Caches hide flash wait states.
#include "backends/target.h"

namespace tinyc::boards {
namespace {

constexpr uint64_t kKiB = 1024;
constexpr uint64_t kMiB = 1024 * kKiB;

constexpr MemoryRegion kRegions[] = {
    {.name = "itcm", .base = 0x00000000, .bytes = 64 * kKiB, .writable = true, .wait_states = 0},
    {.name = "flash", .base = 0x08000000, .bytes = 2 * kMiB, .writable = false, .wait_states = 0},
    {.name = "dtcm", .base = 0x20000000, .bytes = 128 * kKiB, .writable = true, .wait_states = 0},
    {.name = "axi_sram", .base = 0x24000000, .bytes = 512 * kKiB, .writable = true, .wait_states = 0},
    {.name = "sram1", .base = 0x30000000, .bytes = 128 * kKiB, .writable = true, .wait_states = 0},
    {.name = "sram2", .base = 0x30020000, .bytes = 128 * kKiB, .writable = true, .wait_states = 0},
    {.name = "sram3", .base = 0x30040000, .bytes = 32 * kKiB, .writable = true, .wait_states = 0},
    {.name = "sram4", .base = 0x38000000, .bytes = 64 * kKiB, .writable = true, .wait_states = 0},
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
