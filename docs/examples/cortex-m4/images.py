#!/usr/bin/env python3
# SPDX-License-Identifier: 0BSD
"""Writes the first images and labels of a digits_test folder as a C++ header: images.py FOLDER COUNT OUT"""

import struct
import sys


def raw_data(path):
    """Field 9 (raw_data) of an ONNX TensorProto, without needing the onnx package."""
    data = open(path, "rb").read()
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(data):
        key = varint()
        if key & 7 == 0:
            varint()
            continue
        length = varint()
        if key >> 3 == 9:
            return data[at:at + length]
        at += length
    raise SystemExit(f"{path}: no raw data")


folder, count, out = sys.argv[1], int(sys.argv[2]), sys.argv[3]
pixels = raw_data(f"{folder}/images.pb")
labels = struct.unpack(f"<{count}q", raw_data(f"{folder}/labels.pb")[:8 * count])
with open(out, "w") as header:
    header.write("#pragma once\n#include <stdint.h>\n")
    header.write(f"constexpr int kImages = {count};\nconstexpr uint8_t images[{count}][64] = {{\n")
    for i in range(count):
        header.write("  {" + ",".join(map(str, pixels[64 * i:64 * i + 64])) + "},\n")
    header.write("};\nconstexpr uint8_t labels[] = {" + ",".join(map(str, labels)) + "};\n")
