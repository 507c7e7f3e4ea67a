#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The RAM table of docs/memory.md: what `tinyc plan` says of every model in a folder.

ram.py TINYC MODELS [TARGET]   MODELS holds a folder with model.onnx per model; prints Markdown.

Columns: workspace and state in bytes "at" estimated cycles, layer by layer (--rows layers) and by default, both with
--io-layout rows; the least bytes of the list; the default with --io-layout onnx. mcunet takes --io-type int8 too, as
its float input alone is larger than all else. A model that does not compile for the target is listed with its code.
"""
import json
import re
import subprocess
import sys
from pathlib import Path


def prices(tinyc, model, target, *options):
    command = [tinyc, "plan", str(model), "--target", target, "--json", *options]
    if "mcunet" in model.parent.name:
        command += ["--io-type", "int8"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120)
    if run.returncode != 0:
        code = re.search(r"error (T\d+)", run.stderr)
        raise ValueError(code.group(1) if code else f"status {run.returncode}")
    return json.loads(run.stdout)["prices"]


def chosen(prices):
    return next(price for price in prices if price["chosen"])


def text(price):
    return f'{price["ram"]:,} at {price["cycles"]:,}'


def row(tinyc, model, target):
    layers = chosen(prices(tinyc, model, target, "--io-layout", "rows", "--rows", "layers"))
    by_rows = prices(tinyc, model, target, "--io-layout", "rows")
    onnx = chosen(prices(tinyc, model, target))
    least = min(by_rows, key=lambda price: (price["ram"], price["cycles"]))
    return [text(layers), text(chosen(by_rows)), text(least), f'{onnx["ram"]:,}']


def main():
    tinyc, folder = sys.argv[1], Path(sys.argv[2])
    target = sys.argv[3] if len(sys.argv) > 3 else "cortex-m4"
    print("| model | layer by layer | default | least | default, `--io-layout onnx` |")
    print("|---|---|---|---|---|")
    for model in sorted(folder.glob("*/model.onnx")):
        try:
            cells = row(tinyc, model, target)
        except ValueError as reason:
            cells = [str(reason), "", "", ""]
        print(f"| {model.parent.name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
