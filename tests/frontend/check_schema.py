#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares compiler/frontend/onnx.proto with the schema inside the installed `onnx` package.

Every message, field (number, type, label, packing, oneof) and enum value of `onnx` must be in ours, with the same
meaning. Ours may have more, when the installed onnx is older; --newest demands equality both ways.
"""
import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from google.protobuf import descriptor_pb2

ROOT = Path(__file__).resolve().parents[2]


def our_files():
    """The descriptor of our .proto, through protoc."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "schema.bin"
        command = ["protoc", f"-I{ROOT}", f"--descriptor_set_out={out}", "compiler/frontend/onnx.proto"]
        subprocess.run(command, check=True, cwd=ROOT)
        return descriptor_pb2.FileDescriptorSet.FromString(out.read_bytes()).file


def their_files():
    from onnx import onnx_data_pb2, onnx_ml_pb2

    files = []
    for module in (onnx_ml_pb2, onnx_data_pb2):
        if not hasattr(module, "DESCRIPTOR"):  # some releases make one module re-export another
            module = sys.modules[module.ModelProto.__module__]
        file = descriptor_pb2.FileDescriptorProto()
        module.DESCRIPTOR.CopyToProto(file)
        files.append(file)
    return files


def facts(files):
    """A flat dictionary: 'Message.field' -> all that fixes its bytes, 'Message.Enum.VALUE' -> number."""
    flat = {}

    def enum(prefix, declaration):
        for value in declaration.value:
            flat[f"{prefix}{declaration.name}.{value.name}"] = value.number

    def message(prefix, declaration):
        name = prefix + declaration.name
        for field in declaration.field:
            type_name = field.type_name.split(".", 2)[-1]  # ".onnx.TypeProto.Map" -> "TypeProto.Map"
            in_oneof = field.HasField("oneof_index")
            flat[f"{name}.{field.name}"] = (field.number, field.label, field.type, type_name, field.options.packed, in_oneof)
        for nested in declaration.enum_type:
            enum(name + ".", nested)
        for nested in declaration.nested_type:
            message(name + ".", nested)

    for file in files:
        for declaration in file.message_type:
            message("", declaration)
    return flat


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--newest", action="store_true", help="also fail for what only ours has")
    options = parser.parse_args()
    ours, theirs = facts(our_files()), facts(their_files())
    problems = []
    for name, fact in sorted(theirs.items()):
        if name not in ours:
            problems.append(f"missing in ours: {name} = {fact}")
        elif ours[name] != fact:
            problems.append(f"{name}: ours {ours[name]}, onnx has {fact}")
    only_ours = sorted(set(ours) - set(theirs))
    if options.newest:
        problems += [f"only in ours: {name}" for name in only_ours]
    for problem in problems:
        print(problem)
    import onnx

    print(f"onnx {onnx.__version__}: {len(theirs)} facts compared, {len(only_ours)} only in ours, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
