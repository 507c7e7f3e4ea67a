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
from graph import attributes
from store import ROOT, digest


def load(path):
    return numpy_helper.to_array(onnx.load_tensor(str(path)))


def known(node):
    return node.op_type in reference.OPS and "direction" not in attributes(node)


def compare(model, folder):
    """Largest difference to the stored outputs, relative for floats; None if an op is unknown."""
    if not all(known(n) for n in model.graph.node):
        return None
    inputs = [load(folder / f"input_{k}.pb") for k in range(len(list(folder.glob("input_*.pb"))))]
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
    worst = [compare(model, s) for s in sorted(folder.glob("*_*/"))]
    integer = model.graph.output[0].type.tensor_type.elem_type in (2, 3)
    limit = 0 if integer else 1e-4
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
