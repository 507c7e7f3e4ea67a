#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares what tinyc's reader sees in a model with what Python's `onnx` sees: every name, attribute and tensor byte.

  compare_with_onnx.py DUMP_MODEL --shared      all models under $TINYC_SHARED/models (exit 77 if there are none)
  compare_with_onnx.py DUMP_MODEL --generated   models made here: every element type and way of storing, functions,
                                                sparse and external data, nested graphs
  compare_with_onnx.py DUMP_MODEL FILE...
"""
import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

import model_samples

ROOT = Path(__file__).resolve().parents[2]
ELEMENTS = {1: "f32", 2: "u8", 3: "i8", 4: "u16", 5: "i16", 6: "i32", 7: "i64", 9: "b1", 10: "f16", 11: "f64", 12: "u32",
            13: "u64", 16: "bf16", 21: "u4", 22: "i4"}
KINDS = {1: 0, 2: 1, 3: 2, 4: 3, 5: 4, 6: 5, 7: 6, 8: 7, 9: 8, 11: 3}  # AttributeType -> OnnxAttribute::Kind
KIND_OTHER = 9


def domain_of(text):
    return "" if text == "ai.onnx" else text


def array_bytes(tensor, folder):
    """The bytes that an ir::Tensor keeps: elements of 4 bits take one byte each."""
    if tensor.data_type == 16:  # older versions of onnx turn bfloat16 into float
        if tensor.HasField("raw_data"):
            return tensor.raw_data
        return np.array(tensor.int32_data, np.uint16).tobytes()
    if tensor.data_type in (21, 22):  # every version has its own numpy type for them
        pairs = np.frombuffer(tensor.raw_data or bytes(tensor.int32_data), np.uint8)
        nibbles = np.stack([pairs & 15, pairs >> 4], axis=1).reshape(-1)[: int(np.prod(tensor.dims))].astype(np.int8)
        signed = tensor.data_type == 22
        return np.where(signed & (nibbles > 7), nibbles - 16, nibbles).astype(np.int8).tobytes()
    return np.ascontiguousarray(numpy_helper.to_array(tensor, str(folder))).tobytes()


def tensor_facts(tensor, folder):
    data = hashlib.sha256(array_bytes(tensor, folder)).hexdigest()
    return {"element": ELEMENTS[tensor.data_type], "shape": list(tensor.dims), "sha256": data}


def sparse_facts(sparse, folder):
    values, indices = (numpy_helper.to_array(part, str(folder)) for part in (sparse.values, sparse.indices))
    dense = np.zeros(list(sparse.dims), values.dtype)
    if indices.ndim == 1:
        dense.reshape(-1)[indices] = values
    else:
        dense[tuple(indices.T)] = values
    return tensor_facts(numpy_helper.from_array(dense), folder)


def real(value):
    return repr(float(value))


def attribute_facts(attribute, folder):
    value = None
    if attribute.type == onnx.AttributeProto.FLOAT:
        value = real(attribute.f)
    elif attribute.type == onnx.AttributeProto.INT:
        value = attribute.i
    elif attribute.type == onnx.AttributeProto.STRING:
        value = attribute.s.hex()
    elif attribute.type == onnx.AttributeProto.TENSOR and not attribute.ref_attr_name:
        value = tensor_facts(attribute.t, folder)
    elif attribute.type == onnx.AttributeProto.SPARSE_TENSOR:
        value = sparse_facts(attribute.sparse_tensor, folder)
    elif attribute.type == onnx.AttributeProto.GRAPH:
        value = graph_facts(attribute.g, folder)
    elif attribute.type == onnx.AttributeProto.FLOATS:
        value = [real(one) for one in attribute.floats]
    elif attribute.type == onnx.AttributeProto.INTS:
        value = list(attribute.ints)
    elif attribute.type == onnx.AttributeProto.STRINGS:
        value = [one.hex() for one in attribute.strings]
    if attribute.ref_attr_name:
        return {"kind": KIND_OTHER, "value": None, "reference": attribute.ref_attr_name}
    return {"kind": KINDS.get(attribute.type, KIND_OTHER), "value": value, "reference": ""}


def node_facts(index, node, folder):
    return {"name": node.name or f"{node.op_type}_{index}", "domain": domain_of(node.domain), "op": node.op_type,
            "overload": getattr(node, "overload", ""), "inputs": list(node.input), "outputs": list(node.output),
            "attributes": {one.name: attribute_facts(one, folder) for one in node.attribute}}


def nodes_facts(nodes, folder):
    return [node_facts(index, node, folder) for index, node in enumerate(nodes)]


def info_facts(info):
    facts = {"name": info.name, "element": None, "dims": None}
    if info.type.HasField("tensor_type"):
        tensor = info.type.tensor_type
        facts["element"] = ELEMENTS.get(tensor.elem_type)
        if tensor.HasField("shape"):
            facts["dims"] = [one.dim_value if one.HasField("dim_value") else one.dim_param for one in tensor.shape.dim]
    return facts


def graph_facts(graph, folder):
    initializers = [{"name": one.name, "data": tensor_facts(one, folder)} for one in graph.initializer]
    initializers += [{"name": one.values.name, "data": sparse_facts(one, folder)} for one in graph.sparse_initializer]
    return {"name": graph.name, "inputs": [info_facts(one) for one in graph.input],
            "outputs": [info_facts(one) for one in graph.output],
            "value_infos": [info_facts(one) for one in graph.value_info],
            "initializers": initializers, "nodes": nodes_facts(graph.node, folder)}


def function_facts(function, folder):
    defaults = getattr(function, "attribute_proto", [])
    return {"name": function.name, "domain": domain_of(function.domain), "overload": getattr(function, "overload", ""),
            "inputs": list(function.input), "outputs": list(function.output), "attributes": list(function.attribute),
            "defaults": {one.name: attribute_facts(one, folder) for one in defaults},
            "nodes": nodes_facts(function.node, folder)}


def model_facts(path):
    data = path.read_bytes()
    model = onnx.ModelProto.FromString(data)
    producer = model.producer_name + (" " if model.producer_version else "") + model.producer_version
    return {"ir_version": model.ir_version, "producer": producer,
            "opsets": {domain_of(one.domain): one.version for one in model.opset_import},
            "sha256": hashlib.sha256(data).hexdigest(), "graph": graph_facts(model.graph, path.parent),
            "functions": [function_facts(one, path.parent) for one in model.functions]}


def first_difference(ours, theirs, where=""):
    """A line that says where two structures differ first, or None."""
    if isinstance(ours, dict) and isinstance(theirs, dict) and ours.keys() == theirs.keys():
        pairs = [(f"{where}.{key}", ours[key], theirs[key]) for key in theirs]
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        pairs = [(f"{where}[{index}]", one, other) for index, (one, other) in enumerate(zip(ours, theirs))]
    else:
        return None if ours == theirs else f"{where}: tinyc {str(ours)[:200]}, onnx {str(theirs)[:200]}"
    differences = (first_difference(one, other, place) for place, one, other in pairs)
    return next((one for one in differences if one), None)


def same_reals(value):
    """Floats come as text: one spelling for each ("1.0" and "1", "1e-05" and "1e-5")."""
    if isinstance(value, dict):
        if value.get("kind") == 0 and value["value"] is not None:
            return {**value, "value": real(value["value"])}
        if value.get("kind") == 5:
            return {**value, "value": [real(one) for one in value["value"]]}
        return {key: same_reals(one) for key, one in value.items()}
    return [same_reals(one) for one in value] if isinstance(value, list) else value


def check(dump_model, path):
    run = subprocess.run([dump_model, str(path)], capture_output=True, check=False)
    if run.returncode != 0:
        return run.stderr.decode(errors="replace").strip() or f"exit status {run.returncode}"
    return first_difference(same_reals(json.loads(run.stdout)), model_facts(path))


def shared_models():
    shared = Path(os.environ.get("TINYC_SHARED", ROOT.parent / "shared"))
    return sorted(shared.glob("models/*/model.onnx"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dump_model")
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--shared", action="store_true")
    parser.add_argument("--generated", action="store_true")
    options = parser.parse_args()
    files = options.files + (shared_models() if options.shared else [])
    with tempfile.TemporaryDirectory() as folder:
        if options.generated:
            files += model_samples.write_all(Path(folder))
        failed = 0
        for path in files:
            problem = check(options.dump_model, path)
            if problem:
                failed += 1
                print(f"{path.parent.name}/{path.name}: {problem}")
    if not files:
        print("skipped: no models (set TINYC_SHARED)")
        return 77
    print(f"onnx {onnx.__version__}: {len(files)} models compared, {failed} differ")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
