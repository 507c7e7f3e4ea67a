# SPDX-License-Identifier: Apache-2.0
"""Checks every stored model: onnx.checker, provenance hashes, and a second oracle.

The numpy reference must agree with the stored ONNX Runtime outputs: floats
closely, integers exactly (store.undisputed chose inputs for which they can).
"""
import json
import sys

import numpy as np
import onnx
from onnx import numpy_helper

import reference
from store import ROOT, digest


def load(path):
    return numpy_helper.to_array(onnx.load_tensor(str(path)))


def compare(model, folder):
    """Largest difference to the stored outputs, relative for floats; None if an op is unknown."""
    if {n.op_type for n in model.graph.node} - set(reference.OPS):
        return None
    inputs = [load(folder / f"input_{k}.pb") for k in range(len(model.graph.input))]
    worst = 0.0
    for k, ours in enumerate(reference.evaluate(model, inputs)):
        theirs = load(folder / f"output_{k}.pb")
        assert ours.shape == theirs.shape and ours.dtype == theirs.dtype, (folder, ours.dtype, ours.shape)
        difference = np.abs(ours.astype(np.float64) - theirs).max()
        worst = max(worst, difference / (1.0 if theirs.dtype.kind in "iu" else np.abs(theirs).max() or 1.0))
    return worst


def check(folder):
    model = onnx.load(str(folder / "model.onnx"))
    onnx.checker.check_model(str(folder / "model.onnx"))
    recorded = json.loads((folder / "provenance.json").read_text())["sha256"]
    problems = [] if recorded == digest(folder) else ["hashes differ from provenance"]
    worst = [compare(model, s) for s in sorted(folder.glob("test_data_set_*"))]
    quantized = any("Quantize" in n.op_type for n in model.graph.node)
    integer = model.graph.output[0].type.tensor_type.elem_type != 1
    limit = 0 if integer else 1e-6 if quantized else 1e-4
    if any(w is not None and w > limit for w in worst):
        problems.append("numpy reference disagrees")
    print(f"{folder.name:32}", "numpy:", *["-" if w is None else f"{w:.2g}" for w in worst], *problems)
    return problems


def main():
    folders = [p.parent for p in sorted(ROOT.glob("*/model.onnx"))]
    bad = [f for f in folders if check(f)]
    print(f"{len(folders)} models, {len(bad)} with problems")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
