// SPDX-License-Identifier: Apache-2.0
// ESP32 DevKit. SRAM0 holds instructions (32-bit access only) and the flash caches, so data has SRAM2 and SRAM1,
// less what the operating system takes. Flash is read through a cache.
#include "backends/target.h"

namespace tinyc::boards {
namespace {

constexpr uint64_t kKiB = 1024;
constexpr uint64_t kMiB = 1024 * kKiB;

const MemoryRegion kRegions[] = {
    {.name = "flash", .base = 0x3f400000, .bytes = 2 * kMiB, .writable = false},
    {.name = "sram", .base = 0x3ffae000, .bytes = 328 * kKiB, .writable = true},
    {.name = "sram0", .base = 0x40070000, .bytes = 192 * kKiB, .writable = true, .data = false},
};

}  // namespace

extern const Board esp32_devkit;
const Board esp32_devkit = {
    .name = "esp32-devkit",
    .description = "ESP32 DevKit (Xtensa LX6 at 160 MHz)",
    .target = "esp32",
    .clock_mhz = 160,
    .ram_bytes = 512 * kKiB,
    .flash_bytes = 2 * kMiB,
    .regions = kRegions,
    .active_ma_per_mhz = 0.19,
    .sleep_ua = 800,
    .supply_volt = 3.3,
    .source = "ESP32 Series Datasheet: modem-sleep, one core at 160 MHz, 27 to 34 mA (middle); sleep is light-sleep.",
};

}  // namespace tinyc::boards
