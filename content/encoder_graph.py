"""Makes the pinned sentence encoder reckon alike on every processor.

Its file multiplies in whole numbers: weights of eight bits with a sign, texts of eight bits without. Where the two kinds
meet, older processors (AVX2 without VNNI) add up in sixteen bits and overflow, so that vectors would differ from machine
to machine. Here the weights lose their sign: 128 stands for nought. The products are the same, without the overflow.
Why: `docs/decisions/0014-bge-small-as-encoder.md`.
"""

from __future__ import annotations

import numpy as np
import onnx
from onnx import numpy_helper

ARITHMETIC = "u8-by-text-1"
"""Stands for the rounding done here; to be changed with it, since vectors of different rounding are not compared."""
WEIGHTS, NOUGHT = 1, 3  # places among the inputs of MatMulInteger
NO_SIGN = 128


def without_sign(content: bytes) -> bytes:
    """Return the ONNX model `content` with the int8 weights of its products as uint8. Raises ValueError where none is found."""
    model = onnx.load_from_string(content)
    held = {one.name: one for one in model.graph.initializer}
    changed: set[str] = set()
    for node in model.graph.node:
        if node.op_type == "MatMulInteger":
            changed.update(node.input[place] for place in (WEIGHTS, NOUGHT))
    signed = [held[name] for name in changed if name in held and held[name].data_type == onnx.TensorProto.INT8]
    if not signed:
        raise ValueError("The sentence encoder holds no product by int8 weights.")
    for tensor in signed:
        numbers = numpy_helper.to_array(tensor).astype(np.int16) + NO_SIGN
        tensor.CopyFrom(numpy_helper.from_array(numbers.astype(np.uint8), tensor.name))
    return bytes(model.SerializeToString())
