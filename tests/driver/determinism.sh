#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The same model gives the same bytes in another folder, locale, time zone and environment.   determinism.sh TINYC MODEL...
set -u
tinyc=$(realpath "$1")
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
foreign=C.UTF-8
for locale in $(locale -a 2> /dev/null); do
  case $locale in de_* | fr_* | tr_*) foreign=$locale ;; esac
done
failed=0
for model in "$@"; do
  mkdir -p "$work/a" "$work/other folder/b"
  (cd "$work/a" && LC_ALL=C TZ=UTC "$tinyc" "$model" --target cortex-m4 --name m --html -o out > summary) || exit 1
  (cd "$work/other folder/b" && LC_ALL=$foreign TZ=Asia/Tokyo MALLOC_PERTURB_=77 COLUMNS=40 "$tinyc" "$model" --target cortex-m4 \
    --name m --html -o out > summary) || exit 1
  diff -r "$work/a" "$work/other folder/b" || failed=1
  rm -rf "$work/a" "$work/other folder"
done
exit $failed
