#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""RAM, flash and stack of the MLPerf Tiny models per target, as tinyc --measure finds them with the target's own compiler and
emulator.   footprint.py TINYC [SHARED] > results/footprint.txt

workspace: planned, inputs and outputs included (--io-layout rows). code: the model's object without constants. flash: code
and all constants. stack: painted, in the emulator. guess: what reports say of the code without building; the last line sums
up how far that is off. SHARED: a folder with models/, for the real models beside the stored ones.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

STORED = pathlib.Path(__file__).resolve().parents[2] / "test-models"
NAMES = ["ad", "kws", "resnet", "strww", "vww"]
TARGETS = ["cortex-m0", "cortex-m3", "cortex-m4", "cortex-m7", "cortex-m33", "cortex-m55", "rv32imc"]


def models(shared):
    for name in NAMES:
        for form in (f"mlperf_{name}_int8", f"mlperf_{name}"):
            yield form, STORED / form / "model.onnx"
    for name in NAMES if shared else []:
        for form in (f"{name}_int8_qdq", f"{name}_float"):
            yield f"shared/{form}", pathlib.Path(shared) / "models" / form / "model.onnx"


def figure(report, key):
    value = report[key]
    value = value["value"] if isinstance(value, dict) else value
    return "-" if value is None else f"{value:,}"


def guess(tinyc, path, target):
    """Code bytes that a report estimates."""
    command = [tinyc, "check", str(path), "--target", target, "--io-layout", "rows", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)["report"]["code_bytes"]


def main():
    tinyc, shared = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None
    version = subprocess.run([tinyc, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    compilers = []
    for compiler in ("arm-none-eabi-g++", "riscv64-unknown-elf-gcc"):
        said = subprocess.run([compiler, "--version"], capture_output=True, text=True, check=True).stdout
        compilers.append(said.splitlines()[0])
    print(f"# tests/bench/footprint.py; {version}; {'; '.join(compilers)}; -O2")
    errors = []
    row = "{:<24} {:<11} {:>10} {:>10} {:>10} {:>10} {:>7} {:>8}"
    print(row.format("model", "target", "workspace", "weights", "code", "flash", "stack", "guess"))
    for name, path in models(shared):
        for target in TARGETS if path.exists() else []:
            with tempfile.TemporaryDirectory() as out:
                command = [tinyc, str(path), "--target", target, "--io-layout", "rows", "--measure", "--name", "model", "-o", out]
                done = subprocess.run(command, capture_output=True, text=True)
                if done.returncode != 0:
                    print(row.format(name, target, "-", "-", "-", "-", "-", "-"), done.stderr.strip().splitlines()[0])
                    continue
                report = json.loads(pathlib.Path(out, "model_report.json").read_text())
            keys = ("workspace_bytes", "weights_bytes", "code_bytes", "flash_bytes", "stack_bytes")
            guessed = guess(tinyc, path, target)
            errors.append(abs(guessed / report["code_bytes"] - 1))
            print(row.format(name, target, *(figure(report, key) for key in keys), f"{guessed:,}"))
    errors.sort()
    half, most = (errors[len(errors) * part // 100] for part in (50, 90))
    print(f"# guess: half of {len(errors)} within {half:.0%} of the code, nine in ten within {most:.0%}")


if __name__ == "__main__":
    main()
