"""A vector may be handed to another process, and is believed only where it is one of the same encoder."""

from __future__ import annotations

import base64

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import helper

from content import encoder as module
from content.encoder import Packed, SentenceEncoder, shared_encoder
from content.encoder_graph import in_whole_numbers
from content.pinned import SENTENCE_ENCODER

TEXT = "will I be able to drive home"


@pytest.fixture(scope="module")
def packed() -> Packed:
    shared_encoder().encode([TEXT])
    return shared_encoder().packed(TEXT)


def test_a_text_has_the_same_vector_alone_and_among_others() -> None:
    others = ["ok", "is it safe to take this with what my doctor gave me for my heart last spring " * 5, "x " * 300]
    alone = SentenceEncoder().encode([TEXT])
    np.testing.assert_array_equal(SentenceEncoder().encode([*others, TEXT])[-1:], alone)


def test_whole_numbers_change_the_vectors_hardly(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [TEXT, "k", "i dont want to be here any more", "Wie viel kostet das?", "does it hurt? " * 60]
    whole = SentenceEncoder().encode(texts)
    monkeypatch.setattr(module, "in_whole_numbers", lambda content: content)
    as_filed = SentenceEncoder().encode(texts)
    assert (whole * as_filed).sum(axis=1).min() > 0.98
    assert (whole != as_filed).any(axis=1).all()


def test_every_product_by_the_weights_is_of_whole_numbers() -> None:
    model = onnx.load_from_string(in_whole_numbers(SENTENCE_ENCODER.read()))
    kinds = [node.op_type for node in model.graph.node]
    assert kinds.count("MatMulInteger") == 6 * 6  # layers, each with query, key, value, output and two more
    assert kinds.count("MatMul") == 2 * 6  # attention, which has no weights
    onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])


def test_a_model_without_such_weights_is_refused() -> None:
    value = helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [1])
    graph = helper.make_graph([helper.make_node("Identity", ["x"], ["y"])], "g", [value], [value])
    with pytest.raises(ValueError, match="no product by int8 weights"):
        in_whole_numbers(helper.make_model(graph).SerializeToString())


def test_a_text_that_was_not_read_has_no_vector() -> None:
    assert shared_encoder().packed("nobody ever said this") == {}


def test_what_is_remembered_is_not_computed_again(packed: Packed, monkeypatch: pytest.MonkeyPatch) -> None:
    other = SentenceEncoder()
    assert other.remember(packed)
    monkeypatch.setattr(other, "_encode", lambda texts: np.zeros((len(texts), 384), dtype=np.float32))
    np.testing.assert_array_equal(other.encode([TEXT]), shared_encoder().encode([TEXT]))
    assert not other.encode(["another text"]).any()


def _numbers(vector: list[float]) -> str:
    return base64.b64encode(np.array(vector, dtype="<f4").tobytes()).decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"encoder": "another"},
        {"text": "no hash"},
        {"numbers": "%%%"},
        {"numbers": _numbers([1.0])},
        {"numbers": _numbers([1.0] * 384)},
        {"numbers": _numbers([float("nan")] * 384)},
        {"numbers": None},
    ],
)
def test_what_is_no_vector_of_this_encoder_is_left_out(packed: Packed, wrong: Packed) -> None:
    other = SentenceEncoder()
    assert not other.remember({**packed, **wrong})
    assert not other.remember({})
    assert other.packed(TEXT) == {}
