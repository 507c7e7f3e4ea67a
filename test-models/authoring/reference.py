# SPDX-License-Identifier: Apache-2.0
"""Evaluates ONNX nodes in plain numpy, straight from the operator text.

It is the oracle for models generated at test time (generate_large.py) and a
second opinion on ONNX Runtime for the stored ones. Sums are taken in double
and each node's result is rounded to its type; with exact=True floats are kept
in double throughout, so a QDQ group means what integer arithmetic computes.
Slow and simple on purpose.
"""
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from graph import arrays, attributes
from reference_qop import make_ops
from reference_rnn import gru, lstm, rnn

CAST = {1: np.float32, 11: np.float64, 2: np.uint8, 3: np.int8, 6: np.int32, 7: np.int64}


def windows(x, attrs, fill):
    """View [N, C, out_h, out_w, k_h, k_w] of the padded input."""
    kh, kw = attrs["kernel_shape"]
    sh, sw = attrs.get("strides", (1, 1))
    dh, dw = attrs.get("dilations", (1, 1))
    top, left, bottom, right = attrs.get("pads", (0, 0, 0, 0))
    x = np.pad(x, ((0, 0), (0, 0), (top, bottom), (left, right)), constant_values=fill)
    view = sliding_window_view(x, (dh * (kh - 1) + 1, dw * (kw - 1) + 1), axis=(2, 3))
    return view[:, :, ::sh, ::sw, ::dh, ::dw]


def conv(attrs, x, w, b=None):
    group = attrs.get("group", 1)
    attrs = dict(attrs, kernel_shape=w.shape[2:])
    view = windows(x.astype(np.float64), attrs, 0.0)
    n, c, oh, ow = view.shape[:4]
    per_out, per_in = w.shape[0] // group, c // group
    w = w.astype(np.float64).reshape(group, per_out, -1)
    view = view.reshape(n, group, per_in, oh, ow, -1).transpose(1, 0, 3, 4, 2, 5)
    y = view.reshape(group, n * oh * ow, -1) @ w.transpose(0, 2, 1)
    y = y.reshape(group, n, oh, ow, per_out).transpose(1, 0, 4, 2, 3).reshape(n, -1, oh, ow)
    return y if b is None else y + b.reshape(1, -1, 1, 1)


def max_pool(attrs, x):
    lowest = -np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min
    return windows(x, attrs, lowest).max(axis=(4, 5))


def gemm(attrs, a, b, c=0.0):
    a = a.T if attrs.get("transA") else a
    b = b.T if attrs.get("transB") else b
    product = a.astype(np.float64) @ b.astype(np.float64)
    return attrs.get("alpha", 1.0) * product + attrs.get("beta", 1.0) * c


def softmax(attrs, x):
    axis = attrs.get("axis", -1)
    e = np.exp(x.astype(np.float64) - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def batch_norm(attrs, x, gamma, beta, mean, var):
    shape = (1, -1) + (1,) * (x.ndim - 2)
    gain = gamma.astype(np.float64) / np.sqrt(var.astype(np.float64) + attrs.get("epsilon", 1e-5))
    return (x - mean.reshape(shape)) * gain.reshape(shape) + beta.reshape(shape)


def along(parameter, axis, ndim):
    if np.ndim(parameter) == 0:
        return parameter
    return parameter.reshape([-1 if d == axis % ndim else 1 for d in range(ndim)])


def quantize(attrs, x, scale, zero=np.uint8(0)):
    axis, limits = attrs.get("axis", 1), np.iinfo(zero.dtype)
    steps = np.rint(x / along(scale, axis, x.ndim)) + along(zero, axis, x.ndim).astype(np.float32)
    return np.clip(steps, limits.min, limits.max).astype(zero.dtype)


def dequantize(attrs, x, scale, zero=np.int32(0)):
    axis = attrs.get("axis", 1)
    if attrs.get("block_size"):
        return x.astype(np.int64) * np.repeat(scale, attrs["block_size"], axis)
    steps = x.astype(np.int64) - along(zero, axis, x.ndim).astype(np.int64)
    return steps * along(scale, axis, x.ndim)


def dynamic_quantize(attrs, x):
    low, high = min(x.min(), np.float32(0)), max(x.max(), np.float32(0))
    scale = np.float32(high - low) / np.float32(255) or np.float32(1)  # as ONNX Runtime for all zeros
    zero = np.uint8(np.clip(np.rint(-low / scale), 0, 255))
    return quantize({}, x, scale, zero), np.float32(scale), zero


def matmul_integer(attrs, a, b, a_zero=np.int32(0), b_zero=np.int32(0)):
    return (a.astype(np.int32) - a_zero.astype(np.int32)) @ (b.astype(np.int32) - b_zero.astype(np.int32))


def split(attrs, x, sizes):
    return tuple(np.split(x, np.cumsum(sizes)[:-1], axis=attrs.get("axis", 0)))


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x.astype(np.float64)))


OPS = {
    "Conv": conv, "Gemm": gemm, "MaxPool": max_pool, "Softmax": softmax, "GRU": gru, "LSTM": lstm,
    "RNN": rnn, "BatchNormalization": batch_norm, "QuantizeLinear": quantize,
    "DequantizeLinear": dequantize, "DynamicQuantizeLinear": dynamic_quantize,
    "MatMulInteger": matmul_integer, "Split": split,
    "Relu": lambda attrs, x: np.maximum(x, 0), "Tanh": lambda attrs, x: np.tanh(x.astype(np.float64)),
    "Sigmoid": lambda attrs, x: sigmoid(x),
    "Add": lambda attrs, a, b: a + b, "Sub": lambda attrs, a, b: a - b, "Mul": lambda attrs, a, b: a * b,
    "MatMul": lambda attrs, a, b: a.astype(np.float64) @ b.astype(np.float64),
    "Clip": lambda attrs, x, low, high: np.clip(x, low, high),
    "GlobalAveragePool": lambda attrs, x: x.mean(axis=(2, 3), keepdims=True, dtype=np.float64),
    "Flatten": lambda attrs, x: x.reshape(x.shape[0], -1),
    "Reshape": lambda attrs, x, shape: x.reshape([x.shape[i] if d == 0 else d for i, d in enumerate(shape)]),
    "Squeeze": lambda attrs, x, axes: np.squeeze(x, tuple(axes)),
    "Transpose": lambda attrs, x: x.transpose(attrs["perm"]),
    "Cast": lambda attrs, x: x.astype(CAST[attrs["to"]]), "Identity": lambda attrs, x: x,
    **make_ops(conv, softmax),
}


def apply(node, values, exact=False):
    """Evaluates one node into the dictionary values."""
    result = OPS[node.op_type](attributes(node), *[values[i] if i else None for i in node.input])
    for name, value in zip(node.output, result if isinstance(result, tuple) else (result,)):
        if name:
            value = np.asarray(value)
            rounded = value.dtype == np.float64 and not exact
            values[name] = value.astype(np.float32) if rounded else value


def evaluate(model, inputs, keep_all=False, exact=False):
    """Outputs for a list of input arrays, or every value by name."""
    values = arrays(model)
    values.update(zip([i.name for i in model.graph.input], inputs))
    if exact:
        values = {k: v.astype(np.float64) if v.dtype == np.float32 else v for k, v in values.items()}
    for node in model.graph.node:
        apply(node, values, exact)
    return values if keep_all else [values[o.name] for o in model.graph.output]


def undisputed(model, candidates, count, oracle):
    """The first count inputs for which float rounding decides no integer value.

    That is: each integer in the graph is the same in exact evaluation and by the
    oracle, a function from inputs to values by name. The goldens of such inputs
    can be demanded bit for bit of integer kernels.
    """
    chosen = []
    for inputs in candidates:
        exact, other = evaluate(model, inputs, keep_all=True, exact=True), oracle(inputs)
        integers = [name for name, value in other.items() if value.dtype.kind in "iu"]
        if all(np.array_equal(exact[name], other[name]) for name in integers):
            chosen.append(inputs)
        if len(chosen) == count:
            return chosen
    raise ValueError("too few undisputed inputs")
