#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Compiles the shipped part of every kernel, and every shipped header, alone: C++17, all warnings as errors, with each
# compiler that is installed.      shipped_texts_test.sh      exit 0 passed, 1 failed, 77 no compiler
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
flags=(-std=c++17 -O2 -fno-exceptions -fno-rtti -Wall -Wextra -Wconversion -Wshadow -pedantic -Werror -I "$root" -c -x c++)
compilers=("g++" "clang++" "arm-none-eabi-g++ -mthumb -mcpu=cortex-m0" "arm-none-eabi-g++ -mthumb -mcpu=cortex-m4"
  "riscv64-unknown-elf-gcc --specs=picolibc.specs -march=rv32imac -mabi=ilp32")

# Kernel files ship what is below their marker line, the other headers all of their text.
for file in $(grep -l '^// ---- shipped ----' "$root"/backends/*/*.h) "$root"/backends/portable/*/*.h "$root"/runtime-stubs/tinyc_*.h; do
  name=$(realpath --relative-to="$root" "$file" | tr / _)
  if grep -q '^// ---- shipped ----' "$file"; then
    sed '1,/^\/\/ ---- shipped ----/d' "$file" > "$work/$name"
  else
    sed '/^#pragma once/d' "$file" > "$work/$name"
  fi
done

failures=0
compiled=0
for compiler in "${compilers[@]}"; do
  read -r -a command <<< "$compiler"
  command -v "${command[0]}" > /dev/null || { echo "${command[0]} is not installed: skipped" && continue; }
  for text in "$work"/*.h; do
    compiled=$((compiled + 1))
    "${command[@]}" "${flags[@]}" "$text" -o /dev/null 2> "$work/errors" && continue
    failures=$((failures + 1))
    echo "$compiler: $(basename "$text")"
    head -5 "$work/errors"
  done
done
echo "$compiled compilations, $failures failures"
[ "$compiled" -eq 0 ] && exit 77
[ "$failures" -eq 0 ]
