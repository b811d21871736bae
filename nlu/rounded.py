"""The products of a text's vector with all examples, in whole numbers: a fifth of the time that floating point takes.

With tens of thousands of examples the time goes into fetching them from memory, and rounded to 255 steps they are a
quarter as long. A product of unit vectors is off by 0.0004 in the mean and 0.003 at most; in 400 evaluation messages no
topic changed place with another by it.
"""

from __future__ import annotations

import numpy as np
import onnxruntime
from onnx import ModelProto, TensorProto, helper, numpy_helper

from content.encoder import Vectors

NOUGHT, STEPS = 128, 127
OPERATORS, LANGUAGE = 13, 8
"""Versions of ONNX that the runtimes of both environments know."""


class RoundedExamples:
    """Holds the rounded `examples` (n, dimensions), unit vectors. Thread-safe."""

    def __init__(self, examples: Vectors) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._count = len(examples)
        self._session = onnxruntime.InferenceSession(
            _product_with(examples).SerializeToString(), options, providers=["CPUExecutionProvider"]
        )

    def products(self, vectors: Vectors) -> Vectors:
        """Return (texts, n) products of unit `vectors` (texts, dimensions), each rounded by itself."""
        found = np.empty((len(vectors), self._count), dtype=np.float32)
        for row in range(len(vectors)):
            found[row] = self._session.run(None, {"text": vectors[row : row + 1]})[0]
        return found


def _product_with(examples: Vectors) -> ModelProto:
    steps = np.maximum(np.abs(examples).max(axis=1), np.finfo(np.float32).tiny) / STEPS
    numbers = (np.rint(examples / steps[:, None]) + NOUGHT).astype(
        np.uint8
    )  # without sign: see content/encoder_graph.py
    held = {
        "examples": np.ascontiguousarray(numbers.T),
        "steps": steps.astype(np.float32),
        "nought": np.full(len(examples), NOUGHT, dtype=np.uint8),
    }
    graph = helper.make_graph(
        [helper.make_node("DynamicQuantizeMatMul", ["text", *held], ["products"], domain="com.microsoft")],
        "products",
        [helper.make_tensor_value_info("text", TensorProto.FLOAT, [None, examples.shape[1]])],
        [helper.make_tensor_value_info("products", TensorProto.FLOAT, [None, len(examples)])],
        [numpy_helper.from_array(values, name) for name, values in held.items()],
    )
    versions = [helper.make_opsetid("", OPERATORS), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(graph, opset_imports=versions, ir_version=LANGUAGE)
