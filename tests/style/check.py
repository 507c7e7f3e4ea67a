#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Rules that a compiler does not check: check.py includes|licences|sizes|words

Exceptions stand in allow.txt: rule, file, reason."""

import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
MARKER = "// ---- shipped ----"

# What each folder may include besides itself; the longest matching prefix decides. tests may include everything.
DIRECTION = {
    "compiler/support": [],
    "compiler/cmake": ["backends/kernel.h"],  # named in text that embed_text writes
    "ir": ["compiler/support"],
    "passes": ["compiler/support", "ir", "backends/target.h"],
    "backends": ["compiler/support", "ir", "runtime-stubs"],
    "compiler/frontend": ["compiler/support", "ir"],
    "compiler/quantizer": ["compiler/support", "ir", "backends"],
    "compiler/counter": ["compiler/support", "backends"],
    "compiler/analyser": ["compiler/support", "compiler/counter", "backends"],
    "compiler/report": ["compiler/support", "ir", "backends"],
    "compiler/driver": ["compiler", "ir", "passes", "backends"],
    "runtime-stubs": [],
}
# One door for each library that is not ours, and for the operating system.
DOORS = {
    r'"compiler/frontend/onnx\.pb\.h"|<google/': "compiler/frontend/onnx_reader",
    r"<nlohmann/": "compiler/support/json.h",
    r"<llvm": "backends/llvm/",
    r"<(unistd|fcntl|poll|signal|sys/.*)\.h>": "compiler/support/process.cpp",
}
SHIPPED_HEADERS = {"stdint.h", "stddef.h", "string.h", "math.h", "arm_acle.h", "arm_mve.h"}
SOURCES = {".cpp", ".h", ".py", ".sh", ".cmake", ".ld", ".proto", ".def"}
LONGEST_FILE = 400
LONGEST_FUNCTION = 60
WORDS = re.compile(r"\b(TODO|FIXME|XXX|HACK|WIP)\b|(?<![\w.])/(work|root|home)/")


def tracked():
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "--cached", "--others", "--exclude-standard"],
                            capture_output=True, text=True, check=True).stdout.split("\n")
    return [name for name in listed if name and (ROOT / name).is_file()]


def text_of(name):
    return (ROOT / name).read_text(encoding="utf-8", errors="replace")


def allowed(rule):
    for line in (HERE / "allow.txt").read_text().splitlines():
        words = line.split("#")[0].split(None, 2)
        if len(words) == 3 and words[0] == rule:
            yield words[1]


def is_cpp(name):
    return name.endswith((".cpp", ".h")) and not name.startswith(("tests/", "docs/"))


def folder_of(name):
    matches = [folder for folder in DIRECTION if name.startswith(folder + "/")]
    return max(matches, key=len) if matches else None


def check_door(name, line):
    for pattern, door in DOORS.items():
        if re.search(pattern, line) and not name.startswith((door, "runtime-stubs/")):
            yield f"{name}: {line.strip()} belongs in {door} only"


def check_shipped(name, text):
    """Below the marker: our own runtime headers and a handful of standard ones."""
    for header in re.findall(r"^#include <([^>]+)>", text, re.M):
        if header not in SHIPPED_HEADERS:
            yield f"{name}: shipped text includes <{header}>"
    for header in re.findall(r'^#include "([^"]+)"', text, re.M):
        if not header.startswith(("runtime-stubs/", "backends/")):
            yield f"{name}: shipped text includes {header}"


def includes():
    for name in filter(is_cpp, tracked()):
        text = text_of(name)
        above, marker, below = text.partition(MARKER)
        if marker and name.startswith("backends/"):
            yield from check_shipped(name, below)
            text = above
        folder = folder_of(name)
        if folder is None:
            yield f"{name}: in no folder of the table"
            continue
        for line in text.splitlines():
            if not line.startswith("#include"):
                continue
            yield from check_door(name, line)
            found = re.match(r'#include "([^"]+)"', line)
            if not found or folder == "runtime-stubs":
                continue
            target = found.group(1)
            if not target.startswith((folder + "/", *DIRECTION[folder])):
                yield f"{name}: may not include {target}"


def licences():
    for name in tracked():
        path = pathlib.PurePath(name)
        is_script = name.startswith(("scripts/", ".ci/"))
        if path.suffix not in SOURCES and path.name != "CMakeLists.txt" and not is_script:
            continue
        head = "\n".join(text_of(name).splitlines()[:3])
        ours = name.startswith(("runtime-stubs/", "docs/examples/"))
        wanted = "SPDX-License-Identifier: " + ("0BSD" if ours else "Apache-2.0")
        # A text of backends that is shipped as a whole says 0BSD itself.
        whole = name.startswith("backends/") and MARKER not in text_of(name) and "SPDX-License-Identifier: 0BSD" in head
        if wanted not in head and not whole:
            yield f"{name}: no line '{wanted}' at the top"


def function_lengths(text):
    """Functions at the outer level and one level in, by the indentation that the formatter gives."""
    start = {}
    for number, line in enumerate(text.splitlines(), 1):
        indent = len(line) - len(line.lstrip(" "))
        if indent in (0, 2) and re.search(r"\)[^;()]*\{$", line) and not re.match(r"\s*(if|for|while|switch|else)\b", line):
            start[indent] = number
        elif indent in start and line.strip() in ("}", "};"):
            yield start.pop(indent), number


def sizes():
    for name in tracked():
        if not name.endswith((".cpp", ".h", ".py")):
            continue
        text = text_of(name)
        lines = text.count("\n")
        if lines > LONGEST_FILE:
            yield f"{name}: {lines} lines, more than {LONGEST_FILE}"
        if not is_cpp(name):
            continue
        for first, last in function_lengths(text.partition(MARKER)[0]):
            if last - first > LONGEST_FUNCTION:
                yield f"{name}: function of {last - first} lines at line {first}, more than {LONGEST_FUNCTION}"


def words():
    for name in tracked():
        path = pathlib.PurePath(name)
        if name.startswith("tests/style/") or path.suffix in {".onnx", ".pb", ".json", ".data", ".bin"}:
            continue
        for number, line in enumerate(text_of(name).splitlines(), 1):
            found = WORDS.search(line)
            if found:
                yield f"{name}:{number}: '{found.group(0)}'"


def main():
    rule = sys.argv[1]
    exceptions = set(allowed(rule))
    problems = [p for p in globals()[rule]() if p.split(":")[0] not in exceptions]
    print("\n".join(problems) or f"{rule}: nothing to report")
    return 1 if problems else 0


sys.exit(main())
