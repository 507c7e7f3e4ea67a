// SPDX-License-Identifier: 0BSD
#pragma once

#include <string.h>

#include "runtime-stubs/tinyc_kernel.h"

// Integers of 1, 2, 4 or 8 bytes; `bytes` is a constant of the layer, so that one branch remains.
template <class T>
TINYC_KERNEL T load_as(const uint8_t* from) {
  T value;
  memcpy(&value, from, sizeof(T));
  return value;
}

TINYC_KERNEL int64_t load_integer(const uint8_t* from, int32_t bytes, bool is_signed) {
  if (bytes == 1) return is_signed ? static_cast<int64_t>(load_as<int8_t>(from)) : static_cast<int64_t>(*from);
  if (bytes == 2)
    return is_signed ? static_cast<int64_t>(load_as<int16_t>(from)) : static_cast<int64_t>(load_as<uint16_t>(from));
  if (bytes == 4)
    return is_signed ? static_cast<int64_t>(load_as<int32_t>(from)) : static_cast<int64_t>(load_as<uint32_t>(from));
  return load_as<int64_t>(from);
}

template <class T>
TINYC_KERNEL void store_as(uint8_t* to, T value) {
  memcpy(to, &value, sizeof(T));
}

// The low bytes of value.
TINYC_KERNEL void store_integer(uint8_t* to, int64_t value, int32_t bytes) {
  if (bytes == 1) store_as(to, static_cast<uint8_t>(static_cast<uint64_t>(value)));
  if (bytes == 2) store_as(to, static_cast<uint16_t>(static_cast<uint64_t>(value)));
  if (bytes == 4) store_as(to, static_cast<uint32_t>(static_cast<uint64_t>(value)));
  if (bytes == 8) store_as(to, value);
}
