#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# When one output file cannot be written, none is there afterwards, and older ones are unharmed.   all_or_none.sh TINYC MODEL
set -u
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/out/m_test.cpp"  # a folder where a file must go
echo old > "$work/out/m.h"
"$1" "$2" --target host --name m -o "$work/out" 2> "$work/error"
[ $? -eq 1 ] || { echo "exit status is not 1"; exit 1; }
cat "$work/error"
[ "$(cat "$work/out/m.h")" = old ] || { echo "m.h was changed"; exit 1; }
[ "$(ls "$work/out" | tr '\n' ' ')" = "m.h m_test.cpp " ] || { ls "$work/out"; exit 1; }
