# SPDX-License-Identifier: Apache-2.0
"""Trains digits_cnn on scikit-learn's digits in plain numpy and stores it, float and int8.

Input: [1, 1, 8, 8] float, the raw pixels 0..16. The held-out fifth is stored
too (digits_test), so that the accuracy of emitted code can be measured.
"""
import numpy as np
import sklearn
from numpy.lib.stride_tricks import sliding_window_view
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import store
from graph import Graph, set_array
from quantize import to_qdq

SEED, EPOCHS, BATCH, EPSILON = 7, 40, 32, 1e-3
CHANNELS = (1, 8, 16)


def columns(x):
    """im2col of a 3x3 same-size convolution: [N, C, H, W] -> [N, H, W, C*9]."""
    view = sliding_window_view(np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1))), (3, 3), axis=(2, 3))
    return view.transpose(0, 2, 3, 1, 4, 5).reshape(x.shape[0], x.shape[2], x.shape[3], -1)


class Block:
    """Conv 3x3, BatchNormalization, Relu, MaxPool 2x2, with its backward pass."""

    def __init__(self, rng, c_in, c_out):
        self.params = [rng.standard_normal((c_out, c_in * 9)) * np.sqrt(2 / (c_in * 9)),
                       np.ones(c_out), np.zeros(c_out)]
        self.mean, self.var = np.zeros(c_out), np.ones(c_out)

    def forward(self, x):
        weight, gamma, beta = self.params
        self.shape, self.cols = x.shape, columns(x)
        y = self.cols @ weight.T
        mean, var = y.mean((0, 1, 2)), y.var((0, 1, 2))
        self.mean, self.var = 0.9 * self.mean + 0.1 * mean, 0.9 * self.var + 0.1 * var
        self.std = np.sqrt(var + EPSILON)
        self.norm = (y - mean) / self.std
        self.act = np.maximum(self.norm * gamma + beta, 0)
        n, h, w, c = self.act.shape
        blocks = self.act.reshape(n, h // 2, 2, w // 2, 2, c)
        pooled = blocks.max((2, 4), keepdims=True)
        self.chosen = blocks == pooled
        return pooled.reshape(n, h // 2, w // 2, c).transpose(0, 3, 1, 2)

    def backward(self, grad):
        weight, gamma, _ = self.params
        grad = grad.transpose(0, 2, 3, 1)[:, :, None, :, None, :] * self.chosen
        grad = grad.reshape(self.act.shape) * (self.act > 0)
        axes, count = (0, 1, 2), grad[..., 0].size
        grads = [(grad * self.norm).sum(axes), grad.sum(axes)]
        grad = gamma / self.std * (grad - grads[1] / count - self.norm * grads[0] / count)
        flat = grad.reshape(-1, grad.shape[-1])
        self.grads = [flat.T @ self.cols.reshape(flat.shape[0], -1)] + grads
        n, c, h, w = self.shape
        spread = (grad @ weight).reshape(n, h, w, c, 3, 3)
        out = np.zeros((n, c, h + 2, w + 2))
        for i in range(3):
            for j in range(3):
                out[:, :, i:i + h, j:j + w] += spread[..., i, j].transpose(0, 3, 1, 2)
        return out[:, :, 1:-1, 1:-1]


class Adam:
    def __init__(self, params):
        self.params, self.count = params, 0
        self.first, self.second = ([np.zeros_like(p) for p in params] for _ in range(2))

    def step(self, grads, rate):
        self.count += 1
        for p, g, m, v in zip(self.params, grads, self.first, self.second):
            m += 0.1 * (g - m)
            v += 0.001 * (g * g - v)
            p -= rate * (m / (1 - 0.9 ** self.count)) / (np.sqrt(v / (1 - 0.999 ** self.count)) + 1e-8)


def train(images, labels):
    rng = np.random.RandomState(SEED)
    blocks = [Block(rng, *CHANNELS[i:i + 2]) for i in range(2)]
    dense = [rng.standard_normal((10, 64)) * np.sqrt(2 / 64), np.zeros(10)]
    adam = Adam([p for b in blocks for p in b.params] + dense)
    for epoch in range(EPOCHS):
        order = rng.permutation(len(images))
        for first in range(0, len(order), BATCH):
            chosen = order[first:first + BATCH]
            hidden = blocks[1].forward(blocks[0].forward(images[chosen]))
            flat = hidden.reshape(len(chosen), -1)
            logits = flat @ dense[0].T + dense[1]
            grad = np.exp(logits - logits.max(1, keepdims=True))
            grad /= grad.sum(1, keepdims=True)
            grad[np.arange(len(chosen)), labels[chosen]] -= 1
            grad /= len(chosen)
            blocks[0].backward(blocks[1].backward((grad @ dense[0]).reshape(hidden.shape)))
            adam.step([g for b in blocks for g in b.grads] + [grad.T @ flat, grad.sum(0)],
                      0.003 * (1 - epoch / EPOCHS))
    return blocks, dense


def build(blocks, dense):
    g = Graph("digits_cnn")
    x = g.input("image", [1, 1, 8, 8])
    for block, c_in, c_out in zip(blocks, CHANNELS, CHANNELS[1:]):
        x = g.conv(x, c_in, c_out, (3, 3), pads=(1, 1, 1, 1), bias=False)
        x = g.relu(g.batch_norm(x, c_out))
        x = g.node("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2])
    x = g.node("Softmax", g.dense(g.node("Flatten", x), 64, 10), axis=1)
    model = g.finish([(x, "probabilities", [1, 10])])
    for k, block in enumerate(blocks):
        weight, gamma, beta = block.params
        set_array(model, f"layer_{k}.weight", weight.reshape(CHANNELS[k + 1], -1, 3, 3))
        for name, value in (("weight", gamma), ("bias", beta), ("running_mean", block.mean),
                            ("running_var", block.var)):
            set_array(model, f"bn_{k}.{name}", value)
    set_array(model, "layer_2.weight", dense[0])
    set_array(model, "layer_2.bias", dense[1])
    return model


def accuracy(model, images, labels):
    runner = store.session(model)
    right = sum(int(store.run(runner, [x[None]])[0].argmax() == y) for x, y in zip(images, labels))
    return f"{right} of {len(labels)}"


def main():
    images, labels = load_digits(return_X_y=True)
    images = images.reshape(-1, 1, 8, 8).astype(np.float32)
    images, held_out, labels, held_labels = train_test_split(
        images, labels, test_size=360, random_state=SEED, stratify=labels)
    model = build(*train(images.astype(np.float64), labels))
    ranges = store.ranges(model, [x[None] for x in images[:256]])
    data = f"scikit-learn {sklearn.__version__} digits, {len(images)} trained on, {len(held_out)} held out"
    for name, made in (("digits_cnn", model), ("digits_cnn_int8", to_qdq(model, ranges, float_io=True))):
        score = accuracy(made, held_out, held_labels)
        print(name, "accuracy", score)
        tests = store.undisputed(made, [[x[None]] for x in held_out[:20]], 2)
        store.store(name, made, tests, "digit classifier, trained", SEED,
                    data=data, accuracy_held_out=score)
    folder = store.fresh_folder("digits_test")
    store.write_tensor(folder / "images.pb", held_out.astype(np.uint8), "images")
    store.write_tensor(folder / "labels.pb", held_labels.astype(np.int64), "labels")
    store.write_provenance(folder, "held-out digits: images 0..16 and labels", SEED, data=data, golden="labels")


if __name__ == "__main__":
    main()
