#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes docs/benchmarks.md from results/real-TARGET.txt and the peers' figures below.   page.py > docs/benchmarks.md

results/real-TARGET.txt: cycles.sh over the real MLPerf Tiny models (int8, QDQ). Peers: TensorFlow Lite Micro of August 2026 with
CMSIS-NN of June 2026, the fastest of several builds, counted by the same plugin with the same tables and compiler
(arm-none-eabi-gcc 12.2), one inference of the same models.
"""
import pathlib

HERE = pathlib.Path(__file__).resolve().parent
MODELS = [("KWS", "kws_int8_qdq"), ("VWW", "vww_int8_qdq"), ("ResNet-8", "resnet_int8_qdq"),
          ("autoencoder", "ad_int8_qdq"), ("streaming wakeword", "strww_int8_qdq")]
# Millions: instructions, cycles; None: not counted.
TFLM = {
    "cortex-m0": [(29.0, 41.9), (86.9, 125.8), (97.6, 142.2), (1.763, 2.466), (9.32, 13.2)],
    "cortex-m3": [(10.5, 16.7), (32.0, 50.6), (41.8, 71.4), (0.956, 1.695), (4.26, 6.90)],
    "cortex-m4": [(None, 8.99), (None, 28.34), (None, 35.31), (None, 0.730), (None, 2.536)],
    "cortex-m7": [(7.64, 5.26), (24.0, 16.6), (30.0, 23.0), (0.583, 0.412), (2.19, 1.53)],
    "cortex-m55": [(1.785, 2.04), (6.433, 7.28), (4.811, 5.04), (0.150, 0.155), (0.407, 0.450)],
}
TFLM_M4_MEMORY = [(24240, 106786), (102128, 386134), (56416, 148670), (3960, 304756), (17808, 124854)]
TITLES = {"cortex-m0": "Cortex-M0", "cortex-m3": "Cortex-M3", "cortex-m4": "Cortex-M4", "cortex-m7": "Cortex-M7 (rough model)",
          "cortex-m33": "Cortex-M33 (the Cortex-M4's table)", "cortex-m55": "Cortex-M55 (rough model)", "rv32imc": "RV32IMC"}


def read(target):
    path = HERE / "results" / f"real-{target}.txt"
    if not path.exists():
        return None, {}
    lines = path.read_text().splitlines()
    rows = {}
    for line in lines[2:]:
        name, *numbers = line.split()
        rows[name] = dict(zip(["macs", "instructions", "cycles", "low", "high", "code", "constants", "ram", "stack"],
                              [int(n) if n != "None" else 0 for n in numbers]))
    return lines[0].lstrip("# "), rows


def millions(value):
    return "-" if value is None else f"{value:.2f}" if value >= 1 else f"{value:.3f}"


def table(target, rows):
    peers = TFLM.get(target)
    print("| model | instructions | cycles | per MAC | code | constants | RAM | stack |" +
          (" TFLM + CMSIS-NN: instructions | cycles | tinyc / TFLM |" if peers else ""))
    print("|---|---|---|---|---|---|---|---|" + ("---|---|---|" if peers else ""))
    for index, (title, name) in enumerate(MODELS):
        if name not in rows:
            continue
        row = rows[name]
        cells = [title, millions(row["instructions"] / 1e6) + " M", millions(row["cycles"] / 1e6) + " M",
                 f"{row['cycles'] / row['macs']:.2f}", f"{row['code']:,}", f"{row['constants']:,}", f"{row['ram']:,}",
                 f"{row['stack']:,}"]
        if peers:
            instructions, cycles = peers[index]
            exact = instructions is not None and target in ("cortex-m0", "cortex-m55")
            ratio = row["instructions"] / 1e6 / instructions if exact else row["cycles"] / 1e6 / cycles
            cells += [millions(instructions), millions(cycles), f"{ratio:.2f} ({'instructions' if exact else 'cycles'})"]
        print("| " + " | ".join(cells) + " |")
    print()


def aims():
    print("## What -O gives up and saves, Cortex-M4")
    print()
    print("Cycles; code and constants (flash); RAM. `balanced` is the default, the other tables are at `speed`.")
    print()
    print("| model | size | balanced | speed |")
    print("|---|---|---|---|")
    rows = [read(f"cortex-m4{suffix}")[1] for suffix in ("-size", "-balanced", "")]
    for title, name in MODELS:
        cells = [f"{millions(of[name]['cycles'] / 1e6)} M; {of[name]['code']:,} + {of[name]['constants']:,}; {of[name]['ram']:,}"
                 for of in rows if name in of]
        print(f"| {title} | " + " | ".join(cells) + " |")
    print()


def main():
    print("<!-- tests/bench/page.py -->")
    print("# Benchmarks")
    print()
    print("The real MLPerf Tiny models, int8 in QDQ form, one inference, `--io-layout rows -O speed`, recommended build flags. Instructions are exact,")
    print("cycles modelled without wait states ([cycles](cycles.md)). RAM is the workspace with input, output and scratch; code and")
    print("constants are those of the emitted source, linked alone; stack is painted. MACs are those that are left once constant channels are")
    print("removed (VWW: about half). The figures come from `tests/bench/cycles.sh TINYC TARGET MODELS`, kept in")
    print("[tests/bench/results](../tests/bench/results); `tests/bench/page.py` writes this page.")
    print()
    print("TensorFlow Lite Micro (August 2026) with CMSIS-NN (June 2026) ran the same models in the same emulator, counter and cycle")
    print("tables, built by the same compiler, the fastest of several builds.")
    print()
    for target, title in TITLES.items():
        basis, rows = read(target)
        if not rows:
            continue
        print(f"## {title}")
        print()
        table(target, rows)
    aims()
    print("## Memory beside TensorFlow Lite Micro, Cortex-M4")
    print()
    print("TFLM: arena, data and stack; whole image with the .tflite file. tinyc: workspace and stack; code and constants.")
    print()
    print("| model | TFLM RAM | tinyc RAM | TFLM flash | tinyc flash |")
    print("|---|---|---|---|---|")
    _, rows = read("cortex-m4")
    for (title, name), (ram, flash) in zip(MODELS, TFLM_M4_MEMORY):
        if name in rows:
            row = rows[name]
            print(f"| {title} | {ram:,} | {row['ram'] + row['stack']:,} | {flash:,} | {row['code'] + row['constants']:,} |")


main()
