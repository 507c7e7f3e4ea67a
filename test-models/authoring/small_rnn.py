# SPDX-License-Identifier: Apache-2.0
"""Tiny recurrent models: GRU, LSTM and RNN nodes in the forms exporters write."""
import numpy as np

from graph import Graph
from small_forms import draw

STEPS, WIDTH, HIDDEN = 5, 4, 6


def recurrent(name, op, gates, seed, directions=1, outputs=("all", "last"), states=(), **attrs):
    """x [T, 1, I] through one node; every requested output is a graph output."""
    g = Graph(name, seed)
    x = g.input("x", [STEPS, 1, WIDTH])
    shapes = {"W": (gates * HIDDEN, WIDTH), "R": (gates * HIDDEN, HIDDEN), "B": (2 * gates * HIDDEN,)}
    weights = [g.const(draw(seed + k, directions, *s), n) for k, (n, s) in enumerate(shapes.items())]
    initial = [g.input(s, [directions, 1, HIDDEN]) for s in states]
    inputs = [x] + weights + ([""] + initial if initial else [])
    g.node(op, *inputs, outputs=["all", "last", "cell"][:len(outputs)], hidden_size=HIDDEN, **attrs)
    sizes = {"all": [STEPS, directions, 1, HIDDEN]}
    infos = [(o, o, sizes.get(o, [directions, 1, HIDDEN])) for o in outputs]
    data = [draw(seed + 5, STEPS, 1, WIDTH)] + [draw(seed + 6 + k, directions, 1, HIDDEN)
                                                for k in range(len(states))]
    return g.finish(infos), [data]


def gru_small():
    """GRU as PyTorch exports it (linear_before_reset=1), initial state an input."""
    return recurrent("gru_small", "GRU", 3, 80, states=["h0"], linear_before_reset=1)


def gru_reset_before():
    """GRU with linear_before_reset=0 (ONNX default, Keras)."""
    return recurrent("gru_reset_before", "GRU", 3, 90)


def lstm_small():
    """LSTM with both initial states as inputs and all three outputs."""
    return recurrent("lstm_small", "LSTM", 4, 100, outputs=("all", "last", "cell"), states=["h0", "c0"])


def lstm_bidirectional():
    """Bidirectional LSTM."""
    return recurrent("lstm_bidirectional", "LSTM", 4, 110, directions=2, direction="bidirectional")


def rnn_small():
    """Elman RNN, tanh, only the last state used, then a Gemm."""
    g = Graph("rnn_small", 120)
    x = g.node("Transpose", g.input("x", [1, STEPS, WIDTH]), perm=[1, 0, 2])
    shapes = {"W": (HIDDEN, WIDTH), "R": (HIDDEN, HIDDEN), "B": (2 * HIDDEN,)}
    weights = [g.const(draw(120 + k, 1, *s), n) for k, (n, s) in enumerate(shapes.items())]
    g.node("RNN", x, *weights, outputs=["", "last"], hidden_size=HIDDEN)
    x = g.node("Squeeze", "last", g.const(np.array([0], np.int64), "axes"))
    return g.finish([(g.dense(x, HIDDEN, 3), "y", [1, 3])]), [[draw(125, 1, STEPS, WIDTH)]]


ALL = [gru_small, gru_reset_before, lstm_small, lstm_bidirectional, rnn_small]
