#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Programs that cannot be analysed: one clear error each, never a crash.   bad_programs.sh TINYC
set -eu
tinyc=$1
command -v arm-none-eabi-g++ > /dev/null || exit 77
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat > main.cpp << 'END'
extern "C" {
__attribute__((noinline)) int fine(const volatile int* p) { int s = 0; for (int i = 0; i < 9; ++i) s += p[i]; return s; }
void endless(volatile int* p) { for (;;) { } (void)p; }
void round_and_round(volatile int* p) { for (;;) ++*p; }
void lost(void (*const* f)()) { (*f)(); asm volatile(""); }
void stops() { asm volatile("bkpt 0"); }
}
int main() { return 0; }
END
arm-none-eabi-g++ --specs=nano.specs --specs=nosys.specs -mcpu=cortex-m4 -mthumb -O2 -nostartfiles -Wl,-emain main.cpp -o good.elf 2> /dev/null

expect() {  # FILE TARGET FUNCTION TEXT
  local status=0
  "$tinyc" bench "$1" --target "$2" --function "$3" --analyse > out 2>&1 || status=$?
  grep -q "built without LLVM" out && exit 77
  [ "$status" = 1 ] && grep -q "T0706" out && grep -q "$4" out || { echo "$1 $2 $3: $status, expected: $4" && cat out && exit 1; }
}
"$tinyc" bench good.elf --target cortex-m4 --function fine --analyse > out 2>&1 || grep -q "built without LLVM" out
expect good.elf cortex-m4 endless "never ends"
expect good.elf cortex-m4 round_and_round "does not end within"
expect good.elf cortex-m4 lost "jumps to an unknown place"
expect good.elf cortex-m4 stops "the program stops"
expect good.elf cortex-m4 absent "has no function 'absent'"

expect good.elf rv32imc fine "is a program for Arm, not for"
expect good.elf cortex-m0 fine "is a program for Armv7E-M, but cortex-m0 is a core of Armv6-M"
expect good.elf cortex-m3 fine "but cortex-m3 is a core of Armv7-M"
if command -v riscv64-unknown-elf-g++ > /dev/null; then
  sed 's/bkpt 0/ebreak/' main.cpp > riscv.cpp
  riscv64-unknown-elf-g++ -march=rv32imc -mabi=ilp32 -O2 -nostdlib -Wl,-emain riscv.cpp -o riscv.elf
  "$tinyc" bench riscv.elf --target rv32imc --function fine --analyse > out 2>&1 || { cat out; exit 1; }
  expect riscv.elf cortex-m4 fine "is a program for RISC-V, not for"
  expect riscv.elf rv32imc endless "never ends"
  expect riscv.elf rv32imc round_and_round "does not end within"
  expect riscv.elf rv32imc lost "jumps to an unknown place"
  expect riscv.elf rv32imc stops "the program stops"
fi

# Cut short, and with one byte changed: an error or a result, no crash and no hang.
size=$(stat -c %s good.elf)
for i in $(seq 1 40); do
  head -c $((size * i / 41)) good.elf > cut.elf
  cp good.elf changed.elf
  printf '\377' | dd of=changed.elf bs=1 seek=$((size * i / 41)) conv=notrunc status=none
  for file in cut.elf changed.elf; do
    status=0
    timeout 60 "$tinyc" bench "$file" --target cortex-m4 --function fine --analyse > out 2>&1 || status=$?
    [ "$status" -le 1 ] || { echo "$file $i: exit code $status" && cat out && exit 1; }
  done
done
echo passed
