# SPDX-License-Identifier: Apache-2.0
"""Stores the small audio networks, float and int8 QDQ; generate_large.py makes the others."""
import nets_audio
import store
from graph import input_shape
from quantize import quantize_input, to_qdq
from settle import settle, smooth

MODELS = {"vad_mlp": (nets_audio.vad_mlp, 21, (-4, 4)), "keyword_cnn": (nets_audio.keyword_cnn, 22, (-10, 6))}


def main():
    for name, (build, seed, limits) in MODELS.items():
        model = build(seed)
        samples = smooth(seed, 48, input_shape(model)[1:], *limits)
        settle(model, samples[:16], seed)
        what = build.__doc__.rstrip(".") + "; seeded weights"
        tests = [[x[None]] for x in samples[22:]]
        store.store(name, model, tests[:2], what, seed)
        quantized = to_qdq(model, store.ranges(model, [x[None] for x in samples[:22]]))
        tests = store.undisputed(quantized, [[quantize_input(quantized, x)] for [x] in tests], 2)
        store.store(f"{name}_int8", quantized, tests, what + ", int8 QDQ", seed)


if __name__ == "__main__":
    main()
