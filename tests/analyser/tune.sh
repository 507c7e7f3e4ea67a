#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# --tune: never slower by the counter, right results, the same again from its file, a damaged file made anew, budgets, CMake.
#   tune.sh TINYC BUILD_FOLDER MODEL_FOLDER
set -eu
tinyc=$(realpath "$1") build=$2 folder=$3 target=cortex-m4
command -v arm-none-eabi-g++ > /dev/null && command -v qemu-system-arm > /dev/null || exit 77
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
fail() { echo "$*"; cat said; exit 1; }
tune() { "$tinyc" "$folder/model.onnx" --target $target --tune --name m "$@" > said 2>&1; }

tune -o first || { grep -q "built without LLVM" said && exit 77; fail "--tune failed"; }
grep -q "T0707: --tune: .* cycles" said || fail "no word of what was found"
[ "$(tail -n 1 first/m_tune.txt)" = "# $(grep -vc '^#' first/m_tune.txt) entries" ] || fail "the file of costs"
grep -q "by analysed machine code" first/m.cpp || fail "kernels were not chosen by what they cost"

# Again, from the file, and anew: the same bytes, and nothing is written again.
cp -r first again && touch -d 2000-01-01 again/m_tune.txt
tune -o again && tune -o anew
for other in again anew; do diff -r first $other > said || fail "$other differs"; done
[ "$(stat -c %Y again/m_tune.txt)" -lt 1000000000 ] || fail "the file was written again"

# A damaged file says so and gives the same.
mkdir damaged && head -c 300 first/m_tune.txt > damaged/m_tune.txt
tune -o damaged && grep -q "m_tune.txt: note T0707: not used, made anew" said || fail "a damaged file goes unnoticed"
diff -r first damaged > said || fail "after a damaged file the result differs"

# The counter agrees that nothing became slower.
cycles() { "$tinyc" bench "$folder/model.onnx" --target $target --name m --json "$@" 2> said |
  python3 -c 'import json, sys; print(json.load(sys.stdin)["totals"]["cycles"])'; }
plain=$(cycles) tuned=$(cycles --tune-cache first/m_tune.txt)
[ -n "$tuned" ] && [ "$tuned" -le "$plain" ] || fail "tuned $tuned cycles, by estimates $plain"
"$tinyc" verify "$folder/model.onnx" --target $target --data "$folder" --accept "$folder/../index.json" --tune-cache first/m_tune.txt --name m > said 2>&1 ||
  fail "tuned code computes something else"

# Budgets hold: half the flash that is not constants, and less RAM.
tune -o small --tune-cache first/m_tune.txt --flash 40K --measure || grep -q T0601 said || fail "--flash"
python3 -c 'import json; r = json.load(open("small/m_report.json")); assert r["code_bytes"] + r["constant_bytes"] <= 40 * 1024' 2> /dev/null ||
  grep -q T0601 said || fail "over the budget of flash"

# From CMake.
cat > CMakeLists.txt << END
cmake_minimum_required(VERSION 3.25)
project(tuned LANGUAGES CXX)
find_package(tinyc REQUIRED)
tinyc_add_model(m MODEL "$folder/model.onnx" TARGET $target TUNE costs.txt)
END
cp first/m_tune.txt costs.txt
cmake -S . -B cmake -G Ninja "-Dtinyc_DIR=$build" > said 2>&1 && cmake --build cmake --target m.tinyc/m.cpp > said 2>&1 || fail "CMake"
diff <(grep -v '^//' first/m.cpp) <(grep -v '^//' cmake/m.tinyc/m.cpp) > said 2>&1 || fail "CMake's result differs"
cmp first/m_tune.txt costs.txt > said || fail "CMake's costs differ"
echo "passed: $tuned cycles instead of $plain"
