#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# docs/generated holds what tinyc prints today.   docs_current.sh TINYC
set -u
cd "$(dirname "$0")/../.." || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
scripts/generate-docs "$1" "$work" && diff -ru docs/generated "$work" && exit 0
echo "run scripts/generate-docs"
exit 1
