#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Names with comment ends, newlines, backslashes, trigraphs and escape codes neither break nor change the emitted code.
#   hostile_names.sh TINYC MODEL STUBS
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$1" "$2" --target cortex-m4 --name hostile -o "$work" > /dev/null
grep -q $'\x1b' "$work"/hostile* && { echo "an escape code reached a file"; exit 1; }
warnings=(-Wall -Wextra -Wconversion -Wshadow -pedantic -Werror)
g++ -std=c++17 "${warnings[@]}" -DTINYC_PORTABLE_TWINS -I"$3" -I"$work" -o "$work/test" "$work/hostile.cpp" "$work/hostile_test.cpp" "$3/platform_host.cpp"
"$work/test"
echo '#include "hostile.h"' > "$work/c.c"
gcc -std=c11 "${warnings[@]}" -c "$work/c.c" -o "$work/c.o"
if "$1" check "$2" --board pico --ram 1 2>&1 | grep -q $'\x1b'; then
  echo "an escape code reached the terminal"
  exit 1
fi
