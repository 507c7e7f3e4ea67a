# SPDX-License-Identifier: Apache-2.0
"""Writes a model with its goldens and provenance; the oracle is ONNX Runtime.

Graph optimisation is disabled, so every node runs by itself as the operator
text says (QDQ models in float between DequantizeLinear and QuantizeLinear).
"""
import hashlib
import json
import pathlib
import shutil
import sys

import numpy as np
import onnx
import onnxruntime as ort
from onnx import numpy_helper

import reference

ROOT = pathlib.Path(__file__).resolve().parent.parent


def session(model):
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    source = model if isinstance(model, str) else model.SerializeToString()
    return ort.InferenceSession(source, options, providers=["CPUExecutionProvider"])


def run(model, inputs):
    """Outputs of one run; model: ModelProto, path or session."""
    runner = model if isinstance(model, ort.InferenceSession) else session(model)
    return runner.run(None, dict(zip([i.name for i in runner.get_inputs()], inputs)))


def tapped(model):
    """A session that returns every value of the model, and their names."""
    copy = type(model).FromString(model.SerializeToString())
    known = {o.name for o in copy.graph.output}
    for node in model.graph.node:
        if node.output[0] not in known:
            copy.graph.output.add().name = node.output[0]
    runner = session(copy)
    return runner, [o.name for o in runner.get_outputs()]


def ranges(model, samples):
    """(min, max) of every value over the samples (one-input models)."""
    (runner, names), name, found = tapped(model), model.graph.input[0].name, {}
    for x in samples:
        for value, y in zip(names + [name], run(runner, [x]) + [x]):
            low, high = found.get(value, (np.inf, -np.inf))
            found[value] = min(low, y.min()), max(high, y.max())
    return found


def undisputed(model, candidates, count):
    """Inputs whose integer values ONNX Runtime and exact arithmetic agree on (reference.py)."""
    runner, names = tapped(model)
    return reference.undisputed(model, candidates, count, lambda x: dict(zip(names, run(runner, x))))


def write_tensor(path, array, name):
    path.write_bytes(numpy_helper.from_array(np.asarray(array), name).SerializeToString())


def write_set(folder, model, inputs, outputs):
    folder.mkdir(parents=True)
    for kind, infos, tensors in (("input", model.graph.input, inputs), ("output", model.graph.output, outputs)):
        for k, (info, array) in enumerate(zip(infos, tensors)):
            write_tensor(folder / f"{kind}_{k}.pb", array, info.name)


def digest(folder):
    """sha256 of every file but the provenance, by relative path."""
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != "provenance.json")
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def accepted(outputs):
    """What counts as equal per output: integers exactly, floats closely ("tinyc verify --accept")."""
    floats = [{"rtol": 1e-3, "atol": float(f"{1e-5 * max(np.abs(y).max(), 0.01):.2g}")}
              if y.dtype.kind == "f" else None for y in outputs]
    return [f or {"steps": 0} for f in floats]


def write_provenance(folder, what, seed, **facts):
    script = pathlib.Path(sys.modules["__main__"].__file__).name
    record = {"what": what, "script": f"test-models/authoring/{script}", "seed": seed,
              "tools": {"onnx": onnx.__version__, "onnxruntime": ort.__version__, "numpy": np.__version__},
              "golden": "ONNX Runtime CPU, graph optimisation disabled", **facts, "sha256": digest(folder)}
    (folder / "provenance.json").write_text(json.dumps(record, indent=1) + "\n")


def fresh_folder(name):
    folder = ROOT / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def store(name, model, sets, what, seed, save=onnx.save, extra=(), **facts):
    """Writes test-models/name: the model, one data set per input list, provenance.

    extra: (folder name, input list) of further sets, for another batch size say.
    """
    folder = fresh_folder(name)
    save(model, str(folder / "model.onnx"))
    onnx.checker.check_model(str(folder / "model.onnx"))
    runner = session(str(folder / "model.onnx"))
    for place, inputs in [(f"test_data_set_{k}", s) for k, s in enumerate(sets)] + list(extra):
        outputs = run(runner, inputs)
        facts.setdefault("accept", accepted(outputs))
        write_set(folder / place, model, inputs, outputs)
    write_provenance(folder, what, seed, **facts)
    size = sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())
    print(f"{name}: {size} bytes, model {(folder / 'model.onnx').stat().st_size}")
