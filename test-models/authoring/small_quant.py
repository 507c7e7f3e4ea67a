# SPDX-License-Identifier: Apache-2.0
"""Tiny quantised models: QOperator forms, dynamic quantisation, uint8 QDQ."""
import numpy as np
from onnx import TensorProto

from graph import Graph
from nets_audio import dynamic_dense
from quantize import activation_scale
from small_forms import draw

MS = "com.microsoft"


class QGraph(Graph):
    """Helpers that take and return (value, scale name, zero point name)."""

    def parameters(self, low, high, dtype):
        stem = self.fresh("q")
        scale, zero = activation_scale(low, high)
        zero = dtype(int(zero) + (128 if dtype is np.uint8 else 0))
        return [self.const(scale, f"{stem}.scale"), self.const(zero, f"{stem}.zero")]

    def weight(self, shape, per_channel, dtype=np.int8, gain=1.0):
        """Seeded int8/uint8 weights: names of (steps, scale, zero) and the scale itself."""
        stem = self.fresh("w")
        w = gain * self.rng.uniform(-1, 1, shape) / np.sqrt(np.prod(shape[1:]))
        amax = np.abs(w).max(axis=tuple(range(1, w.ndim)), keepdims=True) if per_channel else np.abs(w).max()
        scale = np.asarray(amax / 127, np.float32)
        zero = 128 if dtype is np.uint8 else 0
        q = (np.rint(w / scale) + zero).astype(dtype)
        scale = scale.reshape(-1) if per_channel else scale
        names = [self.const(q, f"{stem}.q"), self.const(scale, f"{stem}.scale"),
                 self.const(np.full_like(scale, zero, dtype), f"{stem}.zero")]
        return names, scale

    def quantized_bias(self, size):
        return self.const(self.rng.randint(-2000, 2000, size).astype(np.int32), self.fresh("b"))


def quantized_input(seed, shape, dtype):
    low, high = np.iinfo(dtype).min, np.iinfo(dtype).max + 1
    return [[np.random.RandomState(seed + k).randint(low, high, shape).astype(dtype)] for k in range(8)]


def qlinear_chain(name, seed, dtype, proto):
    """QLinearConv, depthwise QLinearConv, MaxPool, Reshape, QLinearMatMul."""
    g = QGraph(name, seed)
    x, p = g.input("x", [1, 3, 8, 8], proto), g.parameters(-1, 1, dtype)
    for c_in, c_out, group in ((3, 6, 1), (6, 6, 6)):
        w, _ = g.weight((c_out, c_in // group, 3, 3), per_channel=dtype is np.int8)
        y = g.parameters(-0.4, 1, dtype)
        x = g.node("QLinearConv", x, *p, *w, *y, g.quantized_bias(c_out), kernel_shape=[3, 3],
                   pads=[1, 1, 1, 1], group=group)
        p = y
    x = g.node("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2])
    x = g.node("Reshape", x, g.const(np.array([1, 96], np.int64), "shape"))
    w, _ = g.weight((96, 5), per_channel=False, dtype=dtype)
    x = g.node("QLinearMatMul", x, *p, *w, *g.parameters(-2, 2, dtype))
    return g.finish([(x, "y", [1, 5], proto)]), quantized_input(seed, [1, 3, 8, 8], dtype)


def qlinear_int8():
    """QOperator, int8: QLinearConv (per channel, depthwise), MaxPool, QLinearMatMul."""
    return qlinear_chain("qlinear_int8", 130, np.int8, TensorProto.INT8)


def qlinear_uint8():
    """QOperator, uint8 activations, int8 Conv and uint8 MatMul weights with a zero point."""
    return qlinear_chain("qlinear_uint8", 140, np.uint8, TensorProto.UINT8)


def qlinear_microsoft():
    """com.microsoft QLinearAdd, QLinearGlobalAveragePool, QGemm, QLinearSoftmax after QLinearConv."""
    g = QGraph("qlinear_microsoft", 150)
    x, p = g.input("x", [1, 4, 6, 6], TensorProto.INT8), g.parameters(-1, 1, np.int8)
    w, _ = g.weight((4, 4, 3, 3), per_channel=True)
    p_conv, p_add, p_pool, p_gemm = (g.parameters(-r, r, np.int8) for r in (0.7, 1.2, 0.3, 3))
    y = g.node("QLinearConv", x, *p, *w, *p_conv, g.quantized_bias(4), kernel_shape=[3, 3], pads=[1, 1, 1, 1])
    y = g.node("QLinearAdd", x, *p, y, *p_conv, *p_add, domain=MS)
    y = g.node("QLinearGlobalAveragePool", y, *p_add, *p_pool, domain=MS, channels_last=0)
    y = g.node("Reshape", y, g.const(np.array([1, 4], np.int64), "shape"))
    w, _ = g.weight((5, 4), per_channel=False, gain=15)
    y = g.node("QGemm", y, *p_pool, *w, g.quantized_bias(5), *p_gemm, domain=MS, transB=1, alpha=1.0)
    probability = [g.const(np.float32(1 / 256), "p.scale"), g.const(np.int8(-128), "p.zero")]
    y = g.node("QLinearSoftmax", y, *p_gemm, *probability, domain=MS, axis=-1, opset=13)
    return g.finish([(y, "y", [1, 5], TensorProto.INT8)]), quantized_input(150, [1, 4, 6, 6], np.int8)


def dynamic_quantization():
    """DynamicQuantizeLinear and MatMulInteger, twice."""
    g = Graph("dynamic_quantization", 160)
    x = g.relu(dynamic_dense(g, g.input("x", [1, 16]), draw(161, 24, 16), draw(162, 24)))
    return g.finish([(dynamic_dense(g, x, draw(163, 5, 24), draw(164, 5)), "y", [1, 5])]), [[draw(165, 1, 16)]]


def qdq_uint8():
    """QDQ with uint8 activations and per-tensor int8 weights, float in and out."""
    g = QGraph("qdq_uint8", 170)
    x, scale = g.input("x", [1, 3, 6, 6]), activation_scale(-1, 1)[0]
    for k, (c_in, c_out, low, high) in enumerate(((3, 6, -1, 1), (6, 4, 0, 1.5))):
        p = g.parameters(low, high, np.uint8)
        x = g.node("DequantizeLinear", g.node("QuantizeLinear", x, *p), *p)
        scale = activation_scale(low, high)[0]
        w, w_scale = g.weight((c_out, c_in, 3, 3), per_channel=False)
        s = g.const(np.float32(scale * w_scale), f"b{k}.scale")
        bias = g.node("DequantizeLinear", g.quantized_bias(c_out), s)
        x = g.node("Conv", x, g.node("DequantizeLinear", *w), bias, kernel_shape=[3, 3], strides=[1 + k, 1 + k])
        x = g.relu(x)
    p = g.parameters(0, 1, np.uint8)
    x = g.node("DequantizeLinear", g.node("QuantizeLinear", x, *p), *p)
    return g.finish([(x, "y", [1, 4, 1, 1])]), [[draw(171 + k, 1, 3, 6, 6)] for k in range(4)]


ALL = [qlinear_int8, qlinear_uint8, qlinear_microsoft, dynamic_quantization, qdq_uint8]
