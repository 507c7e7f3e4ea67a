#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tinyc stays within a time and a memory for a model.   limits.sh TINYC MODEL SECONDS MEGABYTES [GCC_SECONDS GCC_MEGABYTES]
# With the last two, gcc's for the emitted source too. Times are of the processor, so that a busy machine does not matter.
set -u
tinyc=$1 model=$2
[ -f "$model" ] || { echo "no file $model"; exit 77; }
[ -x /usr/bin/time ] || { echo "no /usr/bin/time"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# within SECONDS MEGABYTES COMMAND...
within() {
  local seconds=$1 megabytes=$2
  shift 2
  /usr/bin/time -f '%U %S %M' -o "$work/time" "$@" || return 1
  awk -v seconds="$seconds" -v megabytes="$megabytes" -v what="$(basename "$1")" '
    { printf "%s: %.2f s (limit %s), %d MB (limit %s)\n", what, $1 + $2, seconds, $3 / 1024, megabytes
      exit $1 + $2 > seconds || $3 / 1024 > megabytes }' "$work/time"
}
within "$3" "$4" "$tinyc" "$model" --target cortex-m7 --name model -o "$work/out" || exit 1
[ $# -ge 6 ] || exit 0
within "$5" "$6" g++ -std=c++17 -O2 -DTINYC_PORTABLE_TWINS -c "$work/out/model.cpp" -o "$work/model.o"
