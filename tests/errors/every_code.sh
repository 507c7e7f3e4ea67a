#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every diagnostic code has a case in tests/errors/cases that shows it.   every_code.sh TINYC
set -u
cd "$(dirname "$0")/cases" || exit 1
missing=0
for code in $("$1" --explain-all | sed -n 's/^## \(T[0-9]*\):.*/\1/p'); do
  grep -qE "(error|note|warning) $code:" ./*.txt || { echo "no case shows $code"; missing=1; }
done
exit $missing
