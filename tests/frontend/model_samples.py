# SPDX-License-Identifier: Apache-2.0
"""Small models for compare_with_onnx.py, written by Python's `onnx`: what the exported models at hand do not show."""
import numpy as np
from onnx import AttributeProto, TensorProto, helper, numpy_helper, save_model

SHAPE = [3, 5]  # odd, so that the last byte of packed 4-bit data is half full
TYPES = ["FLOAT", "FLOAT16", "DOUBLE", "INT8", "UINT8", "INT16", "UINT16", "INT32", "UINT32", "INT64", "UINT64", "BOOL"]
NEW_TYPES = ["INT4", "UINT4"]  # onnx 1.16 on


def value_info(name, dims=("N", 4)):
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, list(dims))


def model_of(nodes, **options):
    """A model around nodes that use value 'x' and make value 'y'."""
    functions = options.pop("functions", [])
    opsets = options.pop("opsets", [helper.make_opsetid("", 15)])
    graph = helper.make_graph(nodes, "samples", [value_info("x")], [value_info("y")], **options)
    return helper.make_model(graph, producer_name="tinyc samples", producer_version="1", opset_imports=opsets,
                             functions=functions, ir_version=8)


IDENTITY = helper.make_node("Identity", ["x"], ["y"])


def values_of(type_name):
    """Values that show signs, extremes and order."""
    count = int(np.prod(SHAPE))
    if type_name == "BOOL":
        return [index % 3 == 0 for index in range(count)]
    if type_name in ("FLOAT", "FLOAT16", "DOUBLE"):
        return [(index - 7) / 3 for index in range(count)]
    bits = int(type_name.lstrip("UINT"))
    lowest = 0 if type_name[0] == "U" else -(2 ** (bits - 1))
    highest = lowest + 2**bits - 1
    return [lowest, highest] + [max(lowest, min(highest, 3 * index - 20)) for index in range(count - 2)]


def packed(values):
    """Two values per byte, the first in the low half; older versions of onnx refuse an odd count."""
    nibbles = [value & 15 for value in values] + [0] * (len(values) % 2)
    return bytes(low | high << 4 for low, high in zip(nibbles[::2], nibbles[1::2]))


def element_types():
    """Each type as typed fields and as raw bytes; and without any element."""
    tensors = []
    for name in TYPES + [name for name in NEW_TYPES if hasattr(TensorProto, name)]:
        typed = helper.make_tensor(f"typed_{name}", getattr(TensorProto, name), SHAPE, values_of(name))
        tensors.append(typed)
        raw = packed(values_of(name)) if name in NEW_TYPES else numpy_helper.to_array(typed).tobytes()
        tensors.append(helper.make_tensor(f"raw_{name}", typed.data_type, SHAPE, raw, raw=True))
        tensors.append(helper.make_tensor(f"empty_{name}", getattr(TensorProto, name), [2, 0], []))
    tensors.append(helper.make_tensor("bf16", TensorProto.BFLOAT16, SHAPE, [float(value) for value in values_of("INT8")]))
    tensors.append(helper.make_tensor("scalar", TensorProto.FLOAT, [], [2.5]))
    return model_of([IDENTITY], initializer=tensors)


def sparse():
    values = helper.make_tensor("linear", TensorProto.FLOAT, [3], [1.5, -2, 3])
    indices = helper.make_tensor("", TensorProto.INT64, [3], [1, 4, 14])
    linear = helper.make_sparse_tensor(values, indices, SHAPE)
    values = helper.make_tensor("by_dimension", TensorProto.INT8, [2], [7, -7])
    indices = helper.make_tensor("", TensorProto.INT64, [2, 2], [0, 3, 2, 4])
    by_dimension = helper.make_sparse_tensor(values, indices, SHAPE)
    constant = helper.make_node("Constant", [], ["c"], sparse_value=linear)
    return model_of([constant, IDENTITY], sparse_initializer=[linear, by_dimension])


def attributes():
    node = helper.make_node("Every", ["x", "", "z"], ["y", ""], domain="samples", name="every", real=1e-5, whole=-3, text="t\n\"",
                            reals=[0.5, float("inf")], wholes=[1, -(2**63)], texts=["a", ""],
                            tensor=helper.make_tensor("v", TensorProto.INT32, [2], [1, 2]))
    return model_of([node], opsets=[helper.make_opsetid("ai.onnx", 15), helper.make_opsetid("samples", 2)])


def nested():
    graph = helper.make_graph([helper.make_node("Neg", ["x"], ["inner"])], "level 0", [], [value_info("inner")])
    for level in range(1, 12):
        node = helper.make_node("If", ["c"], ["inner"], then_branch=graph, else_branch=graph if level < 3 else None)
        graph = helper.make_graph([node], f"level {level}", [], [value_info("inner", [])])
    return model_of([helper.make_node("If", ["c"], ["y"], then_branch=graph)])


def function():
    node = helper.make_node("LeakyRelu", ["a"], ["b"])
    reference = AttributeProto(name="alpha", type=AttributeProto.FLOAT, ref_attr_name="slope")
    node.attribute.append(reference)
    made = helper.make_function("samples", "Leaky", ["a"], ["b"], [node], [helper.make_opsetid("", 15)], ["slope"])
    if hasattr(made, "attribute_proto"):
        made.attribute_proto.append(helper.make_attribute("unused", 3))
    if hasattr(made, "overload"):
        made.overload = "float"
    call = helper.make_node("Leaky", ["x"], ["y"], domain="samples", slope=0.1)
    return model_of([call], functions=[made], opsets=[helper.make_opsetid("", 15), helper.make_opsetid("samples", 1)])


def other_types():
    sequence = helper.make_tensor_sequence_value_info("s", TensorProto.FLOAT, [2])
    unranked = helper.make_tensor_value_info("u", TensorProto.INT8, None)
    text = helper.make_tensor_value_info("t", TensorProto.STRING, [1])
    return model_of([IDENTITY], value_info=[sequence, unranked, text])


def write_external(folder):
    large = numpy_helper.from_array(np.arange(4096, dtype=np.float32).reshape(64, 64), "large")
    other = numpy_helper.from_array(np.arange(999, dtype=np.int16), "other")
    path = folder / "external.onnx"
    save_model(model_of([IDENTITY], initializer=[large, other]), str(path), save_as_external_data=True,
               all_tensors_to_one_file=True, location="external.bin", size_threshold=0)
    return path


def write_all(folder):
    paths = [write_external(folder)]
    for make in (element_types, sparse, attributes, nested, function, other_types):
        paths.append(folder / f"{make.__name__}.onnx")
        paths[-1].write_bytes(make().SerializeToString())
    return paths
