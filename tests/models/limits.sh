#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tinyc's peak memory for a model.   limits.sh TINYC MODEL MEGABYTES [GCC_MEGABYTES]
# With the last one, gcc's for the emitted source too. Times are in tests/bench/results/generator.txt, not tested.
set -u
tinyc=$1 model=$2
[ -f "$model" ] || { echo "no file $model"; exit 77; }
[ -x /usr/bin/time ] || { echo "no /usr/bin/time"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# within MEGABYTES COMMAND...
within() {
  local megabytes=$1
  shift
  /usr/bin/time -f '%M' -o "$work/memory" "$@" || return 1
  awk -v megabytes="$megabytes" -v what="$(basename "$1")" '
    { printf "%s: %d MB (limit %s)\n", what, $1 / 1024, megabytes
      exit $1 / 1024 > megabytes }' "$work/memory"
}
within "$3" "$tinyc" "$model" --target cortex-m7 --name model -o "$work/out" || exit 1
[ $# -ge 4 ] || exit 0
within "$4" g++ -std=c++17 -O2 -DTINYC_PORTABLE_TWINS -c "$work/out/model.cpp" -o "$work/model.o"
