# SPDX-License-Identifier: Apache-2.0
"""QOperator forms for reference.py: each is dequantise, compute, quantise."""
import numpy as np


def real(x, scale, zero):
    """Dequantised in double; scale and zero scalar or per leading channel."""
    shape = (-1,) + (1,) * (x.ndim - 1) if np.size(scale) > 1 else ()
    zero = np.asarray(zero).astype(np.int64)
    steps = x.astype(np.int64) - (zero.reshape(shape) if np.size(zero) > 1 else zero.reshape(()))
    return steps * np.asarray(scale, np.float64).reshape(shape)


def steps(x, scale, zero):
    limits, zero = np.iinfo(zero.dtype), np.asarray(zero)
    return np.clip(np.rint(x / np.float64(scale)) + int(zero), limits.min, limits.max).astype(zero.dtype)


def bias_scale(x_scale, w_scale):
    return np.float64(x_scale) * np.asarray(w_scale, np.float64)


def make_ops(conv, softmax):
    """Operator functions by name; conv and softmax are those of reference.py."""
    def qlinear_conv(attrs, x, xs, xz, w, ws, wz, ys, yz, b=None):
        b = None if b is None else b * bias_scale(xs, ws)
        return steps(conv(attrs, real(x, xs, xz), real(w, ws, wz), b), ys, yz)

    def qgemm(attrs, x, xs, xz, w, ws, wz, b, ys, yz):
        w = real(w, ws, wz).T if attrs.get("transB") else real(w, ws, wz)
        return steps(real(x, xs, xz) @ w + b * bias_scale(xs, ws), ys, yz)

    def pool(attrs, x, xs, xz, ys, yz):
        return steps(real(x, xs, xz).mean((2, 3), keepdims=True), ys, yz)

    return {
        "QLinearConv": qlinear_conv, "QGemm": qgemm, "QLinearGlobalAveragePool": pool,
        "QLinearMatMul": lambda attrs, a, as_, az, b, bs, bz, ys, yz:
            steps(real(a, as_, az) @ real(b, bs, bz), ys, yz),
        "QLinearAdd": lambda attrs, a, as_, az, b, bs, bz, ys, yz:
            steps(real(a, as_, az) + real(b, bs, bz), ys, yz),
        "QLinearSoftmax": lambda attrs, x, xs, xz, ys, yz:
            steps(softmax({"axis": attrs.get("axis", -1)}, real(x, xs, xz)), ys, yz),
    }
