# SPDX-License-Identifier: Apache-2.0
"""Tiny models, one for each form that an importer meets; stored by small.py.

Each function returns (model, input sets[, how to save it]).
"""
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from graph import FLOAT, Graph

INT64 = np.int64


def draw(seed, *shape):
    return np.random.RandomState(seed).uniform(-1, 1, shape).astype(np.float32)


def local_function():
    """Model-local functions: one with an attribute, called by another."""
    opset = [helper.make_opsetid("", 15), helper.make_opsetid("local", 1)]
    leak = helper.make_node("LeakyRelu", ["y"], ["z"])
    leak.attribute.append(helper.make_attribute("alpha", 0.0))
    leak.attribute[0].ref_attr_name, leak.attribute[0].f = "slope", 0.0
    leak.attribute[0].ClearField("f")
    dense = helper.make_function("local", "Dense", ["x", "w", "b"], ["z"],
                                 [helper.make_node("MatMul", ["x", "w"], ["t"]),
                                  helper.make_node("Add", ["t", "b"], ["y"]), leak], opset, ["slope"])
    pair = helper.make_function("local", "Pair", ["x", "w", "b"], ["z"],
                                [helper.make_node("Dense", ["x", "w", "b"], ["t"], domain="local", slope=0.1),
                                 helper.make_node("Dense", ["t", "w", "b"], ["z"], domain="local", slope=0.3)],
                                opset)
    g = Graph("local_function", 41, opset=15, ir=8)
    g.functions = [dense, pair]
    x = g.input("x", [1, 6])
    x = g.node("Pair", x, g.const(draw(41, 6, 6), "w"), g.const(draw(42, 6), "b"), domain="local")
    return g.finish([(x, "y", [1, 6])]), [[draw(43, 1, 6)]]


def external_data():
    """Weights in a file beside the model."""
    g = Graph("external_data", 44)
    x = g.relu(g.conv(g.input("x", [1, 2, 6, 6]), 2, 4, (3, 3), pads=(1, 1, 1, 1)))
    x = g.dense(g.node("Flatten", x), 144, 3)

    def save(model, path):
        onnx.save(model, path, save_as_external_data=True, location="weights.data", size_threshold=64)

    return g.finish([(x, "y", [1, 3])]), [[draw(45, 1, 2, 6, 6)]], save


def initializers_as_inputs():
    """IR 3 and opset 7: initialisers are graph inputs too; old BatchNormalization and Dropout."""
    g = Graph("initializers_as_inputs", 46, opset=7, ir=3)
    x = g.conv(g.input("x", [1, 1, 6, 6]), 1, 4, (3, 3))
    x = g.node("Dropout", g.relu(g.batch_norm(x, 4)), ratio=0.5)
    x = g.node("Reshape", x, g.const(np.array([1, 64], INT64), "shape"))
    y = g.dense(x, 64, 3)
    for t in g.initializers:
        g.input(t.name, list(t.dims), t.data_type)
    return g.finish([(y, "y", [1, 3])]), [[draw(47, 1, 1, 6, 6)]]


def cast_weights(name, seed, to_stored):
    """A Conv and a Gemm whose float weights are stored in another type and cast."""
    g = Graph(name, seed)
    x = g.relu(g.conv(g.input("x", [1, 2, 5, 5]), 2, 4, (3, 3)))
    x = g.dense(g.node("Flatten", x), 36, 3)
    stored, casts = [], []
    for t in g.initializers:
        stored.append(to_stored(numpy_helper.to_array(t), t.name + ".stored"))
        casts.append(helper.make_node("Cast", [t.name + ".stored"], [t.name], to=FLOAT, name=t.name + ".cast"))
    g.initializers, g.nodes = stored, casts + g.nodes
    return g.finish([(x, "y", [1, 3])]), [[draw(seed + 1, 1, 2, 5, 5)]]


def float16_weights():
    """float16 weights, cast to float."""
    return cast_weights("float16_weights", 48, lambda a, n: numpy_helper.from_array(a.astype(np.float16), n))


def bfloat16_weights():
    """bfloat16 weights, cast to float."""
    def stored(array, name):
        bits = (array.view(np.uint32) + 0x8000 >> 16).astype("<u2").tobytes()
        return helper.make_tensor(name, TensorProto.BFLOAT16, array.shape, bits, raw=True)
    return cast_weights("bfloat16_weights", 50, stored)


def double_weights():
    """double weights and arithmetic between two Casts."""
    g = Graph("double_weights", 52)
    x = g.node("Cast", g.input("x", [1, 5]), to=TensorProto.DOUBLE)
    for k, (n_in, n_out) in enumerate(((5, 8), (8, 3))):
        x = g.node("MatMul", x, g.const(draw(52 + k, n_in, n_out).astype(np.float64), f"w{k}"))
        x = g.node("Add", x, g.const(draw(54 + k, n_out).astype(np.float64), f"b{k}"))
    return g.finish([(g.node("Cast", x, to=FLOAT), "y", [1, 3])]), [[draw(56, 1, 5)]]


def symbolic_batch():
    """A leading dimension named N."""
    g = Graph("symbolic_batch", 57)
    x = g.dense(g.relu(g.dense(g.input("x", ["N", 5]), 5, 7)), 7, 3)
    return g.finish([(g.node("Softmax", x, axis=-1), "y", ["N", 3])]), [[draw(58, 1, 5)], [draw(59, 1, 5)]]


def shape_chain():
    """Shape, Gather, Unsqueeze, Concat and Reshape instead of Flatten; batch named N."""
    g = Graph("shape_chain", 60)
    x = g.relu(g.conv(g.input("x", ["N", 2, 6, 6]), 2, 4, (3, 3), (2, 2), (1, 1, 1, 1)))
    batch = g.node("Gather", g.node("Shape", x), g.const(np.array(0, INT64), "index"), axis=0)
    batch = g.node("Unsqueeze", batch, g.const(np.array([0], INT64), "axes"))
    rest = g.node("Constant", value=numpy_helper.from_array(np.array([-1], INT64)))
    x = g.node("Reshape", x, g.node("Concat", batch, rest, axis=0))
    return g.finish([(g.dense(x, 36, 3), "y", ["N", 3])]), [[draw(61, 1, 2, 6, 6)]]


def batch_norm_unfused():
    """BatchNormalization after the input, a Conv, a MaxPool and a Gemm."""
    g = Graph("batch_norm_unfused", 62)
    x = g.batch_norm(g.input("x", [1, 3, 8, 8]), 3)
    x = g.relu(g.batch_norm(g.conv(x, 3, 6, (3, 3), pads=(1, 1, 1, 1), bias=False), 6))
    x = g.batch_norm(g.node("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2]), 6)
    x = g.batch_norm(g.dense(g.node("Flatten", x), 96, 4), 4)
    rng = np.random.RandomState(63)
    for t in g.initializers:
        if "running" in t.name:
            low, high = (0.5, 1.5) if "var" in t.name else (-0.5, 0.5)
            value = rng.uniform(low, high, list(t.dims)).astype(np.float32)
            t.CopyFrom(numpy_helper.from_array(value, t.name))
    return g.finish([(x, "y", [1, 4])]), [[draw(64, 1, 3, 8, 8)]]


def pad_conv():
    """Pad before Conv: zeros (can be folded), a constant and edge values (can not)."""
    g = Graph("pad_conv", 65)
    x = g.input("x", [1, 2, 7, 7])
    for k, (mode, value) in enumerate((("constant", 0.0), ("constant", 0.5), ("edge", 0.0))):
        pads = g.const(np.array([0, 0, 1, 0, 0, 0, 2, 1], INT64), f"pads_{k}")
        more = [g.const(np.float32(value), f"value_{k}")] if mode == "constant" else []
        x = g.relu(g.conv(g.node("Pad", x, pads, *more, mode=mode), 2, 2, (3, 3)))
    return g.finish([(x, "y", [1, 2, 10, 4])]), [[draw(66, 1, 2, 7, 7)]]


def hard_swish():
    """HardSwish as an operator, and as x * Clip(x + 3, 0, 6) / 6."""
    g = Graph("hard_swish", 67, opset=14)
    x = g.node("HardSwish", g.conv(g.input("x", [1, 2, 5, 5]), 2, 4, (3, 3), pads=(1, 1, 1, 1)))
    x = g.conv(x, 4, 4, (3, 3), group=4)
    zero, three, six = (g.const(np.float32(v), f"c{v}") for v in (0, 3, 6))
    gate = g.node("Clip", g.node("Add", x, three), zero, six)
    x = g.node("Div", g.node("Mul", x, gate), six)
    return g.finish([(x, "y", [1, 4, 3, 3])]), [[draw(68, 1, 2, 5, 5) * 4]]


def residual_block():
    """Two residual blocks, one with a strided 1x1 shortcut; BatchNormalization in the paths."""
    g = Graph("residual_block", 69)
    x, width = g.input("x", [1, 4, 8, 8]), 4
    for c_out, stride in ((4, 1), (8, 2)):
        y = g.conv(x, width, c_out, (3, 3), (stride, stride), (1, 1, 1, 1), bias=False)
        y = g.relu(g.batch_norm(y, c_out))
        y = g.batch_norm(g.conv(y, c_out, c_out, (3, 3), pads=(1, 1, 1, 1), bias=False), c_out)
        if stride > 1:
            x = g.conv(x, width, c_out, (1, 1), (stride, stride))
        x, width = g.relu(g.node("Add", y, x)), c_out
    return g.finish([(x, "y", [1, 8, 4, 4])]), [[draw(70, 1, 4, 8, 8)]]


def dead_nodes():
    """Nodes without a use, unused initialisers, Identity, a value computed twice."""
    g = Graph("dead_nodes", 71)
    x = g.input("x", [1, 6])
    g.node("Tanh", g.relu(x))
    g.const(draw(72, 9), "unused")
    y = g.dense(g.node("Identity", x), 6, 4)
    y = g.node("Add", g.relu(y), g.relu(y))
    return g.finish([(g.node("Identity", y), "y", [1, 4])]), [[draw(73, 1, 6)]]


def newest_opset():
    """Opset 23 and IR 11, with metadata."""
    g = Graph("newest_opset", 74, opset=23, ir=11)
    x = g.relu(g.conv(g.input("x", [1, 2, 6, 6]), 2, 4, (3, 3)))
    x = g.dense(g.node("Flatten", x), 64, 3)
    g.nodes[0].metadata_props.add(key="origin", value="test")
    return g.finish([(g.node("Softmax", x), "y", [1, 3])]), [[draw(75, 1, 2, 6, 6)]]


def carried_states():
    """Inputs and outputs that are states, in no order: a delay line, a mean over time, two that change places."""
    g = Graph("carried_states", 76)
    names = ["older", "x", "old", "mean", "a", "b"]
    older, x, old, mean, a, b = (g.input(name, [1, 6]) for name in names)
    g.node("Identity", old, outputs=["older_next"])
    quarter = g.const(np.array(0.25, np.float32), "quarter")
    step = g.node("Mul", g.node("Sub", x, mean), quarter)
    g.node("Add", mean, step, outputs=["mean_next"])
    g.node("Identity", x, outputs=["old_next"])
    g.node("Identity", b, outputs=["a_next"])
    g.node("Identity", a, outputs=["b_next"])
    g.node("Add", g.node("Sub", older, "mean_next"), g.node("Mul", a, b), outputs=["y"])
    outputs = ["b_next", "old_next", "y", "older_next", "mean_next", "a_next"]
    data = [[draw(77 + 6 * k + i, 1, 6) for i in range(6)] for k in range(2)]
    return g.finish([(name, name, [1, 6]) for name in outputs]), data


ALL = [local_function, external_data, initializers_as_inputs, float16_weights, bfloat16_weights,
       double_weights, symbolic_batch, shape_chain, batch_norm_unfused, pad_conv, hard_swish,
       residual_block, dead_nodes, newest_opset, carried_states]
DYNAMIC = [symbolic_batch, shape_chain]  # also stored with a batch of 3
