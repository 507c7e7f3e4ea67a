#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The analyser against the counter, one line per model: agreement.sh TINYC TARGET MODEL_FOLDER...
# Layers without jumps that data decides and without library functions at mean cost must agree exactly; elsewhere the counted cycles
# lie between the analysed low and high, or instructions agree within 2 %, with library functions within 5 %.
set -eu
tinyc=$1 target=$2
shift 2
case $target in
  rv32*) tools="riscv64-unknown-elf-g++ qemu-system-riscv32" ;;
  *) tools="arm-none-eabi-g++ qemu-system-arm" ;;
esac
for tool in $tools; do command -v "$tool" > /dev/null || exit 77; done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for model in "$@"; do
  if ! "$tinyc" bench "$model/model.onnx" --target "$target" --name model --json --analyse > "$work/analysed" 2> "$work/why"; then
    grep -q "built without LLVM" "$work/why" && exit 77
    cat "$work/why"
    exit 1
  fi
  "$tinyc" bench "$model/model.onnx" --target "$target" --name model --json > "$work/counted"
  python3 - "$work/analysed" "$work/counted" "$(basename "$model")" "${TINYC_TABLE:+table}" << 'END'
import json, sys
analysed, counted = (json.load(open(path)) for path in sys.argv[1:3])
a, c = analysed["totals"], counted["totals"]
error = 100 * (a["instructions"] / c["instructions"] - 1)
print("{:<24} {:<11} {:>11} {:>11} {:>+7.3f}% {:>9} {:>11} {:>11} {:>+7.3f}% {:>6} {:>6}".format(
    sys.argv[3], counted["target"], a["instructions"], c["instructions"], error, analysed["undecided_jumps"],
    a["cycles"], c["cycles"], 100 * (a["cycles"] / c["cycles"] - 1), analysed["stack_bytes"], counted["stack_bytes"]))
# Between layers inputs are copied: what the C library's memcpy does depends on where the caller's arrays lie.
slack = lambda layer: 64 if layer["name"] == "(between layers)" else 0
bad = [layer["name"] for layer, truth in zip(analysed["layers"], counted["layers"])
       if layer["undecided_jumps"] == layer["typical_calls"] == 0 and abs(layer["instructions"] - truth["instructions"]) > slack(layer)]
# The painted stack misses words that are never written.
stack_off = analysed["stack_bytes"] - counted["stack_bytes"]
brackets = a["cycles_low"] <= c["cycles"] <= a["cycles_high"]
if sys.argv[4] == "table":
    sys.exit()
most = 5 if analysed["typical_calls"] else 2
if bad or not (brackets or abs(error) < most) or not 0 <= stack_off <= 16:
    sys.exit(f"differs: layers {bad}, instructions {error:.2f} %, stack {stack_off}")
END
done
