#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The recorded lines of a target against a new run: every figure but cycles must be the same, where the same compiler is
# installed. Models that are not there are skipped.   compare.sh TINYC TARGET MODELS_FOLDER...
set -eu
here=$(realpath "$(dirname "$0")")
tinyc=$1 target=$2
shift 2
recorded=$here/results/$target.txt
command -v qemu-system-arm > /dev/null || exit 77
models=()
while read -r name _; do
  for folder in "$@"; do [ -f "$folder/$name/model.onnx" ] && models+=("$folder/$name") && break; done
done < <(tail -n +3 "$recorded")
[ ${#models[@]} -gt 0 ] || exit 77
new=$("$here/cycles.sh" "$tinyc" "$target" "${models[@]}")
if [ "$(head -n 1 <<< "$new")" != "$(head -n 1 "$recorded")" ]; then
  echo "recorded with another compiler: $(head -n 1 "$recorded")" && exit 77
fi
status=0
while read -r line; do
  grep -qxF -- "$line" "$recorded" || { echo "now:      $line" && echo "recorded: $(grep "^${line%% *} " "$recorded")" && status=1; }
done < <(tail -n +3 <<< "$new")
exit $status
