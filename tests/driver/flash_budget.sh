#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# --flash is kept by the object file that --measure builds, costs no more than it must, and changes no result.
#   flash_budget.sh TINYC MODEL DATA
set -eu
tinyc=$1 model=$2 data=$3
command -v arm-none-eabi-g++ > /dev/null || { echo "skipped: arm-none-eabi-g++ is missing"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
figure() { python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$work/m_report.json" "$1"; }
flash_at() { "$tinyc" "$model" --target cortex-m4 -O speed --measure -o "$work" --name m "$@" > /dev/null && figure flash_bytes; }

unbounded=$(flash_at)
before=$unbounded
for percent in 90 75 60; do
  budget=$((unbounded * percent / 100))
  flash=$(flash_at --flash "$budget")
  echo "$flash bytes of $budget"
  [ "$flash" -le "$budget" ] || { echo "the budget does not hold"; exit 1; }
  [ "$flash" -le "$before" ] || { echo "a smaller budget took more flash"; exit 1; }
  before=$flash
  "$tinyc" verify "$model" --target host -O speed --flash "$budget" --data "$data"
done
status=0
"$tinyc" "$model" --target cortex-m4 --measure -o "$work/none" --flash 1000 2> "$work/stderr" || status=$?
[ "$status" -eq 1 ] && grep -q "bytes of flash" "$work/stderr" && [ ! -e "$work/none" ] || { echo "1,000 bytes were not refused"; exit 1; }
