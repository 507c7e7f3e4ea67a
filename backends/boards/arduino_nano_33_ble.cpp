// SPDX-License-Identifier: Apache-2.0
// Arduino Nano 33 BLE Sense. The Arduino bootloader takes the first 64 KB of flash. Instructions are cached;
// constants are not.
#include "backends/target.h"

namespace tinyc::boards {
namespace {

constexpr uint64_t kKiB = 1024;
constexpr uint64_t kMiB = 1024 * kKiB;

const MemoryRegion kRegions[] = {
    {.name = "flash",
     .base = 0x00000000,
     .bytes = 1 * kMiB,
     .writable = false,
     .wait_cycles = 2,
     .line_bytes = 4,
     .basis = "nRF52840 Product Specification, CPU, memory performance: W_FLASH, at most 2 wait states; the cache is "
              "for instructions alone"},
    {.name = "ram",
     .base = 0x20000000,
     .bytes = 256 * kKiB,
     .writable = true,
     .basis = "nRF52840 Product Specification, CPU: W_RAM, none"},
};

}  // namespace

extern const Board arduino_nano_33_ble;
const Board arduino_nano_33_ble = {
    .name = "arduino-nano-33-ble",
    .description = "Arduino Nano 33 BLE Sense (nRF52840, Cortex-M4F at 64 MHz)",
    .target = "cortex-m4",
    .clock_mhz = 64,
    .ram_bytes = 256 * kKiB,
    .flash_bytes = 1 * kMiB,
    .regions = kRegions,
    .active_ma_per_mhz = 0.052,
    .sleep_ua = 1.86,
    .supply_volt = 3.0,
    .source =
        "nRF52840 Product Specification: CoreMark from flash with cache and DC/DC converter, 3 V; sleep is System OFF "
        "with all RAM retained (IOFF_RAMON_RESET).",
};

}  // namespace tinyc::boards
