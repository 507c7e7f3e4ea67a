// SPDX-License-Identifier: Apache-2.0
// Adafruit EdgeBadge. Its bootloader takes the first 16 KB of flash. Flash is read through a 4 KB cache.
#include "backends/target.h"

namespace tinyc::boards {
namespace {

constexpr uint64_t kKiB = 1024;

const MemoryRegion kRegions[] = {
    {.name = "flash",
     .base = 0x00000000,
     .bytes = 512 * kKiB,
     .writable = false,
     .wait_cycles = 5,
     .line_bytes = 16,
     .cache_bytes = 4 * kKiB,
     .basis = "SAM D5x/E5x data sheet (DS60001507), NVM characteristics: 5 wait states at 120 MHz; CMCC: 4 KB, lines "
              "of 16 bytes"},
    {.name = "ram", .base = 0x20000000, .bytes = 192 * kKiB, .writable = true},
};

}  // namespace

extern const Board adafruit_edgebadge;
const Board adafruit_edgebadge = {
    .name = "adafruit-edgebadge",
    .description = "Adafruit EdgeBadge (ATSAMD51J19A, Cortex-M4F at 120 MHz)",
    .target = "cortex-m4",
    .clock_mhz = 120,
    .ram_bytes = 192 * kKiB,
    .flash_bytes = 512 * kKiB,
    .regions = kRegions,
    .active_ma_per_mhz = 0.065,
    .sleep_ua = 0,
    .supply_volt = 3.3,
    .source = "Microchip SAM D5x/E5x Family Data Sheet and product page: 65 uA/MHz active.",
};

}  // namespace tinyc::boards
