// SPDX-License-Identifier: Apache-2.0
// ST Nucleo-L4R5ZI, the reference board of MLPerf Tiny. Flash (5 wait states) is read through the ART cache.
#include "backends/target.h"

namespace tinyc::boards {
namespace {

constexpr uint64_t kKiB = 1024;
constexpr uint64_t kMiB = 1024 * kKiB;

constexpr MemoryRegion kRegions[] = {
    {.name = "flash", .base = 0x08000000, .bytes = 2 * kMiB, .writable = false, .wait_states = 0},
    {.name = "sram1", .base = 0x20000000, .bytes = 192 * kKiB, .writable = true, .wait_states = 0},
    {.name = "sram2", .base = 0x20030000, .bytes = 64 * kKiB, .writable = true, .wait_states = 0},
    {.name = "sram3", .base = 0x20040000, .bytes = 384 * kKiB, .writable = true, .wait_states = 0},
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
