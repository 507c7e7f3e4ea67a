#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How far quantised models are from ONNX Runtime: emitted code, run on this machine, against recorded outputs.

  agreement.py TINYC [SHARED_FOLDER] > results/agreement.txt

One row per model of test-models and of SHARED_FOLDER/models: elements of all outputs and data sets that are not the
recorded ones, and the largest difference in steps of the output's quantisation (real units where it has none). "ort":
output_N.pb, ONNX Runtime node by node; "ort all": ort_all_output_N.pb, ONNX Runtime with fused integer kernels, recorded
where it differs. "tflite": tflite_output_N.pb, TensorFlow Lite's reference kernels, with --rounding tflite."""
import json
import subprocess
import sys
from pathlib import Path

STORED = Path(__file__).resolve().parents[2] / "test-models"


def run(*command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode not in (0, 2):
        raise RuntimeError(done.stderr)
    return done.stdout


def sets_with(folder, prefix):
    return sorted(path for path in folder.glob("test_data_set_*") if (path / f"{prefix}_0.pb").exists())


def step_of_outputs(graph):
    """Scale per output of the printed graph: its own, or that of what is dequantized to it."""
    made = {}
    for line in graph.splitlines():
        if " = " in line and line.startswith("  %"):
            result, rest = line.strip().split(" = ", 1)
            made[result] = rest
    steps = {}
    for name in next(line for line in graph.splitlines() if line.startswith("  return ")).split("return ")[1].split(", "):
        maker, origin = made.get(name, ""), name
        while "] q(" not in maker and maker.split("(")[0] in ("dequantize", "reshape", "transpose", "quant_cast"):
            origin = maker.split("(", 1)[1].split(")")[0]
            maker = made.get(origin, "")
        if "] q(" in maker:
            steps[name.strip("%").strip('"')] = float(maker.split("] q(")[1].split(",")[0])
    return steps


def compare(tinyc, folder, prefix, steps, *options):
    sets = sets_with(folder, prefix)
    if not sets:
        return "-", "-"
    try:
        report = json.loads(run(tinyc, "verify", folder / "model.onnx", "--target", "host", "--data", *sets, "--expect",
                                prefix, "--json", *options))
    except RuntimeError as error:
        print(folder.name, prefix, error, file=sys.stderr)
        return "refused", "-"
    unequal = sum(result["unequal"] for result in report["results"])
    elements = sum(result["elements"] for result in report["results"])
    largest = "0"
    if unequal:
        in_steps = [result["largest"] / (1 if result["unit"] == "steps" else steps[result["output"]])
                    for result in report["results"] if result["unit"] == "steps" or result["output"] in steps]
        largest = f"{max(in_steps):.4g}" if in_steps else f"{max(result['largest'] for result in report['results']):.1e} abs"
    return f"{unequal} of {elements}", largest


def main(tinyc, shared=None):
    folders = [path.parent for path in sorted(STORED.glob("*/model.onnx"))]
    if shared:
        folders += [path.parent for path in sorted((Path(shared) / "models").glob("*/model.onnx"))]
    rows = []
    for folder in folders:
        try:
            graph = run(tinyc, "ir", folder / "model.onnx")
        except RuntimeError:
            continue  # not compiled yet: tests/models says so
        if "] q(" not in graph:
            continue
        steps = step_of_outputs(graph)
        rows.append([("" if folder.parent == STORED else "shared/") + folder.name,
                     *compare(tinyc, folder, "output", steps), *compare(tinyc, folder, "ort_all_output", steps),
                     *compare(tinyc, folder, "tflite_output", steps, "--rounding", "tflite")])
    head = ["model", "ort: differ", "largest", "ort all: differ", "largest", "tflite: differ", "largest"]
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    print(f"# tests/bench/agreement.py; {run(tinyc, '--version').strip()}")
    for row in [head, *rows]:
        print("  ".join(text.ljust(width) if i == 0 else text.rjust(width) for i, (text, width) in enumerate(zip(row, widths))))


if __name__ == "__main__":
    main(*sys.argv[1:])
