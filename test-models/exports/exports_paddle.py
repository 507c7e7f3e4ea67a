# SPDX-License-Identifier: Apache-2.0
"""Paddle: saved for inference, then paddle2onnx."""
import pathlib
import tempfile

import numpy as np
import paddle
import paddle2onnx
from paddle import nn
from paddle.static import InputSpec

from export import Export


class Mobile(nn.Layer):
    """A block of PP-LCNet: depthwise with hard swish, squeeze and excite, pointwise."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2D(1, 8, 3, stride=2, padding=1, bias_attr=False), nn.BatchNorm2D(8), nn.Hardswish())
        self.depthwise = nn.Sequential(nn.Conv2D(8, 8, 3, padding=1, groups=8), nn.BatchNorm2D(8), nn.Hardswish())
        self.excite = nn.Sequential(nn.AdaptiveAvgPool2D(1), nn.Conv2D(8, 4, 1), nn.ReLU(), nn.Conv2D(4, 8, 1), nn.Hardsigmoid())
        self.head = nn.Linear(8, 5)

    def forward(self, x):
        y = self.depthwise(self.stem(x))
        y = y * self.excite(y)
        y = nn.functional.adaptive_avg_pool2d(y, 1).flatten(1)
        return self.head(y)


class Recurrent(nn.Layer):
    """Text or keywords: a projection, a GRU, its last step."""

    def __init__(self):
        super().__init__()
        self.project = nn.Linear(6, 8)
        self.gru = nn.GRU(8, 10)
        self.head = nn.Linear(10, 4)

    def forward(self, x):
        steps, _ = self.gru(paddle.tanh(self.project(x)))
        return self.head(steps[:, -1, :])


def exported(build, shape):
    def make(path):
        paddle.seed(11)
        model = build()
        model.eval()
        for parameter in model.parameters():  # away from an untrained model's outputs, which hardly differ
            parameter.set_value(parameter * 2.5)
        with tempfile.TemporaryDirectory() as folder:
            stem = pathlib.Path(folder) / "model"
            paddle.jit.save(model, str(stem), input_spec=[InputSpec([None, *shape], "float32", "x")])
            graph = stem.with_suffix(".json")
            graph = graph if graph.exists() else stem.with_suffix(".pdmodel")
            paddle2onnx.export(str(graph), str(stem.with_suffix(".pdiparams")), str(path), opset_version=13)

    return make


def reals(*shape):
    return lambda random: [random.standard_normal((1, *shape)).astype(np.float32)]


EXPORTS = [
    Export("paddle_mobile", "hard swish, squeeze and excite, pointwise", "paddle2onnx, opset 13", exported(Mobile, (1, 12, 12)),
           reals(1, 12, 12)),
    Export("paddle_gru", "projection, GRU, last step", "paddle2onnx, opset 13", exported(Recurrent, (7, 6)), reals(7, 6)),
]
