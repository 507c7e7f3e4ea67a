#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Small models as real exporters write them, with goldens by ONNX Runtime.   make_exports.py [FAMILY [NAME...]]

Run at authoring time with requirements.txt; the results are stored. Each model gets NAME/model.onnx and
NAME/test_data_set_K/input_N.pb, output_N.pb; PROVENANCE.md and index.json are written again.
"""
import importlib
import json
import pathlib
import shutil
import subprocess
import sys
import warnings

import numpy as np
import onnx
import onnxruntime
from onnx import numpy_helper

HERE = pathlib.Path(__file__).resolve().parent
SETS = 3
FAMILIES = ["torch", "keras", "sklearn"]  # and paddle, in an environment of its own: requirements-paddle.txt


def run(path, inputs):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    names = [i.name for i in session.get_inputs()]
    return session.run(None, dict(zip(names, inputs, strict=True)))


def plain(output):
    """ZipMap's list of maps as the array of their values."""
    if isinstance(output, list):
        return np.array([list(row.values()) for row in output], np.float32)
    return np.asarray(output)


def write_tensor(path, array):
    path.write_bytes(numpy_helper.from_array(np.ascontiguousarray(array)).SerializeToString())


def without_places(path):
    """Without the places in source files that PyTorch notes at every node."""
    model = onnx.load_model(path)
    for graph in [model.graph, *model.functions]:
        for node in graph.node:
            node.doc_string = ""
            kept = [entry for entry in node.metadata_props if "stack_trace" not in entry.key]
            del node.metadata_props[:]
            node.metadata_props.extend(kept)
    onnx.save_model(model, path)


def store(export):
    folder = HERE / export.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    model = export.make(folder / "model.onnx")
    if model is not None:
        onnx.save_model(model, folder / "model.onnx")
    without_places(folder / "model.onnx")
    largest = []
    for k in range(SETS):
        inputs = export.inputs(np.random.default_rng(1000 + k))
        outputs = [plain(o) for o in run(folder / "model.onnx", inputs)]
        data = folder / f"test_data_set_{k}"
        data.mkdir()
        for i, array in enumerate(inputs):
            write_tensor(data / f"input_{i}.pb", array)
        for i, array in enumerate(outputs):
            write_tensor(data / f"output_{i}.pb", array)
        largest.append([float(np.abs(o).max()) if o.size else 0.0 for o in outputs])
    return [round(max(per_set), 3) for per_set in zip(*largest)], (folder / "model.onnx").stat().st_size


def make_family(family, wanted):
    """Stores the models of one module exports_*.py; returns what index.json says of them."""
    entries = {}
    for export in importlib.import_module(f"exports_{family}").EXPORTS:
        if wanted and export.name not in wanted:
            continue
        largest, size = store(export)
        print(f"{export.name}: {size} bytes, largest outputs {largest}", flush=True)
        model = onnx.load_model(HERE / export.name / "model.onnx", load_external_data=False)
        entries[export.name] = {
            "what": export.what, "exporter": export.exporter,
            "producer": f"{model.producer_name} {model.producer_version}".strip(),
            "accept": [dict(export.accept) for _ in model.graph.output]}
    return entries


def write_index(entries):
    path = HERE / "index.json"
    index = json.loads(path.read_text()) if path.exists() else {}
    index.update(entries)
    index = {name: index[name] for name in sorted(index) if (HERE / name).exists()}
    path.write_text(json.dumps(index, indent=1) + "\n")
    lines = ["# Where the exports come from", "",
             f"Written by make_exports.py. Goldens: ONNX Runtime {onnxruntime.__version__} on the CPU, graph optimisation",
             "disabled. Bytes are those of the model.", "",
             "| model | what | exporter | producer | bytes |", "|---|---|---|---|---|"]
    lines += [f"| {name} | {one['what']} | {one['exporter']} | {one['producer']} | "
              f"{(HERE / name / 'model.onnx').stat().st_size:,} |" for name, one in index.items()]
    (HERE / "PROVENANCE.md").write_text("\n".join(lines) + "\n")


def main():
    warnings.filterwarnings("ignore")
    if len(sys.argv) > 1:
        write_index(make_family(sys.argv[1], sys.argv[2:]))
        return
    for family in FAMILIES:  # their libraries do not get along in one process
        subprocess.run([sys.executable, __file__, family], check=True)


if __name__ == "__main__":
    main()
