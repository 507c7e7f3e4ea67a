#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# One case of tests/errors/cases:
#   // RUN: arguments of tinyc (run in tests/errors/models; %t is an output folder)
#   // EXIT: expected status (default 1)
#   the exact text on standard error; a line "..." at the end stands for any further lines
# Also fails when tinyc hit a bug of its own (status 70), crashed, or left files behind after an error.
# TINYC_BLESS=1 rewrites the expected text; refused where CI is set.
#   run_case.sh TINYC CASE
set -u
tinyc=$1
case=$(realpath "$2")
cd "$(dirname "$0")/models" || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

read -ra arguments <<< "$(sed -n 's|^// RUN: ||p' "$case")"
wanted_status=$(sed -n 's|^// EXIT: ||p' "$case")
wanted_status=${wanted_status:-1}
arguments=("${arguments[@]//%t/$work/out}")
timeout 60 "$tinyc" "${arguments[@]}" > "$work/stdout" 2> "$work/stderr" < /dev/null
status=$?

if [ "$status" -eq 70 ] || [ "$status" -ge 124 ]; then
  echo "status $status: a bug of tinyc, not a user error"
  cat "$work/stderr"
  exit 1
fi
if [ "$status" -ne 0 ] && [ -e "$work/out" ]; then
  echo "files left behind: $(ls -A "$work/out")"
  exit 1
fi
if [ -n "${TINYC_BLESS:-}" ]; then
  [ -n "${CI:-}" ] && echo "TINYC_BLESS is refused where CI is set" && exit 1
  if ! tail -n 1 "$case" | grep -qx '\.\.\.'; then
    { grep '^// ' "$case" | grep -v '^// EXIT'; [ "$status" -ne 1 ] && echo "// EXIT: $status"; cat "$work/stderr"; } > "$work/new"
    cp "$work/new" "$case"
  fi
  exit 0
fi
grep -v '^// ' "$case" > "$work/wanted"
if tail -n 1 "$work/wanted" | grep -qx '\.\.\.'; then
  sed -i '$d' "$work/wanted"
  head -n "$(wc -l < "$work/wanted")" "$work/stderr" > "$work/start"
  mv "$work/start" "$work/stderr"
fi
if [ "$status" -ne "$wanted_status" ]; then
  echo "status $status instead of $wanted_status"
  cat "$work/stderr"
  exit 1
fi
diff -u "$work/wanted" "$work/stderr"
