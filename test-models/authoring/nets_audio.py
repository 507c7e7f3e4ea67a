# SPDX-License-Identifier: Apache-2.0
"""Audio networks of the TinyML literature, as graphs with seeded weights."""
import numpy as np
from onnx import TensorProto

from graph import Graph


def vad_mlp(seed):
    """Voice activity detection: MLP 60-24-11-2."""
    g = Graph("vad_mlp", seed)
    x = g.relu(g.dense(g.input("features", [1, 60]), 60, 24))
    x = g.dense(g.relu(g.dense(x, 24, 11)), 11, 2)
    return g.finish([(g.node("Softmax", x, axis=1), "speech", [1, 2])])


def pool(g, x):
    return g.node("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2])


def keyword_cnn(seed):
    """Keyword recognition: CNN of about 54 K parameters, 49 x 20 features, 10 classes."""
    g = Graph("keyword_cnn", seed)
    x = g.input("features", [1, 1, 49, 20])
    x = pool(g, g.relu(g.conv(x, 1, 24, (8, 4), pads=(3, 1, 4, 2))))
    x = pool(g, g.relu(g.conv(x, 24, 48, (4, 4), pads=(1, 1, 2, 2))))
    x = g.relu(g.conv(x, 48, 48, (3, 3), pads=(1, 1, 1, 1)))
    x = g.relu(g.conv(x, 48, 32, (3, 3), (2, 2), (1, 1, 1, 1)))
    x = g.dense(g.node("Flatten", g.node("GlobalAveragePool", x)), 32, 10)
    return g.finish([(g.node("Softmax", x, axis=1), "keywords", [1, 10])])


def speaker_cnn(seed):
    """Speaker recognition: CNN of about 234 K parameters, 100 x 40 features, 20 speakers."""
    g = Graph("speaker_cnn", seed)
    x = g.input("features", [1, 1, 100, 40])
    x = g.relu(g.conv(x, 1, 32, (5, 5), (2, 2), (2, 2, 2, 2)))
    for c_in, c_out in ((32, 64), (64, 128), (128, 96)):
        x = pool(g, g.relu(g.conv(x, c_in, c_out, (3, 3), pads=(1, 1, 1, 1))))
    x = g.relu(g.dense(g.node("Flatten", g.node("GlobalAveragePool", x)), 96, 256))
    return g.finish([(g.node("Softmax", g.dense(x, 256, 20), axis=1), "speakers", [1, 20])])


def speech_enhancement_fc(seed):
    """Speech enhancement: fully connected 500-1024-1024-500, a mask by Sigmoid."""
    g = Graph("speech_enhancement_fc", seed)
    x = g.input("frames", [1, 500])
    x = g.relu(g.dense(g.relu(g.dense(x, 500, 1024)), 1024, 1024))
    return g.finish([(g.node("Sigmoid", g.dense(x, 1024, 500)), "mask", [1, 500])])


def gru_weights(g, n_in, hidden):
    """W, R, B in ONNX order (z, r, h), scaled so that signals do not die out over layers."""
    draw = g.rng.standard_normal
    w = draw((1, 3 * hidden, n_in)) * (1.5 / np.sqrt(n_in))
    r = draw((1, 3 * hidden, hidden)) * (0.9 / np.sqrt(hidden))
    return [a.astype(np.float32) for a in (w, r, draw((1, 6 * hidden)) * 0.1)]


def gru(g, x, n_in, hidden):
    """One GRU as PyTorch exports it; returns (all steps [T, 1, H], last state [1, 1, H])."""
    stem = g.fresh("rnn")
    names = [g.const(a, f"{stem}.{k}") for k, a in zip("WRB", gru_weights(g, n_in, hidden))]
    steps, last = g.node("GRU", x, *names, outputs=[f"{stem}_Y", f"{stem}_Y_h"],
                         hidden_size=hidden, linear_before_reset=1)
    axis = g.const(np.array([1], np.int64), f"{stem}.axis")
    return g.node("Squeeze", steps, axis), last


def speaker_verification_gru(seed, steps=12, hidden=220):
    """Speaker verification: 2 GRU layers of 220, 40 features a frame, embedding of 64."""
    g = Graph("speaker_verification_gru", seed)
    x, width = g.node("Transpose", g.input("features", [1, steps, 40]), perm=[1, 0, 2]), 40
    for _ in range(2):
        x, last = gru(g, x, width, hidden)
        width = hidden
    last = g.node("Squeeze", last, g.const(np.array([0], np.int64), "front"))
    return g.finish([(g.dense(last, hidden, 64), "embedding", [1, 64])])


def speech_recognition_gru(seed, steps=4, hidden=465, classes=29):
    """Speech recognition: 5 GRU layers of 465, 40 features a frame, 29 letters."""
    g = Graph("speech_recognition_gru", seed)
    x, width = g.node("Transpose", g.input("features", [1, steps, 40]), perm=[1, 0, 2]), 40
    for _ in range(5):
        x, _ = gru(g, x, width, hidden)
        width = hidden
    x = g.node("Squeeze", g.node("Transpose", x, perm=[1, 0, 2]), g.const(np.array([0], np.int64), "front"))
    x = g.node("Softmax", g.dense(x, hidden, classes), axis=1)
    return g.finish([(x, "letters", [steps, classes])])


def dynamic_dense(g, x, weight, bias):
    """x W^T + b with int8 weights and activations quantised at run time."""
    stem = g.fresh("dynamic")
    scale = np.float32(np.abs(weight).max() / 127)
    q = g.const(np.rint(weight.T / scale).astype(np.int8), f"{stem}.weight")
    steps, x_scale, zero = g.node("DynamicQuantizeLinear", x,
                                  outputs=[f"{stem}_q", f"{stem}_scale", f"{stem}_zero"])
    total = g.node("Cast", g.node("MatMulInteger", steps, q, zero), to=TensorProto.FLOAT)
    gain = g.node("Mul", x_scale, g.const(scale, f"{stem}.scale"))
    return g.node("Add", g.node("Mul", total, gain), g.const(bias, f"{stem}.bias"))


def dynamic_gru_step(g, x, h, n_in, hidden):
    """One step of a GRU from dynamically quantised products; returns the new state."""
    w, r, b = (a[0] for a in gru_weights(g, n_in, hidden))
    sizes = g.const(np.array([hidden] * 3, np.int64), g.fresh("sizes"))
    parts = [g.node("Split", dynamic_dense(g, value, weight, bias), sizes, axis=1,
                    outputs=[f"{g.fresh('gate')}" for _ in range(3)])
             for value, weight, bias in ((x, w, b[:3 * hidden]), (h, r, b[3 * hidden:]))]
    (xz, xr, xn), (hz, hr, hn) = parts
    z, reset = (g.node("Sigmoid", g.node("Add", a, c)) for a, c in ((xz, hz), (xr, hr)))
    new = g.node("Tanh", g.node("Add", xn, g.node("Mul", reset, hn)))
    return g.node("Add", new, g.node("Mul", z, g.node("Sub", h, new)))


def speech_recognition_gru_int8(seed, hidden=465, layers=5, classes=29):
    """Speech recognition: one frame of 5 GRU layers of 465, int8 weights, states in and out."""
    g = Graph("speech_recognition_gru_int8", seed)
    x, width, states = g.input("frame", [1, 40]), 40, []
    for k in range(layers):
        x = dynamic_gru_step(g, x, g.input(f"state_{k}", [1, hidden]), width, hidden)
        states.append((x, f"new_state_{k}", [1, hidden]))
        width = hidden
    weight = g.rng.standard_normal((classes, hidden)) * (2 / np.sqrt(hidden))
    x = dynamic_dense(g, x, weight.astype(np.float32), g.bias(classes))
    return g.finish([(g.node("Softmax", x, axis=1), "letters", [1, classes])] + states)
