#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What one inference costs, one line per model:   cycles.sh TINYC TARGET MODEL_FOLDER... > results/TARGET.txt
# MODEL_FOLDER: has model.onnx. Instructions are exact, cycles modelled without wait states (docs/cycles.md); flash is code and
# constants of the emitted source, RAM its workspace and state. --io-layout rows. AIM: of -O, speed by default.
set -eu
tinyc=$(realpath "$1") target=$2
shift 2
first=1
for model in "$@"; do
  "$tinyc" bench "$model/model.onnx" --target "$target" --io-layout rows -O "${AIM:-speed}" --name model --json |
    python3 -c '
import json, sys
report, name, first = json.load(sys.stdin), sys.argv[1], sys.argv[2] == "1"
row = "{:<28} {:>13} {:>13} {:>13} {:>13} {:>9} {:>9} {:>7} {:>9} {:>7}".format
if first:
    print("# tests/bench/cycles.sh;", report["target"] + ";", report["compiler"] + ";", report["basis"])
    print(row("model", "MACs", "instructions", "cycles", "(low)", "(high)", "code B", "const B", "RAM B", "stack B"))
totals = report["totals"]
print(row(name, report["macs"], totals["instructions"], totals["cycles"], totals["cycles_low"], totals["cycles_high"],
          report["code_bytes"], report["constant_bytes"], report["workspace_bytes"], report["stack_bytes"]))' \
      "$(basename "$model")" "$first"
  first=0
done
