#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# One case of emitted text: model.ir compiled with args must give source.txt (the .cpp with the kernels' own text left out)
# and header.txt, compile without a warning on every compiler there is, and pass its golden test under sanitizers.
# TINYC_BLESS=1 rewrites the texts; refused where CI is set.
#   run_case.sh TINYC CASE_FOLDER STUBS
set -u
tinyc=$1 case=$2 stubs=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
fail() {
  echo "FAILED: $1"
  failed=1
}

read -ra arguments < "$case/args"
[[ " ${arguments[*]} " == *" --name "* ]] || arguments+=(--name model)
name=$(sed -n 's/.*--name \([A-Za-z0-9_]*\).*/\1/p' <<< "${arguments[*]}")
"$tinyc" "$case/model.ir" "${arguments[@]}" -o "$work" > /dev/null || exit 1

# Kernel texts are tested on their own; of each only the name stays.
awk '/^\/\/ ---- kernels/ { skip = 1; print; next }
     /^\/\/ ---- memory map/ { skip = 0 }
     !skip || /^\/\/ (backends|runtime-stubs)\// { print }' "$work/$name.cpp" > "$work/source.txt"
cp "$work/$name.h" "$work/header.txt"
for text in source.txt header.txt; do
  if [ -n "${TINYC_BLESS:-}" ]; then
    [ -n "${CI:-}" ] && echo "TINYC_BLESS is refused where CI is set" && exit 1
    cp "$work/$text" "$case/$text"
  fi
  diff -u "$case/$text" "$work/$text" || fail "$text differs"
done

warnings=(-Wall -Wextra -Wconversion -Wshadow -pedantic -Werror)
for compiler in g++ clang++; do
  # clang's own sanitizer libraries are a package of their own, its traps need none.
  sanitizers=(-g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all)
  [ $compiler = clang++ ] && sanitizers=(-g -O1 -fsanitize=undefined -fsanitize-trap=undefined)
  command -v $compiler > /dev/null || { echo "$compiler: not there"; continue; }
  $compiler -std=c++17 "${warnings[@]}" "${sanitizers[@]}" -DTINYC_PORTABLE_TWINS -I"$stubs" -I"$work" -o "$work/test-$compiler" \
    "$work/$name.cpp" "$work/${name}_test.cpp" "$stubs/platform_host.cpp" || { fail "$compiler"; continue; }
  "$work/test-$compiler" || fail "golden test built by $compiler"
done
echo "#include \"$name.h\"" > "$work/header_test.c"
gcc -std=c11 "${warnings[@]}" -c "$work/header_test.c" -o "$work/header_test.o" || fail "C11 header"

# The target's own compiler, with the flags that the report recommends.
compiler=$(sed -n 's/^  "compiler": "\(.*\)",$/\1/p' "$work/${name}_report.json")
mapfile -t flags < <(sed -n '/^  "flags": \[/,/\]/s/^   "\(.*\)",\{0,1\}$/\1/p' "$work/${name}_report.json")
if [ -n "$compiler" ] && command -v "$compiler" > /dev/null; then
  case $compiler in riscv*) flags+=(--specs=picolibc.specs) ;; esac
  "$compiler" "${flags[@]}" "${warnings[@]}" -x c++ -c "$work/$name.cpp" -o "$work/object.o" || fail "$compiler"
fi
exit $failed
