#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# --report: what the counter counts in the emulator, without it; nothing where the target cannot be analysed.
#   report.sh TINYC MODEL
set -eu
tinyc=$1 model=$2
command -v arm-none-eabi-g++ > /dev/null && command -v qemu-system-arm > /dev/null || exit 77
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if ! "$tinyc" "$model" --target cortex-m4 --report --name m -o "$work/analysed" > /dev/null 2> "$work/why"; then
  grep -q "built without LLVM" "$work/why" && exit 77
  cat "$work/why"
  exit 1
fi
"$tinyc" "$model" --target cortex-m4 --measure --name m -o "$work/counted" > /dev/null
python3 - "$work/analysed/m_report.json" "$work/counted/m_report.json" << 'END'
import json, sys
analysed, counted = (json.load(open(path)) for path in sys.argv[1:3])
assert analysed["how"]["instructions"].startswith("analysed") and counted["how"]["instructions"].startswith("exact")
assert abs(analysed["instructions"] - counted["instructions"]) <= 64, (analysed["instructions"], counted["instructions"])
assert analysed["code_bytes"] == counted["code_bytes"]
assert 0 <= analysed["stack_bytes"] - counted["stack_bytes"] <= 16
layers = [(a["instructions"], c["instructions"]) for a, c in zip(analysed["layers"], counted["layers"])]
assert layers and all(a is not None for a, _ in layers) and sum(a == c for a, c in layers) >= len(layers) - 1, layers
END
stack=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["stack_bytes"])' "$work/analysed/m_report.json")
grep -q "#define M_STACK_BYTES $stack /\* analysed: .*arm-none-eabi-g++" "$work/analysed/m.h" || { echo "the header says nothing of the stack"; exit 1; }
status=0
"$tinyc" "$model" --target esp32 --report --name m -o "$work/none" 2> /dev/null || status=$?
[ "$status" -eq 1 ] && [ ! -e "$work/none" ] || { echo "esp32 was not refused"; exit 1; }
