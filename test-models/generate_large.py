#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Generates the test models that are too large to store, with goldens.

  generate_large.py OUTDIR [NAME...]     default: all; --list names them

Needs python3-onnx and python3-numpy only. Weights and inputs are seeded
(RandomState); goldens come from authoring/reference.py, plain numpy in double.
OUTDIR gets the layout of the stored models and an index.json with what counts
as equal ("tinyc verify --accept").
"""
import json
import pathlib
import sys

import numpy as np
import onnx
from onnx import numpy_helper

ROOT = pathlib.Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "authoring"))
import nets_audio  # noqa: E402
import nets_mlperf  # noqa: E402
import reference  # noqa: E402
from float_twin import float_twin  # noqa: E402
from graph import input_shape  # noqa: E402
from quantize import quantize_input, to_qdq  # noqa: E402
from settle import settle, smooth  # noqa: E402

CALIBRATION = 6  # inputs that weights and ranges are fitted to; the golden's input is another


def settled(build, seed, limits, count=CALIBRATION):
    """A feed-forward float model and its samples (calibration first)."""
    model = build(seed)
    samples = smooth(seed, count + 12, input_shape(model)[1:], *limits)
    return settle(model, samples[:count], seed, pooled=True), samples


def float_model(build, seed, limits, count=CALIBRATION):
    model, samples = settled(build, seed, limits, count)
    return model, [[samples[count][None]]]


def int8_model(build, seed, limits):
    model, samples = settled(build, seed, limits)
    ranges = {}
    for x in samples[:CALIBRATION]:
        for name, y in reference.evaluate(model, [x[None]], keep_all=True).items():
            low, high = ranges.get(name, (np.inf, -np.inf))
            ranges[name] = min(low, y.min()), max(high, y.max())
    model = to_qdq(model, ranges)
    tests = [[quantize_input(model, x[None])] for x in samples[CALIBRATION:]]
    return model, reference.undisputed(model, tests, 1, lambda x: reference.evaluate(model, x, keep_all=True))


def twin_of_stored(name, seed, limits):
    """The float form of a stored int8 model."""
    model = float_twin(onnx.load(str(ROOT / f"{name}_int8" / "model.onnx")), name)
    return model, [[smooth(seed, 1, input_shape(model)[1:], *limits)]]


def recurrent(build, seed):
    model = build(seed)
    return model, [[smooth(seed, 1, input_shape(model)[1:], -2, 2)]]


def streaming(build, seed, frames=2):
    """Consecutive frames; the states of a set are the new states of the set before."""
    model = build(seed)
    states = [np.zeros(input_shape(model, k), np.float32) for k in range(1, len(model.graph.input))]
    sets = []
    for frame in smooth(seed, frames, input_shape(model)[1:], -2, 2):
        sets.append([frame[None]] + states)
        states = reference.evaluate(model, sets[-1])[1:]
    return model, sets


def mobilenet_v1(seed):
    return nets_mlperf.mobilenet("mobilenet_v1", seed, 224, 32, nets_mlperf.mobilenet_blocks(1.0), 1000)


MODELS = {
    "mlperf_vww": lambda: twin_of_stored("mlperf_vww", 12, (0, 1)),
    "mlperf_ad": lambda: twin_of_stored("mlperf_ad", 14, (-12, 4)),
    "speaker_cnn": lambda: float_model(nets_audio.speaker_cnn, 31, (-10, 6)),
    "speaker_cnn_int8": lambda: int8_model(nets_audio.speaker_cnn, 31, (-10, 6)),
    "speech_enhancement_fc": lambda: float_model(nets_audio.speech_enhancement_fc, 32, (-3, 3)),
    "speech_enhancement_fc_int8": lambda: int8_model(nets_audio.speech_enhancement_fc, 32, (-3, 3)),
    "speaker_verification_gru": lambda: recurrent(nets_audio.speaker_verification_gru, 33),
    "speech_recognition_gru": lambda: recurrent(nets_audio.speech_recognition_gru, 34),
    "speech_recognition_gru_int8": lambda: streaming(nets_audio.speech_recognition_gru_int8, 34),
    "mobilenet_v1": lambda: float_model(mobilenet_v1, 35, (-1, 1), count=4),
}


def accepted(model, outputs):
    """Per output. Where activations are quantised at run time a last bit can move a step."""
    dynamic = any(n.op_type == "DynamicQuantizeLinear" for n in model.graph.node)
    share = 2e-2 if dynamic else 1e-5
    return [{"rtol": 1e-3, "atol": float(f"{share * max(np.abs(y).max(), 0.01):.2g}")}
            if y.dtype.kind == "f" else {"steps": 0} for y in outputs]


def write_tensors(folder, kind, infos, tensors):
    for k, (info, array) in enumerate(zip(infos, tensors)):
        tensor = numpy_helper.from_array(np.ascontiguousarray(array), info.name)
        (folder / f"{kind}_{k}.pb").write_bytes(tensor.SerializeToString())


def generate(name, out):
    """Writes one model; returns its index entry."""
    model, sets = MODELS[name]()
    (out / name).mkdir(parents=True, exist_ok=True)
    onnx.save(model, str(out / name / "model.onnx"))
    for k, inputs in enumerate(sets):
        outputs = reference.evaluate(model, inputs)
        folder = out / name / f"test_data_set_{k}"
        folder.mkdir(exist_ok=True)
        write_tensors(folder, "input", model.graph.input, inputs)
        write_tensors(folder, "output", model.graph.output, outputs)
    return {"accept": accepted(model, outputs), "golden": "numpy reference"}


def main(arguments):
    if arguments[:1] == ["--list"]:
        print("\n".join(MODELS))
        return 0
    unknown = [n for n in arguments[1:] if n not in MODELS]
    if not arguments or arguments[0].startswith("-") or unknown:
        print(__doc__, *[f"unknown model: {n}" for n in unknown], sep="\n", file=sys.stderr)
        return 1
    out = pathlib.Path(arguments[0])
    out.mkdir(parents=True, exist_ok=True)
    index = out / "index.json"
    entries = json.loads(index.read_text()) if index.exists() else {}
    for name in arguments[1:] or MODELS:
        entries[name] = generate(name, out)
        print(f"{name}: {(out / name / 'model.onnx').stat().st_size} bytes", flush=True)
    index.write_text(json.dumps(entries, indent=1, sort_keys=True) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
