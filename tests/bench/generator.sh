#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What compiling costs on the PC: tinyc, then g++ -O2 for what it emits.   generator.sh TINYC LARGE_MODELS > results/generator.txt
# LARGE_MODELS: a folder made by test-models/generate_large.py. Processor seconds (user + system), best of three; the last
# column is what a machine's speed cancels out of.
set -eu
tinyc=$(realpath "$1") large=$(realpath "$2")
stored=$(realpath "$(dirname "$0")/../../test-models")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# best COMMAND...: "seconds megabytes"
best() {
  for _ in 1 2 3; do
    /usr/bin/time -f '%U %S %M' -o "$work/time" "$@" > /dev/null 2>&1 || { echo "failed: $*" >&2 && exit 1; }
    awk '{ printf "%.2f %d\n", $1 + $2, $3 / 1024 }' "$work/time"
  done | sort -n | head -n 1
}
row() { printf '%-28s %10s %10s %10s %10s %10s\n' "$@"; }

echo "# tests/bench/generator.sh; $("$tinyc" --version); $(g++ --version | head -n 1)"
row model "tinyc s" "tinyc MB" "g++ s" "g++ MB" "tinyc/g++"
read -r seconds megabytes <<< "$(best "$tinyc" --version)"
row "(--version)" "$seconds" "$megabytes" - - -
for model in "$stored"/mlperf_*/model.onnx "$large"/mobilenet_v1/model.onnx; do
  read -r seconds megabytes <<< "$(best "$tinyc" "$model" --target cortex-m7 --name model -o "$work/out")"
  read -r gcc_seconds gcc_megabytes <<< "$(best g++ -std=c++17 -O2 -DTINYC_PORTABLE_TWINS -c "$work/out/model.cpp" -o "$work/model.o")"
  row "$(basename "$(dirname "$model")")" "$seconds" "$megabytes" "$gcc_seconds" "$gcc_megabytes" \
    "$(awk -v a="$seconds" -v b="$gcc_seconds" 'BEGIN { printf "%.3f", a / b }')"
done
