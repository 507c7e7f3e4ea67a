#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs ONNX's backend tests as emitted code on this machine.   emitted.sh EMIT_CASES ARCHIVE
# Without the newest cases, those of Debian's libonnx-testdata. Skipped (77) when there are none.
set -u
emit=$1 archive=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
folder=/usr/share/libonnx-testdata/data
if [ -f "$archive" ]; then
  tar xzf "$archive" -C "$work" || exit 1
  folder=$work/data
fi
[ -d "$folder" ] || { echo "neither $archive nor libonnx-testdata"; exit 77; }
"$emit" "$folder" 2> "$work/log"
status=$?
[ "$status" -le 1 ] || tail -n 1 "$work/log"
exit "$status"
