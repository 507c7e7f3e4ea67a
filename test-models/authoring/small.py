# SPDX-License-Identifier: Apache-2.0
"""Stores the tiny single-purpose models (small_forms, small_quant, small_rnn, small_bits, small_integers)."""
import numpy as np
import onnx

import small_bits
import small_forms
import small_integers
import small_quant
import small_rnn
import store


def main():
    for build in small_forms.ALL + small_rnn.ALL + small_quant.ALL + small_bits.ALL + small_integers.ALL:
        model, sets, *save = build()
        facts = {}
        if build in small_quant.ALL + small_bits.EXACT:
            if build is small_quant.dynamic_quantization:
                facts["accept"] = [{"rtol": 1e-3, "atol": 0.02, "why": "a last bit can move a step"}]
            else:
                sets = store.undisputed(model, sets, 1)
        if build in small_integers.ALL:
            facts["accept"] = [{"steps": 1, "why": "an integer form of tinyc's own, close to the float result"}] * len(
                model.graph.output)
        if build in small_forms.DYNAMIC:
            facts["extra"] = [("batch_3", [np.concatenate([s * k for k in (1, -1, 2)]) for s in sets[0]])]
        store.store(build.__name__, model, sets, build.__doc__.splitlines()[0], "in the script",
                    save=save[0] if save else onnx.save, **facts)


if __name__ == "__main__":
    main()
