# SPDX-License-Identifier: Apache-2.0
"""Forward GRU, LSTM and RNN of the ONNX operator text, in double, for reference.py.

One direction, default activations, layout 0: X [T, N, I], Y [T, 1, N, H].
"""
import numpy as np


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def start(x, w, r, b, initial):
    """Input projections per step, recurrence, its bias, and the first state."""
    gates_hidden, hidden = r.shape[1:]
    b = np.zeros((1, 2 * gates_hidden)) if b is None else b.astype(np.float64)
    projected = x.astype(np.float64) @ w[0].T.astype(np.float64) + b[0, :gates_hidden]
    state = np.zeros((x.shape[1], hidden)) if initial is None else initial[0].astype(np.float64)
    return projected, r[0].T.astype(np.float64), b[0, gates_hidden:], state


def gru(attrs, x, w, r, b=None, lengths=None, initial=None):
    steps, recurrence, r_bias, h = start(x, w, r, b, initial)
    n, history = h.shape[1], []
    for step in steps:
        hidden = h @ recurrence
        z = sigmoid(step[:, :n] + hidden[:, :n] + r_bias[:n])
        reset = sigmoid(step[:, n:2 * n] + hidden[:, n:2 * n] + r_bias[n:2 * n])
        if attrs.get("linear_before_reset", 0):
            candidate = reset * (hidden[:, 2 * n:] + r_bias[2 * n:])
        else:
            candidate = (reset * h) @ recurrence[:, 2 * n:] + r_bias[2 * n:]
        h = (1 - z) * np.tanh(step[:, 2 * n:] + candidate) + z * h
        history.append(h)
    return np.stack(history)[:, None], h[None]


def lstm(attrs, x, w, r, b=None, lengths=None, initial=None, initial_cell=None, peephole=None):
    steps, recurrence, r_bias, h = start(x, w, r, b, initial)
    cell = np.zeros_like(h) if initial_cell is None else initial_cell[0].astype(np.float64)
    history = []
    for step in steps:
        i, o, f, c = np.split(step + h @ recurrence + r_bias, 4, axis=1)
        cell = sigmoid(f) * cell + sigmoid(i) * np.tanh(c)
        h = sigmoid(o) * np.tanh(cell)
        history.append(h)
    return np.stack(history)[:, None], h[None], cell[None]


def rnn(attrs, x, w, r, b=None, lengths=None, initial=None):
    steps, recurrence, r_bias, h = start(x, w, r, b, initial)
    history = []
    for step in steps:
        h = np.tanh(step + h @ recurrence + r_bias)
        history.append(h)
    return np.stack(history)[:, None], h[None]
