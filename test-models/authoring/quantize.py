# SPDX-License-Identifier: Apache-2.0
"""Turns a float model into the QDQ form that quantisation tools write.

int8 activations (asymmetric), int8 weights (symmetric, per output channel),
int32 bias with scale input x weight. Relu stays, before the QuantizeLinear.
"""
import numpy as np
from onnx import TensorProto

from graph import Graph, arrays, attributes

INT8 = TensorProto.INT8
FUSES_RELU = {"Conv", "Gemm", "Add"}
KEEPS_SCALE = {"MaxPool", "Flatten", "Reshape", "Transpose"}


def fold_batch_norm(model):
    """(nodes, arrays) with each BatchNormalization folded into its Conv."""
    values, nodes, previous = arrays(model), [], {}
    for node in model.graph.node:
        if node.op_type != "BatchNormalization":
            nodes.append(node)
            previous[node.output[0]] = node
            continue
        conv = previous[node.input[0]]
        gamma, beta, mean, var = (values[v].astype(np.float64) for v in node.input[1:])
        gain = gamma / np.sqrt(var + attributes(node)["epsilon"])
        weight = values[conv.input[1]]
        bias = values[conv.input[2]] if len(conv.input) > 2 else 0.0
        name = conv.input[1].replace(".weight", ".bias")
        values[conv.input[1]] = (weight * gain.reshape(-1, 1, 1, 1)).astype(np.float32)
        values[name] = ((bias - mean) * gain + beta).astype(np.float32)
        conv.input[:] = [conv.input[0], conv.input[1], name]
        conv.output[0] = node.output[0]
    return nodes, values


def activation_scale(low, high):
    low, high = min(float(low), 0.0), max(float(high), 0.0)
    scale = np.float32((high - low) / 255.0 or 1.0)
    return scale, np.int8(np.clip(np.rint(-128 - low / scale), -128, 127))


class Quantizer:
    def __init__(self, model, ranges, float_io, per_channel_dense, name):
        self.nodes, self.values = fold_batch_norm(model)
        self.ranges, self.per_channel_dense = ranges, per_channel_dense
        self.out = Graph(name, opset=model.opset_import[0].version, ir=model.ir_version)
        self.float_io, self.source = float_io, model
        self.scales, self.real = {}, {}

    def quantize(self, value, key):
        """Emits QuantizeLinear with the scale chosen for key; returns the int8 name."""
        scale, zero = self.scales[key]
        return self.out.node("QuantizeLinear", value, self.out.const(scale, f"{key}.scale"),
                             self.out.const(zero, f"{key}.zero"), outputs=[f"{key}.q"])

    def dequantize(self, value, key):
        return self.out.node("DequantizeLinear", value, f"{key}.scale", f"{key}.zero",
                             outputs=[f"{key}.dq"])

    def weight(self, name, per_channel):
        w = self.values[name]
        amax = np.abs(w).max(axis=tuple(range(1, w.ndim))) if per_channel else np.abs(w).max()
        scale = np.where(amax == 0, 1, amax / 127).astype(np.float32)
        shape = (-1,) + (1,) * (w.ndim - 1) if per_channel else ()
        q = np.clip(np.rint(w / scale.reshape(shape)), -127, 127).astype(np.int8)
        inputs = [self.out.const(q, f"{name}.q"), self.out.const(scale, f"{name}.scale"),
                  self.out.const(np.zeros_like(scale, np.int8), f"{name}.zero")]
        axis = {"axis": 0} if per_channel else {}
        return self.out.node("DequantizeLinear", *inputs, outputs=[f"{name}.dq"], **axis), scale

    def bias(self, name, scale):
        q = np.rint(self.values[name].astype(np.float64) / scale).astype(np.int32)
        inputs = [self.out.const(q, f"{name}.q"), self.out.const(scale.astype(np.float32), f"{name}.scale")]
        axis = {"axis": 0} if scale.ndim else {}
        return self.out.node("DequantizeLinear", *inputs, outputs=[f"{name}.dq"], **axis)

    def operands(self, node):
        if node.op_type not in ("Conv", "Gemm"):
            return [self.real.get(v) or self.out.const(self.values[v], v) for v in node.input]
        per_channel = node.op_type == "Conv" or self.per_channel_dense
        x = self.real[node.input[0]]
        w, scale = self.weight(node.input[1], per_channel)
        bias = [self.bias(v, scale * self.scales[node.input[0]][0]) for v in node.input[2:]]
        return [x, w] + bias

    def feeds_only_relu(self, node):
        users = [n for n in self.nodes if node.output[0] in n.input]
        return node.op_type in FUSES_RELU and [u.op_type for u in users] == ["Relu"]

    def choose_scale(self, node):
        value = node.output[0]
        if node.op_type in KEEPS_SCALE:
            self.scales[value] = self.scales[node.input[0]]
        elif node.op_type == "Softmax":
            self.scales[value] = np.float32(1 / 256), np.int8(-128)
        else:
            self.scales[value] = activation_scale(*self.ranges[value])

    def begin(self):
        name = self.source.graph.input[0].name
        shape = [d.dim_value for d in self.source.graph.input[0].type.tensor_type.shape.dim]
        self.scales[name] = activation_scale(*self.ranges[name])
        if self.float_io:
            self.real[name] = self.dequantize(self.quantize(self.out.input(name, shape), name), name)
            return
        self.out.input(name, shape, INT8)
        for suffix, value in zip(("scale", "zero"), self.scales[name]):
            self.out.const(value, f"{name}.{suffix}")
        self.real[name] = self.dequantize(name, name)

    def run(self):
        self.begin()
        output = self.source.graph.output[0]
        for node in self.nodes:
            value = node.output[0]
            result = self.out.node(node.op_type, *self.operands(node), **attributes(node))
            if self.feeds_only_relu(node):
                self.real[value] = result
                continue
            self.choose_scale(node)
            result = self.quantize(result, value)
            if value == output.name and not self.float_io:
                break
            self.real[value] = result = self.dequantize(result, value)
        shape = [d.dim_value for d in output.type.tensor_type.shape.dim]
        return self.out.finish([(result, output.name, shape) + (() if self.float_io else (INT8,))])


def to_qdq(model, ranges, float_io=False, per_channel_dense=True, name=None):
    """The QDQ model; ranges maps every float value to (min, max)."""
    copy = type(model).FromString(model.SerializeToString())
    return Quantizer(copy, ranges, float_io, per_channel_dense, name or model.graph.name + "_int8").run()


def quantize_input(model, x):
    """A float input in the int8 steps that an int8-in QDQ model expects."""
    values, name = arrays(model), model.graph.input[0].name
    steps = np.rint(x / values[f"{name}.scale"]) + values[f"{name}.zero"].astype(np.float32)
    return np.clip(steps, -128, 127).astype(np.int8)
