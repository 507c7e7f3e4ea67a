#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tinyc verify for one model on one target.   verify.sh TINYC FOLDER INDEX TARGET [OPTION...]
# Skipped (77) when the folder or the target's tools are not there.
set -u
warnings=(--cflag -Wall --cflag -Wextra --cflag -Wconversion --cflag -Wshadow --cflag -pedantic --cflag -Werror)
tinyc=$1 folder=$2 index=$3 target=$4
shift 4
if [ ! -d "$folder" ]; then
  echo "no folder $folder (TINYC_SHARED names the folder with the shared models)"
  exit 77
fi
output=$("$tinyc" verify "$folder/model.onnx" "${warnings[@]}" --target "$target" --data "$folder" --accept "$index" "$@" 2>&1)
status=$?
echo "$output"
[ $status -eq 1 ] && grep -q "error T0701" <<< "$output" && exit 77
exit $status
