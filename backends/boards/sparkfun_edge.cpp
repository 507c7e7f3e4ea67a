// SPDX-License-Identifier: Apache-2.0
// SparkFun Edge. Its bootloader takes the first 48 KB of flash. Flash is read through a cache.
#include "backends/target.h"

namespace tinyc::boards {
namespace {

constexpr uint64_t kKiB = 1024;
constexpr uint64_t kMiB = 1024 * kKiB;

const MemoryRegion kRegions[] = {
    {.name = "flash", .base = 0x00000000, .bytes = 1 * kMiB, .writable = false},
    {.name = "tcm",
     .base = 0x10000000,
     .bytes = 64 * kKiB,
     .writable = true,
     .basis = "Apollo3 Blue datasheet: tightly coupled, no wait states"},
    {.name = "sram", .base = 0x10010000, .bytes = 320 * kKiB, .writable = true},
};

}  // namespace

extern const Board sparkfun_edge;
const Board sparkfun_edge = {
    .name = "sparkfun-edge",
    .description = "SparkFun Edge (Ambiq Apollo3 Blue, Cortex-M4F at 48 MHz)",
    .target = "cortex-m4",
    .clock_mhz = 48,
    .ram_bytes = 384 * kKiB,
    .flash_bytes = 1 * kMiB,
    .regions = kRegions,
    .active_ma_per_mhz = 0.006,
    .sleep_ua = 0,
    .supply_volt = 3.3,
    .source = "Apollo3 Blue datasheet, features: 6 uA/MHz executing from flash at 3.3 V.",
};

}  // namespace tinyc::boards
