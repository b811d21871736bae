"""A vector may be handed to another process, and is believed only where it is one of the same encoder."""

from __future__ import annotations

import base64

import numpy as np
import onnx
import pytest
from onnx import helper

from content import encoder as module
from content.encoder import Packed, SentenceEncoder, shared_encoder
from content.encoder_graph import without_sign
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


def test_weights_without_sign_change_the_vectors_hardly(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [TEXT, "k", "i dont want to be here any more", "Wie viel kostet das?", "does it hurt? " * 60]
    without = SentenceEncoder().encode(texts)
    monkeypatch.setattr(module, "without_sign", lambda content: content)
    as_filed = SentenceEncoder().encode(texts)
    assert (without * as_filed).sum(axis=1).min() > 0.98


def test_every_product_by_weights_is_of_whole_numbers_without_sign() -> None:
    model = onnx.load_from_string(without_sign(SENTENCE_ENCODER.read()))
    held = {one.name: one.data_type for one in model.graph.initializer}
    products = [node for node in model.graph.node if node.op_type == "MatMulInteger"]
    assert len(products) == 12 * 6  # layers, each with query, key, value, output and two more
    assert {held[node.input[place]] for node in products for place in (1, 3)} == {onnx.TensorProto.UINT8}
    assert [node.op_type for node in model.graph.node].count("MatMul") == 2 * 12  # attention, which has no weights


def test_a_long_message_is_read_to_its_end() -> None:
    story = "and then i went to see another doctor who gave me something else and it did nothing " * 20
    first, second = SentenceEncoder().encode([f"{story} so how much is it", f"{story} so i want to die"])
    assert len(story) > 1500
    assert first @ second < 0.99999


def test_what_all_texts_have_in_common_is_taken_away() -> None:
    vectors = SentenceEncoder().encode(["where can I park", "it lowers your mood", "what time is it", "is this legal"])
    likeness = vectors @ vectors.T - np.eye(4)
    assert likeness.max() < 0.4  # as the model gives them, no two texts are less alike than this


def test_a_model_without_such_weights_is_refused() -> None:
    value = helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [1])
    graph = helper.make_graph([helper.make_node("Identity", ["x"], ["y"])], "g", [value], [value])
    with pytest.raises(ValueError, match="no product by int8 weights"):
        without_sign(helper.make_model(graph).SerializeToString())


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
