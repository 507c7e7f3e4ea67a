#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Arrays in several memories of the emulated board: linked with the emitted fragment, run with golden data, and every
# address compared with the region that the report names. Without the fragment, and on the host, sections do no harm.
#   regions.sh TINYC PRINT_COMMANDS STUBS MODELS      77: tools missing
set -u
tinyc=$1 print_commands=$2 stubs=$3 models=$4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
target=cortex-m4
missing=$("$print_commands" missing $target)
[ -n "$missing" ] && echo "missing: $missing" && exit 77
warnings=(-Wall -Wextra -Wconversion -Wshadow -pedantic -Werror)

fail() { echo "FAILED: $1"; exit 1; }

# The boards' 4 MB at 0x20000000 in two halves, and part of the 16 MB at 0x21000000 as a faster flash of 12,000 bytes.
regions=(--region "code=flash@0+4M,wait=4" --region "quick=flash@0x21800000+12000"
  --region "slow=ram@0x20000000+2M,wait=2" --region "quick_ram=ram@0x20200000+1M" --stack 128K@slow)

run() {  # program
  mapfile -t command < <("$print_commands" run $target "$1")
  timeout 60 "${command[@]}" < /dev/null
}

build() {  # output flags...
  local output=$1
  shift
  mapfile -t command < <("$print_commands" compile $target "$stubs" "$output" net_test.cpp net.cpp "${warnings[@]}" "$@")
  "${command[@]}" || fail "$output does not build"
}

# Lines "ADDRESS SYMBOL" of the program against "FIRST LAST SYMBOL" of the report.
check_addresses() {
  python3 - <<'CHECK' || fail "addresses"
import json, re, subprocess, sys
report = json.load(open("net_report.json"))
lines = subprocess.run(["arm-none-eabi-nm", "-S", "-C", "fragment.elf"], capture_output=True, text=True).stdout.splitlines()
found = {}
for line in lines:
    fields = line.split(maxsplit=3)
    if len(fields) == 4:
        found[fields[3].split("::")[-1]] = (int(fields[0], 16), int(fields[1], 16))
checked = {}
for region in report["memories"]["regions"]:
    for array in region["arrays"]:
        name = array["name"]
        if array["kind"] in ("stack", "code") or (array["kind"] == "constants" and name not in found):
            continue  # arrays of one element may be folded into the code
        address, size = found[name]
        inside = region["address"] <= address and address + size <= region["address"] + region["bytes"]
        if region["name"] == "code":  # the linker's own place for constants: anywhere but in the others
            inside = not 0x21800000 <= address < 0x21800000 + 12000
        if not inside:
            sys.exit(f"{name} is not in {region['name']}: {found[name]}")
        checked.setdefault(region["name"], []).append(name)
used = {region["name"]: region["used"] for region in report["memories"]["regions"]}
print({name: len(names) for name, names in checked.items()}, used)
if "workspace" not in checked.get("quick_ram", []) or not checked.get("quick") or not 0 < used["quick"] <= 12000:
    sys.exit("the quick memories are not used")
CHECK
}

check() {  # model options...
  local model=$1
  shift
  rm -f -- *
  "$tinyc" "$models/$model/model.onnx" --target $target --name net "${regions[@]}" "$@" || fail "tinyc $model"
  build fragment.elf -Wl,-T,net_memory.ld -Wl,-T,net.ld
  check_addresses
  run fragment.elf || fail "$model, linked with the fragment, gives other outputs"
  build plain.elf
  run plain.elf || fail "$model without the fragment gives other outputs"
  for compiler in g++ clang++; do
    command -v $compiler > /dev/null || continue
    $compiler -std=c++17 -O1 "${warnings[@]}" -DTINYC_PORTABLE_TWINS -I"$stubs" net_test.cpp net.cpp \
      "$stubs/platform_host.cpp" -o host || fail "$model does not build with $compiler"
    ./host || fail "$model on the host"
  done
  g++ -std=c++17 -DTINYC_PORTABLE_TWINS "-DTINYC_SECTION(name)=" -I"$stubs" -c net.cpp -o none.o || fail "no sections"
  readelf -S none.o | grep -q "net.quick" && fail "TINYC_SECTION is not overridden"
}

check mlperf_kws_int8
check mlperf_strww_int8 --stream 2

# Constants in slow flash are copied where that is faster as modelled: the emulator counts who is read.
constants_read() {  # options...
  "$tinyc" bench "$models/mlperf_kws_int8/model.onnx" --target $target --json "$@" 2> /dev/null |
    python3 -c 'import json, sys; print(json.load(sys.stdin)["totals"]["constant_accesses"])'
}
slow=(--region "flash=flash@0x08000000+1M,wait=5" --region "sram=ram@0x20000000+256K")
with=$(constants_read "${slow[@]}") without=$(constants_read "${slow[@]}" --prefetch off)
echo "reads of constants: $without, with copies $with"
[ "$((with * 20))" -lt "$without" ] || fail "copies of constants are not used"
[ "$(constants_read --region "flash=flash@0x08000000+1M" "${slow[@]:2}")" -gt "$((without * 9 / 10))" ] ||
  fail "constants of fast flash are copied"
# The room is what RAM has beside the rest.
"$tinyc" "$models/mlperf_kws_int8/model.onnx" --target $target --name net --region "flash=flash@0x08000000+1M,wait=5" \
  --region "sram=ram@0x20000000+13000" --stack 1K > /dev/null || fail "KWS in 13,000 B"
python3 - <<'CHECK' || fail "room"
import json
report = json.load(open("net_report.json"))
prefetch = report["memories"]["prefetch"]
copied = sum(layer["prefetch_bytes"] for layer in report["layers"])
print(prefetch, report["workspace_bytes"])
assert 0 < prefetch["bytes"] == copied < 29000 and report["workspace_bytes"] <= 13000 - 1024
assert prefetch["saves_cycles"] > 0
CHECK
echo "passed"
