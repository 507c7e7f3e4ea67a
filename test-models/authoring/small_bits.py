# SPDX-License-Identifier: Apache-2.0
"""Tiny models with 16-bit activations, 4-bit weights, and weights that alone are quantised."""
import numpy as np
from onnx import TensorProto, helper

from quantize import activation_scale
from small_forms import draw
from small_quant import QGraph

INT16 = TensorProto.INT16


class BitsGraph(QGraph):
    """QDQ helpers for elements of any width (opset 21)."""

    def __init__(self, name, seed):
        super().__init__(name, seed, opset=21, ir=10)

    def int4(self, array, name):
        proto = helper.make_tensor(name, TensorProto.INT4, array.shape, array.reshape(-1).tolist())
        self.initializers.append(proto)
        return name

    def narrow_weight(self, shape, bits, axes, gain=1.0):
        """Seeded weights dequantised per entry of the axes that are kept; int4 or int8."""
        stem = self.fresh("w")
        w = gain * self.rng.uniform(-1, 1, shape) / np.sqrt(np.prod(shape[1:]))
        scale = np.asarray(np.abs(w).max(axis=axes, keepdims=True) / (2 ** (bits - 1) - 1), np.float32)
        q = np.rint(w / scale).astype(np.int8)
        steps = self.int4(q, f"{stem}.q") if bits == 4 else self.const(q, f"{stem}.q")
        return steps, scale

    def weight_of(self, shape, bits, axis=0, gain=1.0):
        """A float value: DequantizeLinear per entry of `axis`."""
        steps, scale = self.narrow_weight(shape, bits, tuple(d for d in range(len(shape)) if d != axis), gain)
        name = self.const(scale.reshape(-1), f"{steps}.scale")
        return self.node("DequantizeLinear", steps, name, axis=axis), scale.reshape(-1)

    def requantized(self, x, parameters):
        return self.node("DequantizeLinear", self.node("QuantizeLinear", x, *parameters), *parameters)

    def weight_above(self, shape, zero):
        """A float value: uint4 weights per tensor, with a zero point."""
        stem = self.fresh("w")
        w = self.rng.uniform(-zero, 15 - zero, shape)
        scale = np.float32(1 / (8 * np.sqrt(np.prod(shape[1:]))))
        q = np.rint(w).astype(np.uint8) + np.uint8(zero)
        for name, array in ((f"{stem}.q", q), (f"{stem}.zero", np.array(zero, np.uint8))):
            values = array.reshape(-1).tolist()
            self.initializers.append(helper.make_tensor(name, TensorProto.UINT4, array.shape, values))
        return self.node("DequantizeLinear", f"{stem}.q", self.const(scale, f"{stem}.scale"), f"{stem}.zero"), scale

    def parameters_u16(self, low, high):
        stem = self.fresh("q")
        scale = np.float32((high - low) / 65535)
        return [self.const(scale, f"{stem}.scale"), self.const(np.uint16(np.rint(-low / scale)), f"{stem}.zero")]

    def parameters_16(self, reach):
        stem = self.fresh("q")
        return [self.const(np.float32(reach / 32767), f"{stem}.scale"), self.const(np.int16(0), f"{stem}.zero")]

    def bias_of(self, size, units):
        stem = self.fresh("b")
        q = self.const(self.rng.randint(-900, 900, size).astype(np.int32), f"{stem}.q")
        return self.node("DequantizeLinear", q, self.const(np.asarray(units, np.float32), f"{stem}.scale"), axis=0)


def qdq_int16():
    """QDQ, int16 activations, int8 weights: Conv, depthwise, Add, MaxPool, Gemm."""
    g = BitsGraph("qdq_int16", 180)
    x = g.node("DequantizeLinear", g.input("x", [1, 3, 8, 8], INT16), *g.parameters_16(1.0))
    reach, layers = 1.0, ((3, 6, 1, 1.5), (6, 6, 6, 0.8))
    for c_in, c_out, group, out in layers:
        w, scale = g.weight_of((c_out, c_in // group, 3, 3), 8)
        bias = g.bias_of(c_out, np.float32(reach / 32767) * scale)
        y = g.relu(g.node("Conv", x, w, bias, kernel_shape=[3, 3], pads=[1, 1, 1, 1], group=group))
        last, x, reach = x, g.requantized(y, g.parameters_16(out)), out
    x = g.requantized(g.node("Add", last, x), g.parameters_16(2.0))
    x = g.node("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2])
    x = g.node("Reshape", x, g.const(np.array([1, 96], np.int64), "shape"))
    w, scale = g.weight_of((5, 96), 8)
    y = g.node("Gemm", x, w, g.bias_of(5, np.float32(2.0 / 32767) * scale), transB=1)
    y = g.node("QuantizeLinear", y, *g.parameters_16(2.0))
    sets = [[np.random.RandomState(180 + k).randint(-32768, 32768, (1, 3, 8, 8)).astype(np.int16)] for k in range(40)]
    return g.finish([(y, "y", [1, 5], INT16)]), sets


def qdq_int4():
    """QDQ, int8 activations, int4 weights per channel with an odd count: Conv, Gemm."""
    g = BitsGraph("qdq_int4", 190)
    p = g.parameters(-1, 1, np.int8)
    x = g.node("DequantizeLinear", g.input("x", [1, 3, 7, 7], TensorProto.INT8), *p)
    w, scale = g.weight_of((5, 3, 3, 3), 4)
    y = g.relu(g.node("Conv", x, w, g.bias_of(5, activation_scale(-1, 1)[0] * scale), kernel_shape=[3, 3], strides=[2, 2]))
    x = g.requantized(y, g.parameters(0, 0.8, np.int8))
    x = g.node("Reshape", x, g.const(np.array([1, 45], np.int64), "shape"))
    w, scale = g.weight_of((7, 45), 4)
    y = g.node("Gemm", x, w, g.bias_of(7, activation_scale(0, 0.8)[0] * scale), transB=1)
    y = g.node("QuantizeLinear", y, *g.parameters(-1, 1, np.int8))
    sets = [[np.random.RandomState(190 + k).randint(-128, 128, (1, 3, 7, 7)).astype(np.int8)] for k in range(8)]
    return g.finish([(y, "y", [1, 7], TensorProto.INT8)]), sets


def qdq_uint4():
    """QDQ, uint8 activations, uint4 weights with zero points 5 and 11: Conv, Gemm."""
    g = BitsGraph("qdq_uint4", 230)
    p = g.parameters(-1, 1, np.uint8)
    x = g.node("DequantizeLinear", g.input("x", [1, 3, 7, 7], TensorProto.UINT8), *p)
    w, scale = g.weight_above((5, 3, 3, 3), 5)
    bias = g.bias_of(5, np.full(5, activation_scale(-1, 1)[0] * scale, np.float32))
    y = g.relu(g.node("Conv", x, w, bias, kernel_shape=[3, 3], strides=[2, 2]))
    x = g.requantized(y, g.parameters(0, 0.8, np.uint8))
    x = g.node("Reshape", x, g.const(np.array([1, 45], np.int64), "shape"))
    w, scale = g.weight_above((7, 45), 11)
    bias = g.bias_of(7, np.full(7, activation_scale(0, 0.8)[0] * scale, np.float32))
    y = g.node("QuantizeLinear", g.node("Gemm", x, w, bias, transB=1), *g.parameters(-1, 1, np.uint8))
    sets = [[np.random.RandomState(230 + k).randint(0, 256, (1, 3, 7, 7)).astype(np.uint8)] for k in range(8)]
    return g.finish([(y, "y", [1, 7], TensorProto.UINT8)]), sets


def qdq_uint16():
    """QDQ, uint16 activations with zero points, int8 weights: Conv, Gemm."""
    g = BitsGraph("qdq_uint16", 240)
    p = g.parameters_u16(-1, 1.5)
    x = g.node("DequantizeLinear", g.input("x", [1, 3, 7, 7], TensorProto.UINT16), *p)
    w, scale = g.weight_of((5, 3, 3, 3), 8)
    y = g.relu(g.node("Conv", x, w, g.bias_of(5, np.float32(2.5 / 65535) * scale), kernel_shape=[3, 3], strides=[2, 2]))
    x = g.requantized(y, g.parameters_u16(0, 1.2))
    x = g.node("Reshape", x, g.const(np.array([1, 45], np.int64), "shape"))
    w, scale = g.weight_of((7, 45), 8)
    y = g.node("Gemm", x, w, g.bias_of(7, np.float32(1.2 / 65535) * scale), transB=1)
    y = g.node("QuantizeLinear", y, *g.parameters_u16(-1, 1))
    sets = [[np.random.RandomState(240 + k).randint(0, 65536, (1, 3, 7, 7)).astype(np.uint16)] for k in range(40)]
    return g.finish([(y, "y", [1, 7], TensorProto.UINT16)]), sets


def weights_int8():
    """Float activations, int8 weights per channel: Conv, depthwise, MatMul, Gemm."""
    g = BitsGraph("weights_int8", 200)
    x = g.input("x", [1, 3, 6, 6])
    x = g.relu(g.node("Conv", x, g.weight_of((8, 3, 3, 3), 8)[0], kernel_shape=[3, 3]))
    x = g.relu(g.node("Conv", x, g.weight_of((8, 1, 3, 3), 8)[0], kernel_shape=[3, 3], pads=[1, 1, 1, 1], group=8))
    x = g.node("Reshape", x, g.const(np.array([1, 128], np.int64), "shape"))
    x = g.relu(g.node("MatMul", x, g.weight_of((128, 9), 8, axis=1)[0]))
    x = g.node("Gemm", x, g.weight_of((4, 9), 8)[0], g.const(g.bias(4), "bias"), transB=1)
    return g.finish([(x, "y", [1, 4])]), [[draw(201, 1, 3, 6, 6)]]


def weights_int4_blocked():
    """Float activations, int4 weights in blocks of 16 along the inputs (block_size): MatMul."""
    g = BitsGraph("weights_int4_blocked", 210)
    x = g.input("x", [1, 64])
    for inputs, outputs in ((64, 18), (18, 5)):
        stem, block = g.fresh("blocked"), 16 if inputs % 16 == 0 else 6
        blocks = (inputs // block, block, outputs)
        w = g.rng.uniform(-1, 1, blocks) / np.sqrt(inputs)
        scale = np.asarray(np.abs(w).max(axis=1, keepdims=True) / 7, np.float32)
        steps = g.int4(np.rint(w / scale).astype(np.int8).reshape(inputs, outputs), f"{stem}.q")
        name = g.const(scale.reshape(-1, outputs), f"{stem}.scale")
        x = g.node("MatMul", x, g.node("DequantizeLinear", steps, name, axis=0, block_size=block))
        x = g.relu(x) if inputs == 64 else x
    return g.finish([(x, "y", [1, 5])]), [[draw(211, 1, 64)]]


def matmul_nbits():
    """com.microsoft MatMulNBits: 4-bit weights in blocks of 16, packed zero points, K not a multiple of the block."""
    g = BitsGraph("matmul_nbits", 220)
    x, k, n, block = g.input("x", [2, 40]), 40, 6, 16
    blocks = -(-k // block)
    packed = g.rng.randint(0, 256, (n, blocks, block // 2)).astype(np.uint8)
    scales = (0.02 * g.rng.uniform(0.5, 1.5, n * blocks)).astype(np.float32)
    zeros = g.rng.randint(0, 256, n * ((blocks + 1) // 2)).astype(np.uint8)
    names = [g.const(packed, "b"), g.const(scales, "scales"), g.const(zeros, "zero_points")]
    y = g.node("MatMulNBits", x, *names, domain="com.microsoft", K=k, N=n, bits=4, block_size=block)
    return g.finish([(y, "y", [2, n])]), [[draw(221, 2, 40)]]


EXACT = [qdq_int16, qdq_int4, qdq_uint4, qdq_uint16]
ALL = EXACT + [weights_int8, weights_int4_blocked, matmul_nbits]
