# SPDX-License-Identifier: Apache-2.0
"""A small builder over onnx.helper, shared by all authoring scripts.

It needs onnx and numpy only and also works with onnx 1.12 (Debian), because
generate_large.py runs it at test time.
"""
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FLOAT = TensorProto.FLOAT


class Graph:
    """Collects nodes and seeded weights; every value is named after its op."""

    def __init__(self, name, seed=0, opset=13, ir=7):
        self.name, self.opset, self.ir = name, opset, ir
        self.rng = np.random.RandomState(seed)
        self.nodes, self.inputs, self.initializers = [], [], []
        self.domains, self.functions, self.counts = {}, [], {}

    def fresh(self, stem):
        number = self.counts.get(stem, 0)
        self.counts[stem] = number + 1
        return f"{stem}_{number}"

    def input(self, name, shape, dtype=FLOAT):
        self.inputs.append(helper.make_tensor_value_info(name, dtype, shape))
        return name

    def const(self, array, name):
        self.initializers.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def node(self, op, *inputs, outputs=None, domain="", **attrs):
        """Appends a node; returns its output name (a list if several)."""
        stem = self.fresh(op.lower())
        names = outputs or [f"{stem}_out"]
        if domain:
            self.domains[domain] = 1
            attrs["domain"] = domain
        self.nodes.append(helper.make_node(op, list(inputs), names, name=stem, **attrs))
        return names[0] if len(names) == 1 else names

    def weights(self, shape, fan_in):
        """He initialisation."""
        return (self.rng.standard_normal(shape) * np.sqrt(2.0 / fan_in)).astype(np.float32)

    def bias(self, size):
        return (self.rng.standard_normal(size) * 0.1).astype(np.float32)

    def conv(self, x, c_in, c_out, kernel, stride=(1, 1), pads=(0, 0, 0, 0), group=1, bias=True,
             dilations=(1, 1)):
        stem = self.fresh("layer")
        shape = (c_out, c_in // group) + tuple(kernel)
        inputs = [x, self.const(self.weights(shape, np.prod(shape[1:])), f"{stem}.weight")]
        if bias:
            inputs.append(self.const(self.bias(c_out), f"{stem}.bias"))
        return self.node("Conv", *inputs, kernel_shape=list(kernel), strides=list(stride),
                         pads=list(pads), group=group, dilations=list(dilations))

    def batch_norm(self, x, channels):
        stem = self.fresh("bn")
        draw = self.rng.uniform
        values = {"weight": draw(0.7, 1.3, channels), "bias": draw(-0.3, 0.3, channels),
                  "running_mean": np.zeros(channels), "running_var": np.ones(channels)}
        names = [self.const(v.astype(np.float32), f"{stem}.{k}") for k, v in values.items()]
        return self.node("BatchNormalization", x, *names, epsilon=1e-3)

    def dense(self, x, n_in, n_out):
        stem = self.fresh("layer")
        weight = self.const(self.weights((n_out, n_in), n_in), f"{stem}.weight")
        return self.node("Gemm", x, weight, self.const(self.bias(n_out), f"{stem}.bias"), transB=1)

    def relu(self, x):
        return self.node("Relu", x)

    def finish(self, outputs):
        """outputs: list of (value, name, shape[, dtype]); the value is renamed to name."""
        infos = []
        for value, name, shape, *dtype in outputs:
            rename(self.nodes, value, name)
            infos.append(helper.make_tensor_value_info(name, dtype[0] if dtype else FLOAT, shape))
        graph = helper.make_graph(self.nodes, self.name, self.inputs, infos, self.initializers)
        opsets = [helper.make_opsetid("", self.opset)]
        opsets += [helper.make_opsetid(d, v) for d, v in self.domains.items()]
        model = helper.make_model(graph, producer_name="tinyc test-models", opset_imports=opsets,
                                  functions=self.functions)
        model.ir_version = self.ir
        onnx.checker.check_model(model)
        return model


def rename(nodes, old, new):
    for node in nodes:
        node.input[:] = [new if v == old else v for v in node.input]
        node.output[:] = [new if v == old else v for v in node.output]


def attributes(node):
    return {a.name: helper.get_attribute_value(a) for a in node.attribute}


def arrays(model):
    """The initialisers as numpy arrays by name."""
    return {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}


def set_array(model, name, value):
    for tensor in model.graph.initializer:
        if tensor.name == name:
            tensor.CopyFrom(numpy_helper.from_array(np.asarray(value, np.float32), name))


def input_shape(model, index=0):
    return [d.dim_value for d in model.graph.input[index].type.tensor_type.shape.dim]
