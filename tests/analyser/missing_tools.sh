#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What is not installed is named with its package, before anything is written.   missing_tools.sh TINYC MODEL
set -eu
tinyc=$(realpath "$1") model=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin"
for tool in arm-none-eabi-g++ arm-none-eabi-objdump arm-none-eabi-size arm-none-eabi-nm; do
  path=$(command -v $tool) && ln -s "$path" "$work/bin/$tool"
done

# expect PATH TOOL PACKAGE ARGUMENTS...
expect() {
  local path=$1 tool=$2 package=$3 status=0
  shift 3
  PATH=$path "$tinyc" "$@" > "$work/said" 2>&1 || status=$?
  grep -q "built without LLVM" "$work/said" && return
  [ "$status" = 1 ] && grep -q "T0701: .*$tool is not installed" "$work/said" && grep -q "apt-get install .*$package" "$work/said" ||
    { echo "tinyc $*: status $status, expected $tool of $package" && cat "$work/said" && exit 1; }
  [ ! -e "$work/out" ] || { echo "files left behind" && exit 1; }
}
mkdir "$work/none"
for command in "bench" "bench --analyse" "bench --tune" "run"; do
  read -ra words <<< "$command"
  expect "$work/none" arm-none-eabi-g++ gcc-arm-none-eabi "${words[@]}" "$model" --target cortex-m4
done
for option in --tune --report --measure; do
  expect "$work/none" arm-none-eabi-g++ gcc-arm-none-eabi "$model" --target cortex-m4 $option -o "$work/out"
  expect "$work/none" riscv64-unknown-elf-gcc gcc-riscv64-unknown-elf "$model" --target rv32imc $option -o "$work/out"
done
if [ -e "$work/bin/arm-none-eabi-g++" ]; then
  expect "$work/bin" qemu-system-arm qemu-system-arm bench "$model" --target cortex-m4
  # Following machine code needs no emulator.
  for tool in as ld collect2 rm; do ln -sf "$(command -v $tool || echo /nowhere)" "$work/bin/$tool"; done
  PATH=$work/bin "$tinyc" bench "$model" --target cortex-m4 --analyse > "$work/said" 2>&1 || grep -q "built without LLVM" "$work/said" ||
    { echo "the analyser asks for an emulator" && cat "$work/said" && exit 1; }
fi
echo passed
