#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every shipped text compiles alone, without a warning, with every compiler that is installed.
#   shipped_texts_test.sh WRITE_SHIPPED_TEXTS FOLDER
set -u
writer=$1
folder=$2
rm -rf "$folder"
"$writer" "$folder" || exit 1

flags=(-std=c++17 -Wall -Wextra -Wconversion -Wshadow -pedantic -Werror -fno-exceptions -fno-rtti)
failed=0

# compile_all NAME COMMAND...: all sources that $pattern matches, so that the compiler starts once per source and no more.
pattern=.
compile_all() {
  local name=$1 log
  shift
  if ! command -v "$1" > /dev/null; then
    echo "skipped $name: no $1"
    return
  fi
  if log=$(cd "$folder" && ls ./*.cpp | grep -E "$pattern" | xargs -P 2 -n 8 "$@" "${flags[@]}" -c 2>&1); then
    echo "passed  $name"
  else
    echo "failed  $name"
    echo "$log" | head -60
    failed=1
  fi
}

compile_all "g++" g++ -O2
compile_all "clang++" clang++ -O2
compile_all "g++, not optimised" g++ -O0
for cpu in cortex-m0 cortex-m4; do
  compile_all "arm-none-eabi-g++ $cpu" arm-none-eabi-g++ "-mcpu=$cpu" -mthumb -O2 -ffreestanding
  pattern='tile|block|rows_q8|dsp'  # loops in assembly, which need every register
  compile_all "arm-none-eabi-g++ $cpu, frame pointer" arm-none-eabi-g++ "-mcpu=$cpu" -mthumb -O2 -ffreestanding \
    -fno-omit-frame-pointer
  pattern=.
done
pattern='f32'
compile_all "arm-none-eabi-g++ cortex-m4 with FPU, frame pointer" arm-none-eabi-g++ -mcpu=cortex-m4 -mthumb \
  -mfpu=fpv4-sp-d16 -mfloat-abi=hard -O2 -ffreestanding -fno-omit-frame-pointer
pattern=.
compile_all "arm-none-eabi-g++ cortex-m55" arm-none-eabi-g++ -mcpu=cortex-m55 -mthumb -mfloat-abi=hard -O2
compile_all "riscv64-unknown-elf-gcc rv32imc" riscv64-unknown-elf-gcc -x c++ -march=rv32imc -mabi=ilp32 \
  --specs=picolibc.specs -O2 -ffreestanding
exit $failed
