#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs ONNX's backend tests in the interpreter and compares the outcome with the first part of the committed page. Without
# the newest cases, those of Debian's libonnx-testdata run, without the page.   table.sh INTERPRET_CASES ARCHIVE PAGE
# TINYC_BLESS=1 rewrites that part; refused where CI is set. Skipped (77) when there are no cases.
set -u
interpret=$1 archive=$2 table=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
packaged=/usr/share/libonnx-testdata/data
if [ ! -f "$archive" ]; then
  [ -d "$packaged" ] || { echo "neither $archive nor libonnx-testdata"; exit 77; }
  exec "$interpret" --accept "$(dirname "$0")/accept_1_12.json" "$packaged" 2> /dev/null
fi
tar xzf "$archive" -C "$work" || exit 1
"$interpret" --table "$work/table.md" "$work/data" 2> "$work/log" | tail -n 1
status=${PIPESTATUS[0]}
[ "$status" -eq 0 ] || { tail -n 1 "$work/log"; exit 1; }
{ cat "$work/table.md"; echo; sed -n '/^<!-- emit_cases/,$p' "$table"; } > "$work/page.md"
if [ -n "${TINYC_BLESS:-}" ]; then
  [ -n "${CI:-}" ] && echo "TINYC_BLESS is refused where CI is set" && exit 1
  cp "$work/page.md" "$table"
  exit 0
fi
diff -u "$table" "$work/page.md"
