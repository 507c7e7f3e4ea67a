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
# The flash of the chosen one is what compiling reports, and each step is the difference of two lines.
flash=$(sed -n 's/.*"flash": \([0-9]*\).*/\1/p;/"chosen": true/q' "$work/plan.json" | tail -1)
reported=$("$tinyc" check "$model" --target cortex-m4 --json | sed -n 's/^  "flash_bytes": \([0-9]*\),$/\1/p' | head -1)
[ -n "$flash" ] && [ "$flash" = "$reported" ] || { echo "flash $flash in the list, $reported in the report"; exit 1; }
sed -n 's/.*"cycles": \([0-9]*\).*/\1/p' "$work/plan.json" | awk 'NR > 1 { print $1 - last } { last = $1 }' > "$work/differences"
sed -n 's/.*"step_cycles": \(-\{0,1\}[0-9]*\).*/\1/p' "$work/plan.json" | tail -n +2 | cmp - "$work/differences" || exit 1
grep -q "of flash" "$work/plan.svg" || { echo "no flash in the picture"; exit 1; }
"$tinyc" plan "$model" --target cortex-m4 | head -1 | grep -q "RAM *flash *cycles" || { echo "no columns"; exit 1; }
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
