# SPDX-License-Identifier: Apache-2.0
"""Gives seeded random weights the statistics of a trained network.

A deep network of plain random weights answers nearly the same to every input.
Here each Conv or Gemm with a bias is rescaled, in one pass over the nodes, so
that its outputs have mean near 0 and deviation 1 per channel over the samples;
a BatchNormalization gets the mean and variance it sees, as after training.
"""
import numpy as np

from graph import arrays, set_array
from reference import apply


def statistics(y):
    axes = (0,) + tuple(range(2, y.ndim))
    return y.mean(axes, dtype=np.float64), y.std(axes, dtype=np.float64)


def settle_layer(node, values, rng, gain, pooled):
    weight, bias = node.input[1:3]
    mean, std = statistics(values[node.output[0]])
    if pooled and values[node.output[0]].ndim == 2:
        std = np.full_like(std, np.sqrt((std * std).mean()))
    factor = gain / np.maximum(std, 1e-3)
    shape = (-1,) + (1,) * (values[weight].ndim - 1)
    shift = gain * rng.uniform(-0.3, 0.5, len(mean))
    values[bias] = ((values[bias] - mean) * factor + shift).astype(np.float32)
    values[weight] = (values[weight] * factor.reshape(shape)).astype(np.float32)
    return [weight, bias]


def settle_norm(node, values):
    mean, std = statistics(values[node.input[0]])
    values[node.input[3]], values[node.input[4]] = mean.astype(np.float32), (std * std).astype(np.float32)
    return list(node.input[3:5])


def settle(model, samples, seed, logit_gain=2.0, pooled=False):
    """Rescales the model's weights in place; samples: one batch [N, ...] for its input.

    pooled: one deviation for all channels of a Gemm, for when samples are few.
    """
    rng, nodes = np.random.RandomState(seed), model.graph.node
    values, changed = arrays(model), []
    values[model.graph.input[0].name] = samples
    last = [n.output[0] for n in nodes if n.op_type in ("Conv", "Gemm")][-1]
    for node in nodes:
        if node.op_type == "BatchNormalization":
            changed += settle_norm(node, values)
        apply(node, values)
        if node.op_type in ("Conv", "Gemm") and len(node.input) > 2:
            gain = logit_gain if node.output[0] == last else 1.0
            changed += settle_layer(node, values, rng, gain, pooled)
            apply(node, values)
    for name in changed:
        set_array(model, name, values[name])
    return model


def smooth(seed, count, shape, low=-1.0, high=1.0):
    """Seeded inputs that look like images or spectrograms: waves plus noise, [count, *shape]."""
    rng = np.random.RandomState(seed)
    grids = np.meshgrid(*[np.linspace(0, 1, n) for n in shape], indexing="ij")
    out = np.zeros((count,) + tuple(shape))
    for k in range(count):
        for _ in range(6):
            rates = rng.uniform(-4, 4, len(shape))
            wave = sum(r * g for r, g in zip(rates, grids))
            out[k] += rng.uniform(0.3, 1.0) * np.cos(2 * np.pi * (wave + rng.uniform()))
        out[k] += 0.3 * rng.standard_normal(shape) + rng.uniform(-0.5, 0.5)
    unit = (np.tanh(out / 2) + 1) / 2
    return (low + (high - low) * unit).astype(np.float32)
