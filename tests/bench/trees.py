#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Decision trees beside m2cgen's and emlearn's code: flash and cycles on two cores.

   trees.py TINYC PRINT_COMMANDS > results/trees.txt

Trains on scikit-learn's own data sets; needs scikit-learn, skl2onnx, m2cgen and emlearn (pip), which nothing else here does.
Every figure is the first call on the same sample, by tinyc's counter; flash is code and constants of the object file, without
the compiler's own helpers (of double-precision floats, say). m2cgen writes doubles; "as float" replaces the word.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import emlearn
import m2cgen
import numpy
import skl2onnx
from onnx import numpy_helper
from sklearn import datasets, ensemble, tree

TARGETS = ["cortex-m4", "cortex-m0"]
STUBS = pathlib.Path(__file__).resolve().parents[2] / "runtime-stubs"


def trained():
    iris, cancer, digits = (load(return_X_y=True) for load in
                            (datasets.load_iris, datasets.load_breast_cancer, datasets.load_digits))
    diabetes = datasets.load_diabetes(return_X_y=True)
    forest = ensemble.RandomForestClassifier
    return {
        "tree, cancer": (tree.DecisionTreeClassifier(random_state=0), *cancer),
        "forest of 10, iris": (forest(10, random_state=0), *iris),
        "forest of 20, digits": (forest(20, max_depth=8, random_state=0), *digits),
        "forest of 20, diabetes": (ensemble.RandomForestRegressor(20, max_depth=6, random_state=0), *diabetes),
        "boosting of 50, cancer": (ensemble.GradientBoostingClassifier(n_estimators=50, random_state=0), *cancer),
    }


def run(*command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{command}: {done.stderr[-2000:]}{done.stdout[-500:]}")
    return done.stdout


class Bench:
    def __init__(self, tinyc, print_commands, folder):
        self.tinyc, self.print_commands, self.folder = tinyc, print_commands, folder

    def ours(self, model, sample, target, aim):
        options = {"zipmap": False} if hasattr(model, "classes_") else {}
        onnx_model = skl2onnx.to_onnx(model, sample[None], options={id(model): options} if options else None)
        file = self.folder / "model.onnx"
        file.write_bytes(onnx_model.SerializeToString())
        (self.folder / "input_0.pb").write_bytes(numpy_helper.from_array(sample[None], "X").SerializeToString())
        label = model.predict(sample[None])
        outputs = [label if hasattr(model, "classes_") else label.astype(numpy.float32).reshape(-1, 1)]
        for old in self.folder.glob("output_*.pb"):
            old.unlink()
        if hasattr(model, "predict_proba"):
            outputs.append(model.predict_proba(sample[None]).astype(numpy.float32))
        for i, output in enumerate(outputs):
            (self.folder / f"output_{i}.pb").write_bytes(numpy_helper.from_array(output).SerializeToString())
        report = json.loads(run(self.tinyc, "bench", file, "--target", target, "-O", aim, "--data", self.folder,
                                "--json"))
        return report["code_bytes"] + report["constant_bytes"], report["totals"]["cycles"]

    def theirs(self, source, target):
        """`source` is C and defines float run(const float*)."""
        code, main, program = (self.folder / name for name in ("code.c", "main.cpp", "other.elf"))
        code.write_text(source[0])
        main.write_text(source[1])
        build = run(self.print_commands, "compile", target, STUBS, program, main).splitlines()
        machine = [word for word in build if word.startswith(("-m", "-O", "-f"))]
        run("arm-none-eabi-gcc", *machine, "-c", code, "-o", self.folder / "code.o")
        run(*build[:-1], self.folder / "code.o", build[-1])
        sizes = run("arm-none-eabi-size", "-A", self.folder / "code.o")
        flash = sum(int(size) for size in re.findall(r"^\.(?:text|rodata|data)\S*\s+(\d+)", sizes, re.M))
        counted = json.loads(run(self.tinyc, "bench", program, "--target", target, "--function", "run", "--json"))
        return flash, counted["totals"]["cycles"]


def program(code, call, sample):
    values = ", ".join(f"{float(value):.9e}f" for value in sample)
    return f"{code}\nfloat run(const float* x) {{ {call} }}\n", f"""
extern "C" float run(const float* x);
static const float sample[] = {{{values}}};
static volatile float result;
int main() {{
  result = run(sample);
  return 0;
}}
"""


def m2cgen_program(model, sample, number):
    code = m2cgen.export_to_c(model)
    code = code.replace("double", number)
    outputs = len(model.classes_) if hasattr(model, "classes_") else 1
    count = 1 if outputs == 2 and isinstance(model, ensemble.GradientBoostingClassifier) else outputs
    features = len(sample)
    convert = f"{number} in[{features}]; for (int i = 0; i < {features}; ++i) in[i] = x[i];"
    if outputs == 1:
        return program(code, f"{convert} return (float)score(in);", sample)
    size = max(count, 2)
    return program(code, f"{convert} {number} out[{size}]; score(in, out); return (float)out[1];", sample)


def emlearn_program(model, sample, dtype, folder):
    header = folder / "trees.h"
    emlearn.convert(model, method="inline", dtype=dtype).save(file=str(header), name="forest")
    text = header.read_text()
    kind = "float" if dtype == "float" else "int16_t"
    features = len(sample)
    call = re.search(r"\b(forest_predict)\(const " + kind, text) or re.search(r"\b(forest_predict)\(", text)
    convert = f"{kind} in[{features}]; for (int i = 0; i < {features}; ++i) in[i] = ({kind})x[i];"
    return program(f'#include "{header}"\n', f"{convert} return (float){call.group(1)}(in, {features});", sample)


def main(tinyc, print_commands):
    print("# tests/bench/trees.py; flash (code and constants of the object file) and modelled cycles of one call")
    print(f"# scikit-learn models; m2cgen {m2cgen.__version__ if hasattr(m2cgen, '__version__') else ''}, "
          f"emlearn {getattr(emlearn, '__version__', '')}; arm-none-eabi-g++ -O2 for all")
    print(f"{'model':<24} {'target':<10} {'code':<26} {'flash':>8} {'cycles':>8}")
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        bench = Bench(tinyc, print_commands, folder)
        for name, (model, x, y) in trained().items():
            x = x.astype(numpy.float32)
            model.fit(x, y)
            sample = x[0]
            for target in TARGETS:
                rows = [(f"tinyc -O {aim}", lambda aim=aim: bench.ours(model, sample, target, aim))
                        for aim in ("size", "balanced", "speed")]
                for number in "double", "float":
                    rows.append((f"m2cgen{' as float' if number == 'float' else ''}",
                                 lambda number=number: bench.theirs(m2cgen_program(model, sample, number), target)))
                for dtype in "float", "int16_t":
                    rows.append((f"emlearn inline {dtype}", lambda dtype=dtype: bench.theirs(
                        emlearn_program(model, sample, dtype, folder), target)))
                for label, figures in rows:
                    try:
                        flash, cycles = figures()
                        print(f"{name:<24} {target:<10} {label:<26} {flash:>8,} {cycles:>8,}", flush=True)
                    except Exception as problem:
                        print(f"{label} {target} {name}: {problem}", file=sys.stderr)
                        print(f"{name:<24} {target:<10} {label:<26} {'-':>8} {'-':>8}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
