#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs tinyc into a fresh prefix, then builds and runs the projects of docs/examples against it.
#   examples.sh BUILD_FOLDER host|push|cortex-m4|dependencies
set -u
build=$1 example=$2
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
quietly() { "$@" > "$work/log" 2>&1 || { cat "$work/log"; exit 1; }; }

quietly cmake --install "$build" --prefix "$work/prefix"
# A copy, so that the example depends on nothing but the prefix and the models.
cp -r "$root/docs/examples" "$work/examples"
configure=(-G Ninja "-Dtinyc_ROOT=$work/prefix" "-Dmodels=$root/test-models")
case $example in
  host | push)
    quietly cmake -S "$work/examples/$example" -B "$work/build" "${configure[@]}"
    quietly cmake --build "$work/build"
    ctest --test-dir "$work/build" --output-on-failure
    ;;
  cortex-m4)
    for tool in arm-none-eabi-g++ qemu-system-arm; do
      command -v $tool > /dev/null || { echo "no $tool"; exit 77; }
    done
    quietly cmake -S "$work/examples/cortex-m4" -B "$work/build" "${configure[@]}" -DCMAKE_TOOLCHAIN_FILE=toolchain.cmake
    quietly cmake --build "$work/build"
    cmake --build "$work/build" --target run
    ;;
  dependencies)
    # Generated again when the model changes or tinyc does, and only then.
    cp -r "$root/test-models" "$work/models"
    quietly cmake -S "$work/examples/host" -B "$work/build" -G Ninja "-Dtinyc_ROOT=$work/prefix" "-Dmodels=$work/models"
    quietly cmake --build "$work/build"
    header=$work/build/digits.tinyc/digits.h
    stamp() { stat -c %Y.%y "$header"; }
    before=$(stamp)
    quietly cmake --build "$work/build"
    [ "$before" = "$(stamp)" ] || { echo "generated without a reason"; exit 1; }
    for touched in "$work/models/digits_cnn_int8/model.onnx" "$work/prefix/bin/tinyc"; do
      sleep 1
      touch "$touched"
      quietly cmake --build "$work/build"
      [ "$before" != "$(stamp)" ] || { echo "not generated again after $touched changed"; exit 1; }
      before=$(stamp)
    done
    ;;
esac
