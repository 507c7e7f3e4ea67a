#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs ONNX's backend tests as emitted code on this machine and compares the outcome with the second part of the committed
# page.   emitted.sh EMIT_CASES ARCHIVE PAGE
# Without the newest cases, those of Debian's libonnx-testdata run, without the page. TINYC_BLESS=1 rewrites that part; refused
# where CI is set. Skipped (77) when there are no cases.
set -u
emit=$1 archive=$2 page=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
packaged=/usr/share/libonnx-testdata/data
if [ ! -f "$archive" ]; then
  [ -d "$packaged" ] || { echo "neither $archive nor libonnx-testdata"; exit 77; }
  "$emit" --accept "$(dirname "$0")/accept_1_12.json" "$packaged" 2> "$work/log"
  status=$?
  [ "$status" -le 1 ] || tail -n 1 "$work/log"
  exit "$status"
fi
tar xzf "$archive" -C "$work" || exit 1
"$emit" --table "$work/part.md" "$work/data" 2> "$work/log"
status=$?
[ "$status" -eq 0 ] || { [ "$status" -le 1 ] || tail -n 1 "$work/log"; exit 1; }
marker='^<!-- emit_cases'
{ sed "/$marker/,\$d" "$page"; cat "$work/part.md"; } > "$work/page.md"
if [ -n "${TINYC_BLESS:-}" ]; then
  [ -n "${CI:-}" ] && echo "TINYC_BLESS is refused where CI is set" && exit 1
  cp "$work/page.md" "$page"
  exit 0
fi
diff -u "$page" "$work/page.md"
