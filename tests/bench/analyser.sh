#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The analyser against the counter, every model and core: analyser.sh TINYC MODEL_FOLDER... > results/analyser.txt
set -eu
tinyc=$1
shift
echo "# tests/bench/analyser.sh; $("$tinyc" --version); $(arm-none-eabi-g++ --version | head -n 1); $(riscv64-unknown-elf-g++ --version | head -n 1)"
echo "# instructions analysed, counted; jumps that data decides; cycles analysed, counted; stack analysed, painted"
for target in ${CORES:-cortex-m0 cortex-m3 cortex-m4 cortex-m7 cortex-m33 cortex-m55 rv32imc rv32imafc}; do
  for model in "$@"; do
    TINYC_TABLE=1 bash "$(dirname "$0")/../analyser/agreement.sh" "$tinyc" "$target" "$model" 2> /dev/null || true
  done
done
