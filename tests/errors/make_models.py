#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the bad models of this folder (committed; each under 2 KB): make_models.py [OUT]

Needs Debian's python3-onnx."""

import os
import random
import sys

import numpy
from onnx import TensorProto, helper, numpy_helper

OUT = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), "models")
FLOAT = TensorProto.FLOAT


def value(name, shape, kind=FLOAT):
    return helper.make_tensor_value_info(name, kind, shape)


def write(name, data):
    with open(os.path.join(OUT, name), "wb") as file:
        file.write(data)


def model(name, nodes, inputs, outputs, initializers=(), opset=13, domains=(), ir_version=8):
    graph = helper.make_graph(nodes, "g", inputs, outputs, list(initializers))
    opsets = [helper.make_opsetid("", opset)] + [helper.make_opsetid(d, 1) for d in domains]
    made = helper.make_model(graph, opset_imports=opsets, ir_version=ir_version, producer_name="make_models")
    data = made.SerializeToString(deterministic=True)
    write(name, data)
    return data


def constant(name, array):
    return numpy_helper.from_array(array, name)


def external(name, location):
    """A tensor whose data lies in another file."""
    tensor = TensorProto(name=name, data_type=FLOAT, dims=[4], data_location=TensorProto.EXTERNAL)
    for key, text in (("location", location), ("offset", "0"), ("length", "16")):
        entry = tensor.external_data.add()
        entry.key, entry.value = key, text
    return tensor


def relu(name, shape, **options):
    return model(name, [helper.make_node("Relu", ["x"], ["y"], name="act")], [value("x", shape)], [value("y", shape)], **options)


def files_that_are_no_models():
    good = relu("good.onnx", [1, 4])
    write("truncated.onnx", good[:len(good) // 2])
    write("empty.onnx", b"")
    generator = random.Random(1)
    write("random.onnx", bytes(generator.randrange(256) for _ in range(256)))
    write("archive.onnx", b"PK\x03\x04" + bytes(60))
    # An ELF header whose section headers lie behind the end.
    write("damaged.elf", b"\x7fELF\x01\x01" + bytes(12) + b"\x28\x00" + bytes(12) + b"\x00\x01\x00\x00" + bytes(10) + b"\x28\x00\x02\x00" + bytes(2))
    write("flatbuffer.onnx", b"\x1c\x00\x00\x00TFL3" + bytes(60))


def many_problems():
    """One wrong node of every kind: attributes, ranks, types, axes, indices, a loop without an end."""
    node = helper.make_node
    forever = helper.make_graph([node("Identity", ["on"], ["again"]), node("Identity", ["v"], ["w"])], "body",
                                [value("i", [], TensorProto.INT64), value("on", [], TensorProto.BOOL), value("v", [1, 4])],
                                [value("again", [], TensorProto.BOOL), value("w", [1, 4])])
    nodes = [
        node("Add", ["x", "n"], ["types"], name="types"),
        node("MatMul", ["x", "x"], ["inner"], name="inner"),
        node("Conv", ["x", "x"], ["rank"], name="rank"),
        node("Gather", ["x", "n"], ["axis"], name="axis", axis=-3),
        node("Gather", ["x", "far"], ["index"], name="index", axis=1),
        node("Concat", ["x", "image"], ["join"], name="join", axis=0),
        node("TopK", ["x", "far"], ["top", "places"], name="top"),
        node("Reshape", ["x", "far"], ["shaped"], name="shaped"),
        node("DepthToSpace", ["image"], ["blocks"], name="blocks", blocksize=0),
        node("MaxPool", ["image"], ["pooled"], name="pooled", kernel_shape=[2, 2], strides=[0, 1]),
        node("AveragePool", ["image"], ["padded"], name="padded", kernel_shape=[2, 2], pads=[-1, 0, 0, 0]),
        node("NonMaxSuppression", ["boxes", "scores", "far", "two"], ["kept"], name="kept"),
        node("RoiAlign", ["image", "x", "one"], ["region"], name="region", sampling_ratio=-1),
        node("Unique", ["x"], ["unique"], name="unique", axis=2),
        node("RandomUniform", [], ["random"], name="random", shape=[100000, 100000]),
        node("Cast", ["x"], ["small"], name="small", to=27),
        node("Loop", ["", "yes", "x"], ["looped"], name="looped", body=forever),
    ]
    outputs = [value(name, None) for one in nodes for name in one.output]
    model("many_problems.onnx", nodes, [value("x", [1, 4]), value("image", [1, 3, 4, 4]), value("boxes", [1, 2, 4]),
                                        value("scores", [1, 1, 2]), value("n", [1], TensorProto.INT32)], outputs,
          [constant("far", numpy.array([9], numpy.int64)), constant("two", numpy.array([2], numpy.float32)),
           constant("one", numpy.array([0], numpy.int64)), constant("yes", numpy.array(True))], opset=16)


def graphs():
    node = helper.make_node
    model("unknown_ops.onnx",
          [node("Fancy", ["x"], ["a"], name="first"), node("relu", ["a"], ["b"], name="second"),
           node("Blend", ["b", "b"], ["y"], name="third", domain="my.company")],
          [value("x", [1, 4])], [value("y", [1, 4])], domains=["my.company"])
    model("cycle.onnx", [node("Add", ["x", "b"], ["a"], name="one"), node("Relu", ["a"], ["b"], name="two")],
          [value("x", [1, 4])], [value("b", [1, 4])])
    model("undefined.onnx", [node("Add", ["x", "nowhere"], ["y"], name="add")], [value("x", [1, 4])], [value("y", [1, 4])])
    model("shapes.onnx", [node("Conv", ["x", "w"], ["y"], name="conv")], [value("x", [1, 3, 8, 8])],
          [value("y", [1, 2, 6, 6])], [constant("w", numpy.ones((2, 4, 3, 3), numpy.float32))])
    model("two_problems.onnx",
          [node("Softmax", ["x"], ["a"], name="soft", axis=9), node("Transpose", ["x"], ["b"], name="turn", perm=[0, 0])],
          [value("x", [1, 4])], [value("a", None), value("b", None)])
    many_problems()
    model("strings.onnx", [node("Identity", ["x"], ["y"], name="id")], [value("x", [1], TensorProto.STRING)],
          [value("y", [1], TensorProto.STRING)])
    model("scale.onnx", [node("QuantizeLinear", ["x", "s"], ["q"], name="q")], [value("x", [1, 4])],
          [value("q", [1, 4], TensorProto.UINT8)], [constant("s", numpy.float32(0))])
    model("kernel.onnx", [node("Erf", ["x"], ["y"], name="erf")], [value("x", [1, 4], TensorProto.INT32)],
          [value("y", [1, 4], TensorProto.INT32)])
    model("leaky_relu_q8.onnx",
          [node("QLinearLeakyRelu", ["x", "s", "z", "s", "z"], ["y"], name="leaky", domain="com.microsoft", alpha=0.1)],
          [value("x", [1, 4], TensorProto.INT8)], [value("y", [1, 4], TensorProto.INT8)],
          [constant("s", numpy.float32(0.1)), constant("z", numpy.int8(3))], domains=["com.microsoft"])


def hostile_names():
    node = helper.make_node
    names = ["in*/ int x; /*", "line\nint broken;", "end\\", "??/", "\x1b[31mred", "int", "workspace", "caf\u00e9", ""]
    inputs = [value(n, [1, 2]) for n in names if n]
    nodes, last = [], names[0]
    for i, name in enumerate(n for n in names[1:] if n):
        out = "sum" + name
        nodes.append(node("Add", [last, name], [out], name=name + "*/\n#error node\\"))
        last = out
    model("hostile.onnx", nodes, inputs, [value(last, [1, 2])])


def shapes():
    relu("overflow.onnx", [65536, 65536, 65536])
    relu("huge.onnx", [1, 3, 40000, 40000])
    relu("time.onnx", [1, "time", 8])
    relu("batch.onnx", ["N", 8])
    relu("image.onnx", [1, 1, 512, 512])
    relu("old.onnx", [1, 4], opset=0)


def data_elsewhere():
    for name, location in (("missing_data.onnx", "weights.bin"), ("escape.onnx", "../make_models.py"),
                           ("absolute.onnx", "/etc/hostname")):
        model(name, [helper.make_node("Add", ["x", "w"], ["y"], name="add")], [value("x", [1, 4])],
              [value("y", [1, 4])], [external("w", location)])


def data():
    write("good_input.pb", constant("x", numpy.ones((1, 4), numpy.float32)).SerializeToString(deterministic=True))


files_that_are_no_models()
data()
graphs()
hostile_names()
shapes()
data_elsewhere()
