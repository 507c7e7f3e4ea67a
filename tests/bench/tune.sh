#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What --tune changes, by the counter: tune.sh TINYC MODEL_FOLDER... > results/tune.txt
# Cycles and flash (code and constants of the emitted source) by estimates and with --tune; seconds of the first --tune and of one
# that finds all in its file. CORES: cortex-m0 cortex-m4 cortex-m33 if not set. --io-layout rows.
set -eu
tinyc=$(realpath "$1")
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
echo "# tests/bench/tune.sh; $("$tinyc" --version); $(arm-none-eabi-g++ --version | head -n 1)"
row() { printf '%-16s %-10s %-9s %11s %11s %8s %9s %9s %7s %7s\n' "$@"; }
row model core -O cycles --tune change "flash B" --tune seconds again
for target in ${CORES:-cortex-m0 cortex-m4 cortex-m33}; do
  for model in "$@"; do
    for aim in speed balanced; do
      options=("$model/model.onnx" --target "$target" --io-layout rows -O "$aim" --name model)
      cache=$work/$aim-$target-$(basename "$model")
      seconds() { /usr/bin/time -f %e -o "$work/time" "$tinyc" "${options[@]}" --tune-cache "$cache" -o "$work/out" > /dev/null 2>&1; cat "$work/time"; }
      first=$(seconds) again=$(seconds)
      figures() { "$tinyc" bench "${options[@]}" --json "$@" 2> /dev/null |
        python3 -c 'import json, sys; r = json.load(sys.stdin); print(r["totals"]["cycles"], r["code_bytes"] + r["constant_bytes"])'; }
      read -r plain plain_flash <<< "$(figures)"
      read -r tuned tuned_flash <<< "$(figures --tune-cache "$cache")"
      row "$(basename "$model")" "$target" "$aim" "$plain" "$tuned" "$(python3 -c "print('{:+.2f}%'.format(100 * ($tuned / $plain - 1)))")" \
        "$plain_flash" "$tuned_flash" "$first" "$again"
    done
  done
done
