# SPDX-License-Identifier: Apache-2.0
"""The four MLPerf Tiny architectures and the streaming wakeword, as float graphs.

Shapes are those of the reference networks; the weights are seeded (settle.py).
"""
from graph import Graph


def head(g, x, features, classes):
    x = g.node("Flatten", g.node("GlobalAveragePool", x), axis=1)
    return g.node("Softmax", g.dense(x, features, classes), axis=1)


def separable(g, x, c_in, c_out, stride=1):
    """Depthwise 3x3 (padding as TensorFlow's SAME), Relu, pointwise, Relu."""
    pads = (1, 1, 1, 1) if stride == 1 else (0, 0, 1, 1)
    x = g.relu(g.conv(x, c_in, c_in, (3, 3), (stride, stride), pads, group=c_in))
    return g.relu(g.conv(x, c_in, c_out, (1, 1)))


def kws(seed):
    """Keyword spotting: DS-CNN, 49 x 10 MFCC, 12 classes."""
    g = Graph("mlperf_kws", seed)
    x = g.input("input", [1, 1, 49, 10])
    x = g.relu(g.conv(x, 1, 64, (10, 4), (2, 2), (4, 1, 5, 1)))
    for _ in range(4):
        x = separable(g, x, 64, 64)
    return g.finish([(head(g, x, 64, 12), "output", [1, 12])])


def mobilenet(name, seed, size, first, blocks, classes):
    """MobileNetV1; blocks: (output channels, stride) each."""
    g = Graph(name, seed)
    x = g.input("input", [1, 3, size, size])
    x, channels = g.relu(g.conv(x, 3, first, (3, 3), (2, 2), (0, 0, 1, 1))), first
    for c_out, stride in blocks:
        x, channels = separable(g, x, channels, c_out, stride), c_out
    return g.finish([(head(g, x, channels, classes), "output", [1, classes])])


def mobilenet_blocks(width):
    plan = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)] + [(512, 1)] * 5 + [(1024, 2), (1024, 1)]
    return [(int(c * width), s) for c, s in plan]


def vww(seed):
    """Visual wake words: MobileNetV1 0.25, 96 x 96 x 3, 2 classes."""
    return mobilenet("mlperf_vww", seed, 96, 8, mobilenet_blocks(0.25), 2)


def residual(g, x, c_in, c_out, stride):
    pads = (1, 1, 1, 1) if stride == 1 else (0, 0, 1, 1)
    y = g.relu(g.conv(x, c_in, c_out, (3, 3), (stride, stride), pads))
    y = g.conv(y, c_out, c_out, (3, 3), pads=(1, 1, 1, 1))
    if stride > 1:
        x = g.conv(x, c_in, c_out, (1, 1), (stride, stride))
    return g.relu(g.node("Add", x, y))


def resnet(seed):
    """Image classification: ResNet-8, 32 x 32 x 3, 10 classes."""
    g = Graph("mlperf_resnet", seed)
    x = g.input("input", [1, 3, 32, 32])
    x = g.relu(g.conv(x, 3, 16, (3, 3), pads=(1, 1, 1, 1)))
    for c_in, c_out, stride in ((16, 16, 1), (16, 32, 2), (32, 64, 2)):
        x = residual(g, x, c_in, c_out, stride)
    return g.finish([(head(g, x, 64, 10), "output", [1, 10])])


def ad(seed):
    """Anomaly detection: fully connected autoencoder 640-128x4-8-128x4-640."""
    g = Graph("mlperf_ad", seed)
    sizes = [640, 128, 128, 128, 128, 8, 128, 128, 128, 128]
    x = g.input("input", [1, 640])
    for n_in, n_out in zip(sizes, sizes[1:]):
        x = g.relu(g.dense(x, n_in, n_out))
    return g.finish([(g.dense(x, 128, 640), "output", [1, 640])])


def strww(seed):
    """Streaming wakeword: 1-D DS-CNN with BatchNormalization, 30 x 40, 3 classes."""
    g = Graph("mlperf_strww", seed)
    x, channels = g.input("input", [1, 40, 30, 1]), 40
    for taps, c_out in ((3, 128), (5, 128), (10, 128), (15, 32)):
        x = g.conv(x, channels, channels, (taps, 1), group=channels, bias=False)
        x = g.conv(x, channels, c_out, (1, 1), bias=False)
        x, channels = g.relu(g.batch_norm(x, c_out)), c_out
    x = g.dense(g.node("Flatten", x, axis=1), 32, 3)
    return g.finish([(g.node("Softmax", x, axis=1), "output", [1, 3])])
