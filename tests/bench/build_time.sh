#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What building tinyc takes, without a compiler cache: everything, one source file, a header that most files include; and
# starting it.   build_time.sh > results/build.txt
set -eu
source=$(realpath "$(dirname "$0")/../..")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export CCACHE_DISABLE=1
cmake -S "$source" -B "$work" -G Ninja -DCMAKE_BUILD_TYPE=Release -DTINYC_TESTS=OFF > /dev/null
seconds() { /usr/bin/time -f %e -o "$work/seconds" "$@" > /dev/null; cat "$work/seconds"; }
rebuilt() {  # after a change of a file, which gets its time stamp back
  local stamp
  stamp=$(stat -c %y "$source/$1")
  touch "$source/$1"
  printf '%-40s %7.1f s\n' "$1" "$(seconds cmake --build "$work")"
  touch -d "$stamp" "$source/$1"
}
echo "# tests/bench/build_time.sh; $(g++ --version | head -n 1); $(nproc) cores"
printf '%-40s %7.1f s\n' everything "$(seconds cmake --build "$work")"
rebuilt compiler/driver/command_check.cpp
rebuilt backends/schedule/offsets.cpp
rebuilt ir/graph.h
best=$(for _ in 1 2 3 4 5; do seconds "$work/tinyc" --version; done | sort -n | head -n 1)
printf '%-40s %7.2f s\n' "tinyc --version" "$best"
