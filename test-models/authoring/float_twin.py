# SPDX-License-Identifier: Apache-2.0
"""The float form of a QDQ model: weights dequantised, activations not quantised."""
from onnx import TensorProto

from graph import Graph, arrays, attributes
from reference import dequantize


def float_twin(model, name):
    values, g, real = arrays(model), Graph(name), {}
    infos = list(model.graph.input) + list(model.graph.output)
    shapes = {i.name: [d.dim_value for d in i.type.tensor_type.shape.dim] for i in infos}
    for info in model.graph.input:
        g.input(info.name, shapes[info.name], TensorProto.FLOAT)
    for node in model.graph.node:
        source, target = node.input[0], node.output[0]
        if node.op_type == "DequantizeLinear" and source in values:
            array = dequantize(attributes(node), *[values[v] for v in node.input]).astype("float32")
            real[target] = g.const(array, source.replace(".q", ""))
        elif node.op_type in ("QuantizeLinear", "DequantizeLinear"):
            real[target] = real.get(source, source)
        else:
            real[target] = g.node(node.op_type, *[real.get(v, v) for v in node.input], **attributes(node))
    return g.finish([(real[o.name], o.name, shapes[o.name]) for o in model.graph.output])
