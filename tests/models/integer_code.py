#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""No float instruction and no soft-float call in the machine code of integer layers.

  integer_code.py TINYC TARGET MODEL_FOLDER [--expect-floats OPERATOR...]

Compiles the model for a core without floating point with the flags that the report recommends, and disassembles the
object. Every function is searched but those of layers that take or give floats. With --expect-floats layers of these operators
must be found to have floats: the check of the check. 77: the target's compiler is not installed."""
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

# Mnemonics of VFP and of RISC-V's F and D; runtime functions of the Arm EABI and of libgcc, and the C library's.
FLOAT_INSTRUCTION = re.compile(r"^(v[a-z]+(\.[a-z0-9]+)*|f(add|sub|mul|div|sqrt|madd|nmadd|msub|nmsub|cvt|mv|eq|lt|le|min|max|"
                               r"sgnjn?|sgnjx|class)\.[a-z.]+|c?\.?f[ls][wd](sp)?)$")
FLOAT_CALL = re.compile(r"__aeabi_(c?[fd]|[iul]+2[fd])\w*|__(add|sub|mul|div|neg|eq|ne|lt|le|gt|ge|cmp|unord)[sdt]f[23]|"
                        r"__(fix|float|extend|trunc)\w*|\b(expf?|logf?|sqrtf?|tanhf?|powf?|floorf?|roundf?|lrintf?|nearbyintf?|"
                        r"rintf?|erff?|sinf?|cosf?)\b")


def is_float_layer(layer):
    """Takes or gives floats."""
    return layer["output"].startswith(("f32", "f16", "bf16")) or layer["op"] in ("quantize", "dequantize", "dynamic_quantize")


def functions_of(disassembly):
    """(name, lines) per function; relocations follow the instruction they belong to."""
    name, lines = None, []
    for line in disassembly.splitlines():
        head = re.match(r"^[0-9a-f]+ <(.*)>:$", line)
        if head and not head[1].startswith(".L"):  # RISC-V objects keep the labels of branches
            if name:
                yield name, lines
            name, lines = head[1], []
        elif name:
            lines.append(line)
    if name:
        yield name, lines


def finding(line):
    relocation = re.search(r"\bR_(?:ARM|RISCV)_\w+\s+(\S+)", line)
    if relocation:
        return FLOAT_CALL.fullmatch(relocation[1].split("+")[0].split("-")[0])
    columns = line.split("\t")  # address, mnemonic, operands
    return len(columns) > 1 and FLOAT_INSTRUCTION.match(columns[1].strip())


def disassembly_of(tinyc, target, model, folder):
    subprocess.run([tinyc, model, "--target", target, "--name", "m", "-o", folder], check=True, stdout=subprocess.DEVNULL)
    report = json.loads((folder / "m_report.json").read_text())
    compiler = report["build"]["compiler"]
    if not shutil.which(compiler):
        print(f"{compiler} is not installed")
        sys.exit(77)
    library = ["--specs=picolibc.specs"] if "riscv" in compiler else []  # Debian's RISC-V compiler comes without headers
    subprocess.run([compiler, *library, *report["build"]["flags"], "-c", folder / "m.cpp", "-o", folder / "m.o"], check=True)
    objdump = re.sub(r"(g\+\+|gcc)$", "objdump", compiler)
    text = subprocess.run([objdump, "-d", "-r", "--no-show-raw-insn", "-C", folder / "m.o"], check=True, capture_output=True,
                          text=True).stdout
    return report, text


def main(tinyc, target, model, expected):
    with tempfile.TemporaryDirectory() as scratch:
        report, text = disassembly_of(tinyc, target, Path(model) / "model.onnx", Path(scratch))
    functions = list(functions_of(text))
    floats = {layer["name"]: layer["op"] for layer in report["layers"] if is_float_layer(layer)}
    problems = [f"no function for layer {layer['name']}" for layer in report["layers"]
                if not any(layer["name"] in name for name, _ in functions)]
    found = set()  # operators of float layers with floats in their code
    for name, lines in functions:
        operators = {op for layer, op in floats.items() if layer in name}
        for line in filter(finding, lines):
            found |= operators
            if not operators:
                problems.append(f"{name}: {' '.join(line.split())}")
    problems += [f"no floats found in {op}: the search finds too little" for op in expected if op not in found]
    print(f"{Path(model).name} on {target}: {len(functions)} functions, {len(report['layers']) - len(floats)} integer layers, "
          f"{len(floats)} with floats", *problems, sep="\n  ")
    return 1 if problems else 0


if __name__ == "__main__":
    arguments = sys.argv[1:]
    expected = []
    if "--expect-floats" in arguments:
        at = arguments.index("--expect-floats")
        arguments, expected = arguments[:at], arguments[at + 1:]
    sys.exit(main(*arguments, expected))
