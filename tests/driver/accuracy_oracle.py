#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tinyc accuracy against figures computed by numpy from another evaluation of the same models, node by node
(test-models/authoring/reference.py).   accuracy_oracle.py TINYC"""
import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np

try:
    import onnx
    from onnx import numpy_helper
except ImportError:
    print("python3-onnx is not installed")
    sys.exit(77)

ROOT = Path(__file__).resolve().parents[2]
MODELS = ROOT / "test-models"
sys.path.insert(0, str(MODELS / "authoring"))
import reference  # noqa: E402

# float model, quantised model, layers: tensor of the quantised model, its dequantized form, tensor of the float model
PAIRS = [
    ("digits_cnn", "digits_cnn_int8", [
        ("relu_0_out.q", "relu_0_out.dq", "relu_0_out"),
        ("maxpool_0_out.q", "maxpool_0_out.dq", "maxpool_0_out"),
        ("relu_1_out.q", "relu_1_out.dq", "relu_1_out"),
        ("gemm_0_out.q", "gemm_0_out.dq", "gemm_0_out"),
        ("probabilities", "probabilities", "probabilities")]),
    ("keyword_cnn", "keyword_cnn_int8", None),
]


def values_of(name, real):
    """Every value of the model for a float input, which is quantised first where the model wants integers."""
    model = onnx.load(MODELS / name / "model.onnx")
    constants = {i.name: numpy_helper.to_array(i) for i in model.graph.initializer}
    given = model.graph.input[0]
    if given.type.tensor_type.elem_type == onnx.TensorProto.INT8:
        reader = next(node for node in model.graph.node if given.name in node.input)
        assert reader.op_type == "DequantizeLinear"
        real = reference.quantize({}, real, constants[reader.input[1]], constants[reader.input[2]])
    return model, reference.evaluate(model, [real], keep_all=True)


def figures(pairs):
    """From (float, quantised) arrays of all data sets."""
    a = np.concatenate([np.ravel(x) for x, _ in pairs]).astype(np.float64)
    b = np.concatenate([np.ravel(y) for _, y in pairs]).astype(np.float64)
    noise = [sum(float(((x - y).astype(np.float64).take(c, 1) ** 2).sum()) for x, y in pairs)
             for c in range(pairs[0][0].shape[1])]
    worst = int(np.argmax(noise))
    signal = sum(float((x.astype(np.float64).take(worst, 1) ** 2).sum()) for x, _ in pairs)
    db = lambda s, n: math.inf if n == 0 else -math.inf if s == 0 else 10 * math.log10(s / n)
    return {"snr_db": db((a * a).sum(), ((a - b) ** 2).sum()), "cosine": a @ b / math.sqrt((a @ a) * (b @ b)),
            "largest": np.abs(a - b).max(), "elements": a.size, "unequal": int((a != b).sum()),
            "worst": worst, "worst_db": db(signal, noise[worst])}


def step_of(model, tensor):
    """Scale of the node that quantises to this tensor."""
    constants = {i.name: numpy_helper.to_array(i) for i in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type == "QuantizeLinear" and tensor in node.output:
            return float(constants[node.input[1]])
    return None


def check(tinyc, real, quantised, layers):
    report = json.loads(subprocess.run([tinyc, "accuracy", MODELS / real / "model.onnx", MODELS / quantised / "model.onnx",
                                        "--data", MODELS / real, "--json"], check=True, capture_output=True).stdout)
    sets = []
    for folder in sorted((MODELS / real).glob("test_data_set_*")):
        proto = onnx.TensorProto.FromString((folder / "input_0.pb").read_bytes())
        given = numpy_helper.to_array(proto)
        _, floats = values_of(real, given)
        model, integers = values_of(quantised, given)
        sets.append((floats, integers))
    found = {layer["name"]: layer for layer in report["layers"]}
    if layers is None:  # by the names alone
        layers = [(name, name[:-2] + ".dq", name[:-2]) for name in found if name.endswith(".q")]
    problems = [] if layers else ["no layer"]
    for name, dequantized, partner in layers:
        if name not in found:
            problems.append(f"{name} is missing")
            continue
        layer, wanted = found[name], figures([(a[partner], b[dequantized]) for a, b in sets])
        step = step_of(model, name)
        got = {"snr_db": layer["snr_db"], "cosine": layer["cosine"], "largest": layer["largest"],
               "elements": layer["elements"], "unequal": layer["unequal"], "worst": layer["worst_channel"]["index"],
               "worst_db": layer["worst_channel"]["snr_db"]}
        if step:
            wanted["steps"], got["steps"] = wanted["largest"] / step, layer["largest_steps"]
        for key, value in wanted.items():
            if not (got[key] is None and math.isinf(value)) and not math.isclose(got[key], value, rel_tol=1e-4, abs_tol=1e-7):
                problems.append(f"{name}: {key} is {got[key]}, should be {value}")
    print(f"{real}, {quantised}: {len(layers)} layers in {len(sets)} sets", *problems, sep="\n  ")
    return not problems


if __name__ == "__main__":
    sys.exit(0 if all([check(sys.argv[1], *pair) for pair in PAIRS]) else 1)
