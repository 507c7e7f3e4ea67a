#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every RAM figure that `tinyc plan` prints is a budget that compiling keeps, and one byte less than the least is refused.
#   plan_prices.sh TINYC MODEL
set -u
tinyc=$(realpath "$1")
model=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$tinyc" plan "$model" --target cortex-m4 --json --picture "$work/plan.svg" > "$work/plan.json" || exit 1
grep -q "</svg>" "$work/plan.svg" || { echo "no picture"; exit 1; }
[ "$(grep -c '"chosen": true' "$work/plan.json")" = 1 ] || { echo "not one schedule is chosen"; exit 1; }
prices=$(sed -n 's/.*"ram": \([0-9]*\).*/\1/p' "$work/plan.json")
[ "$(echo "$prices" | wc -w)" -ge 2 ] || { echo "fewer than two prices"; exit 1; }
failed=0
least=
for ram in $prices; do
  if [ -n "$least" ] && [ "$ram" -gt "$least" ]; then echo "$ram comes after $least"; failed=1; fi
  least=$ram
  "$tinyc" check "$model" --target cortex-m4 --ram "$ram" > "$work/check" 2>&1 || { cat "$work/check"; failed=1; }
done
if "$tinyc" check "$model" --target cortex-m4 --ram $((least - 1)) > "$work/check" 2>&1; then
  echo "$((least - 1)) bytes are accepted, less than the least price $least"
  failed=1
fi
exit $failed
