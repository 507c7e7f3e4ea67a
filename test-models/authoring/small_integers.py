# SPDX-License-Identifier: Apache-2.0
"""Tiny QDQ models of operators whose integer form is specified by tinyc: a step from the float result is accepted."""
import numpy as np
from onnx import TensorProto

from small_bits import INT16, BitsGraph
from small_quant import quantized_input

INT8 = TensorProto.INT8


def qdq_recurrent():
    """QDQ, int8: GRU (both forms of the reset gate), bidirectional LSTM, RNN; last states."""
    g = BitsGraph("qdq_recurrent", 230)
    steps, width, hidden = 7, 10, 12
    p = g.parameters(-1, 1, np.int8)
    x = g.node("DequantizeLinear", g.input("x", [steps, 1, width], INT8), *p)
    unit = g.parameters(-1, 1, np.int8)
    for op, gates, directions, attrs in (("GRU", 3, 1, {"linear_before_reset": 1}), ("GRU", 3, 1, {}),
                                         ("LSTM", 4, 2, {"direction": "bidirectional"}), ("RNN", 1, 1, {})):
        w = g.weight_of((directions, gates * hidden, width), 8, axis=1, gain=3.0)[0]
        r = g.weight_of((directions, gates * hidden, hidden), 8, axis=1, gain=3.0)[0]
        b = g.const(g.rng.uniform(-0.5, 0.5, (directions, 2 * gates * hidden)).astype(np.float32), g.fresh("bias"))
        y, last = g.node(op, x, w, r, b, outputs=[g.fresh("y"), g.fresh("last")], hidden_size=hidden, **attrs)
        last = g.node("QuantizeLinear", last, *unit)
        x = g.node("Reshape", g.requantized(y, unit), g.const(np.array([steps, 1, directions * hidden], np.int64), g.fresh("shape")))
        width = directions * hidden
    y = g.node("QuantizeLinear", x, *unit)
    return g.finish([(y, "y", [steps, 1, hidden], INT8), (last, "last", [1, 1, hidden], INT8)]), \
        quantized_input(230, [steps, 1, 10], np.int8)


def qdq_normalized():
    """QDQ, int8: linear and cubic Resize, LayerNormalization, LogSoftmax side by side."""
    g = BitsGraph("qdq_normalized", 240)
    image = g.node("DequantizeLinear", g.input("image", [1, 4, 5, 6], INT8), *g.parameters(-1, 1, np.int8))
    lines = g.node("DequantizeLinear", g.input("lines", [6, 48], INT8), *g.parameters(-2, 2, np.int8))
    outputs = []
    for mode, sizes, reach in (("linear", [1, 4, 9, 10], 0.77), ("cubic", [1, 4, 7, 8], 0.9)):
        y = g.node("Resize", image, "", "", g.const(np.array(sizes, np.int64), g.fresh("sizes")), mode=mode)
        outputs.append((g.node("QuantizeLinear", y, *g.parameters(-reach, reach, np.int8)), mode, sizes, INT8))
    scale = g.const(g.rng.uniform(0.5, 1.5, 48).astype(np.float32), "gain")
    bias = g.const(g.rng.uniform(-0.5, 0.5, 48).astype(np.float32), "offset")
    y = g.node("LayerNormalization", lines, scale, bias)
    outputs.append((g.node("QuantizeLinear", y, *g.parameters(-4, 4, np.int8)), "normal", [6, 48], INT8))
    y = g.node("LogSoftmax", lines, axis=1)
    outputs.append((g.node("QuantizeLinear", y, *g.parameters(-9, 0, np.int8)), "logarithm", [6, 48], INT8))
    images, rows = quantized_input(240, [1, 4, 5, 6], np.int8), quantized_input(241, [6, 48], np.int8)
    return g.finish(outputs), [a + b for a, b in zip(images, rows)]


def qdq_int16_functions():
    """QDQ, int16: Sigmoid, Tanh, Gelu, HardSwish, Elu, Softmax side by side."""
    g = BitsGraph("qdq_int16_functions", 250)
    x = g.node("DequantizeLinear", g.input("x", [4, 32], INT16), *g.parameters_16(8.0))
    outputs = []
    for op, reach in (("Sigmoid", 1.0), ("Tanh", 1.0), ("Gelu", 8.0), ("HardSwish", 8.0), ("Elu", 8.0), ("Softmax", 1.0)):
        y = g.node("QuantizeLinear", g.node(op, x), *g.parameters_16(reach))
        outputs.append((y, op.lower(), [4, 32], INT16))
    return g.finish(outputs), quantized_input(250, [4, 32], np.int16)


ALL = [qdq_recurrent, qdq_normalized, qdq_int16_functions]
