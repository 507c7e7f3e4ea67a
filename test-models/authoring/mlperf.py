# SPDX-License-Identifier: Apache-2.0
"""Stores the MLPerf Tiny architectures with seeded weights: float and int8 QDQ.

The float models of vww and ad are large; generate_large.py derives them from
the stored int8 ones.
"""
import nets_mlperf
import store
from graph import input_shape
from quantize import quantize_input, to_qdq
from settle import settle, smooth

# name: (builder, seed, input range, float model stored, per-channel dense weights)
MODELS = {
    "kws": (nets_mlperf.kws, 11, (-80, 40), True, True),
    "vww": (nets_mlperf.vww, 12, (0, 1), False, True),
    "resnet": (nets_mlperf.resnet, 13, (0, 255), True, True),
    "ad": (nets_mlperf.ad, 14, (-12, 4), False, False),
    "strww": (nets_mlperf.strww, 15, (0, 1), True, True),
}


def main():
    for name, (build, seed, limits, keep_float, per_channel) in MODELS.items():
        model = build(seed)
        samples = smooth(seed, 48, input_shape(model)[1:], *limits)
        settle(model, samples[:16], seed)
        what = build.__doc__.rstrip(".") + "; seeded weights"
        tests = [[x[None]] for x in samples[22:]]
        if keep_float:
            store.store(f"mlperf_{name}", model, tests[:2], what, seed)
        ranges = store.ranges(model, [x[None] for x in samples[:22]])
        quantized = to_qdq(model, ranges, per_channel_dense=per_channel)
        tests = store.undisputed(quantized, [[quantize_input(quantized, x)] for [x] in tests], 2)
        store.store(f"mlperf_{name}_int8", quantized, tests, what + ", int8 QDQ", seed)


if __name__ == "__main__":
    main()
