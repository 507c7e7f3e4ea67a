#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The counter against functions that were counted by hand, and against QEMU with one instruction per translated block: the
# counts must not depend on how blocks are cut.
#   hand_counted.sh TINYC STUBS PLUGIN
set -eu
tinyc=$1 stubs=$2 plugin=$3
here=$(realpath "$(dirname "$0")")
command -v arm-none-eabi-g++ > /dev/null && command -v qemu-system-arm > /dev/null || exit 77
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat > main.cpp << 'END'
extern "C" void loop();
extern "C" void loads();
extern "C" void crossing();
int main() {
  loop();
  loads();
  crossing();
  return 0;
}
END
arm-none-eabi-g++ --specs=nano.specs --specs=nosys.specs -mcpu=cortex-m4 -mthumb -O2 -nostartfiles "-L$stubs" \
  "-T$stubs/mps2_an385.ld" "-I$stubs" main.cpp "$here/hand_counted.S" "$stubs/platform_semihosting.cpp" \
  "$stubs/startup_cortex_m.cpp" -o program.elf

# expect FUNCTION INSTRUCTIONS CYCLES LOW HIGH RAM CONSTANTS
expect() {
  local got
  got=$("$tinyc" bench program.elf --target cortex-m4 --function "$1" --json | python3 -c '
import json, sys
t = json.load(sys.stdin)["totals"]
print(t["instructions"], t["cycles"], t["cycles_low"], t["cycles_high"], t["ram_accesses"], t["constant_accesses"])')
  [ "$got" = "${*:2}" ] || { echo "$1: $got instead of ${*:2}" && exit 1; }
}
expect loop 202 402 302 502 0 0
expect loads 10 17 15 21 7 1
expect crossing 7 9 8 10 0 0

count() {
  qemu-system-arm "${@:2}" -machine mps2-an386 -nographic -monitor none -serial none -chardev stdio,id=console \
    -semihosting-config enable=on,target=native,chardev=console,arg=program -kernel program.elf \
    -plugin "$plugin,out=$1,isa=thumb,begin=0x$(arm-none-eabi-nm program.elf | awk '$3 == "main" { print $1 }'),ram_low=0x20000000,ram_high=0x20400000"
  # Blocks may overlap: the sums per address count.
  tail -n +2 "$1" | awk '{ for (i = 3; i <= 6; ++i) sum[$2 " " i] += $i } END { for (k in sum) print k, sum[k] }' | sort > "$1.sums"
}
count blocks
count single -singlestep
cmp blocks.sums single.sums || { echo "counts depend on how QEMU cuts blocks" && exit 1; }
echo passed
