#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Models compiled for one workspace give their golden outputs one after the other in it, and it is as large as it says.
#   share_workspace.sh TINYC STUBS TEST_MODELS
set -eu
tinyc=$1 stubs=$2 models=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
kws=$models/mlperf_kws_int8/model.onnx vad=$models/vad_mlp_int8/model.onnx gru=$models/gru_small/model.onnx
refused() {
  if "$tinyc" "$@" --target cortex-m4 -o "$work/none" 2> "$work/stderr"; then echo "accepted: $*"; exit 1; fi
  [ ! -e "$work/none" ] || { echo "files left behind: $*"; exit 1; }
}

"$tinyc" "$kws" vad="$vad" "$gru" --share-workspace --name all --target host -o "$work" > /dev/null
# The golden tests as they are, but in the shared workspace.
for name in mlperf_kws_int8 vad gru_small; do
  sed -i 's|^alignas(.*) uint8_t workspace\[.*|}\nextern uint8_t shared[];\nnamespace {\nuint8_t* const workspace = shared;|
          s|^int main() {|int test_'$name'() {|' "$work/${name}_test.cpp"
done
cat > "$work/main.cpp" << 'EOF'
#include "all.h"
alignas(ALL_WORKSPACE_ALIGN) uint8_t shared[ALL_WORKSPACE_BYTES];
int test_mlperf_kws_int8();
int test_vad();
int test_gru_small();
int main() {
  int wrong = 0;
  for (int round = 0; round < 2; ++round) wrong += test_mlperf_kws_int8() + test_vad() + test_gru_small() + test_vad();
  return wrong;
}
EOF
g++ -std=c++17 -fsanitize=address,undefined -fno-sanitize-recover=all -I"$work" -I"$stubs" "$work"/*.cpp \
  "$stubs/platform_host.cpp" -o "$work/test"
"$work/test"

ram=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["workspace_bytes"])' "$work/all_report.json")
grep -q "ALL_WORKSPACE_BYTES $ram " "$work/all.h"
"$tinyc" check "$kws" vad="$vad" --share-workspace --target cortex-m4 --ram 6K > /dev/null
refused "$kws" "$vad"
refused "$kws" --share-workspace
refused vad="$kws" vad="$vad" --share-workspace
refused all="$kws" vad="$vad" --share-workspace --name all
refused "$kws" vad="$vad" --share-workspace --ram 2K
refused "$kws" vad="$vad" --share-workspace --flash 20K
