"""Makes the pinned sentence encoder reckon in whole numbers: twice as fast, and its vectors hardly change.

The file keeps its weights as int8, yet multiplies in float32. Here each such product becomes one of whole numbers: the
numbers of a word piece are rounded to steps of 1/127 of the largest of them. Each word piece has its own step, so a
text's vector does not depend on the texts that are encoded with it. Both sides are unsigned with 128 for nought, since
older processors overflow where one side is signed. Why: `docs/decisions/0013-encoder-in-whole-numbers.md`.
"""

from __future__ import annotations

import numpy as np
import onnx
from onnx import helper, numpy_helper

ARITHMETIC = "u8-by-word-piece-1"
"""Stands for the rounding done here; to be changed with it, since vectors of different rounding are not compared."""
NOUGHT, STEPS, ONE = "whole_nought", "whole_steps", "whole_one"


def in_whole_numbers(content: bytes) -> bytes:
    """Return the ONNX model `content` with its products by int8 weights in whole numbers. Raises ValueError where none is found."""
    model = onnx.load_from_string(content)
    graph = model.graph
    held = {one.name: one for one in graph.initializer}
    made_by = {output: node for node in graph.node for output in node.output}
    nodes: list[onnx.NodeProto] = []
    rounded: set[str] = set()
    for node in graph.node:
        weights = _int8_weights(node, held, made_by)
        if weights is None:
            nodes.append(node)
            continue
        numbers, step = (numpy_helper.to_array(one) for one in weights)
        text, name = node.input[0], node.output[0]
        if text not in rounded:
            rounded.add(text)
            nodes += _rounding(text)
        graph.initializer.append(
            numpy_helper.from_array((numbers.astype(np.int16) + 128).astype(np.uint8), f"{name}_w")
        )
        graph.initializer.append(numpy_helper.from_array(step.reshape(-1), f"{name}_step"))
        nodes += _product(text, name)
    if not rounded:
        raise ValueError("The sentence encoder holds no product by int8 weights.")
    for name, value in ((NOUGHT, np.uint8(128)), (STEPS, np.float32(127)), (ONE, np.float32(1))):
        graph.initializer.append(numpy_helper.from_array(np.array(value), name))
    del graph.node[:]
    graph.node.extend(nodes)
    return bytes(model.SerializeToString())


def _int8_weights(
    node: onnx.NodeProto, held: dict[str, onnx.TensorProto], made_by: dict[str, onnx.NodeProto]
) -> tuple[onnx.TensorProto, onnx.TensorProto] | None:
    """Return the int8 weights, and their steps by column, of a product of the form x @ (float(weights) * step)."""
    if node.op_type != "MatMul":
        return None
    scaled = made_by.get(node.input[1])
    cast = made_by.get(scaled.input[0]) if scaled is not None and scaled.op_type == "Mul" else None
    if scaled is None or cast is None or cast.op_type != "Cast" or cast.input[0] not in held:
        return None
    return held[cast.input[0]], held[scaled.input[1]]


def _rounding(text: str) -> list[onnx.NodeProto]:
    """Return the nodes that turn `text` (texts, word pieces, n) into `_u8` of that shape and `_step` (texts, word pieces, 1)."""
    return [
        helper.make_node("Abs", [text], [f"{text}_size"]),
        helper.make_node("ReduceMax", [f"{text}_size"], [f"{text}_most"], axes=[-1], keepdims=1),
        helper.make_node("Div", [f"{text}_most", STEPS], [f"{text}_step"]),
        helper.make_node("Div", [text, f"{text}_step"], [f"{text}_in_steps"]),
        helper.make_node("QuantizeLinear", [f"{text}_in_steps", ONE, NOUGHT], [f"{text}_u8"]),
    ]


def _product(text: str, name: str) -> list[onnx.NodeProto]:
    """Return the nodes of the product called `name`."""
    return [
        helper.make_node("MatMulInteger", [f"{text}_u8", f"{name}_w", NOUGHT, NOUGHT], [f"{name}_whole"]),
        helper.make_node("Cast", [f"{name}_whole"], [f"{name}_float"], to=onnx.TensorProto.FLOAT),
        helper.make_node("Mul", [f"{name}_float", f"{name}_step"], [f"{name}_scaled"]),
        helper.make_node("Mul", [f"{name}_scaled", f"{text}_step"], [name]),
    ]
