#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The outputs of a model are the same bytes on every target, recorded outputs or not.
#   same_bits.sh TINYC FOLDER TARGET...
# Skipped (77) when the folder is not there, or fewer than two targets can be run.
set -u
tinyc=$1 folder=$2
shift 2
[ -d "$folder" ] || { echo "no folder $folder"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
first="" compared=0 failed=0
for target in "$@"; do
  if ! text=$("$tinyc" run "$folder/model.onnx" --target "$target" --input "$folder"/test_data_set_0/input_*.pb --output "$work/$target" 2>&1); then
    grep -q "error T0701" <<< "$text" && { echo "$target: skipped, tools missing"; continue; }
    echo "$target: $text"
    failed=1
    continue
  fi
  if [ -z "$first" ]; then
    first=$target
  elif diff -rq "$work/$first" "$work/$target"; then
    compared=$((compared + 1))
    echo "$target: same bits as $first"
  else
    failed=1
  fi
done
[ $failed -ne 0 ] && exit 1
[ $compared -eq 0 ] && exit 77
exit 0
