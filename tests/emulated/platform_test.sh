#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds platform_program.cpp for every target, runs it on the host or in the emulator and compares results.
#   platform_test.sh PRINT_COMMANDS [TARGET...]      exit 0 passed, 1 failed, 77 everything skipped (tools missing)
set -u
print_commands=$(realpath "$1")
shift
here=$(cd "$(dirname "$0")" && pwd)
stubs=$(cd "$here/../../runtime-stubs" && pwd)
warnings=(-Wall -Wextra -Wconversion -Wshadow -pedantic -Werror)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

# 200,000 bytes that repeat late, and what the program must make of them.
awk 'BEGIN { for (i = 0; i < 20000; i++) printf "%010d", (i * 7919) % 1000003 }' > in.bin
od -An -v -tu1 -w1 in.bin | awk '{ printf "%02x\n", $1 * 2 % 256 }' > expected.hex

failures=0
passed=0

fail() {
  echo "$target: FAILED: $1"
  failures=$((failures + 1))
}

# Runs the program with the given arguments; its text is in $output, its exit code in $code.
run() {
  mapfile -t command < <("$print_commands" run "$target" program.elf "$@")
  output=$(timeout 60 "${command[@]}" < /dev/null 2>&1)
  code=$?
}

check_copy() {
  rm -f out.bin
  run copy in.bin out.bin
  if [ "$code" -ne 0 ] || [[ "$output" != *"all checks passed"* ]]; then
    fail "exit code $code"$'\n'"$output"
  elif ! od -An -v -tx1 -w1 out.bin | tr -d ' ' | cmp -s - expected.hex; then
    fail "wrong output file"
  fi
}

# The codes are kPlatformFault and kPlatformStackOverflow of platform.h; the host is ended by a signal.
check_fault() {
  run "$1"
  local message="fault: "
  [ "$target" = host ] && message=""
  if [ "$code" -eq 0 ] || [ "$code" -eq 124 ] || [[ "$output" != *"$message"* ]]; then
    fail "$1 gave exit code $code"$'\n'"$output"
  fi
}

check_target() {
  local optimisation=$1 before=$failures
  mapfile -t command < <("$print_commands" compile "$target" "$stubs" program.elf "$here/platform_program.cpp" \
    "${warnings[@]}" "$optimisation" $([ "$target" = host ] && echo -DPLATFORM_TEST_HOST))
  if ! output=$("${command[@]}" 2>&1); then
    fail "does not build at $optimisation"$'\n'"$output"
    return
  fi
  if [ "$runs" = yes ]; then
    check_copy
    check_fault fault
    [ "$target" != host ] && check_fault overflow
  fi
  [ "$failures" -eq "$before" ] && passed=$((passed + 1)) && echo "$target $optimisation: passed (runs: $runs)"
}

mapfile -t all < <("$print_commands" targets)
targets=("$@")
[ ${#targets[@]} -eq 0 ] && targets=("${all[@]#-}")
for target in "${targets[@]}"; do
  runs=yes
  [[ " ${all[*]} " == *" -$target "* ]] && runs=no
  missing=$("$print_commands" missing "$target")
  if [ -n "$missing" ]; then
    echo "$target: skipped, missing: $missing"
    continue
  fi
  check_target -O2
  check_target -O0
done
[ "$failures" -gt 0 ] && exit 1
[ "$passed" -eq 0 ] && exit 77
exit 0
