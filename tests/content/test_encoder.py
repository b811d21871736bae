"""A vector may be handed to another process, and is believed only where it is one of the same encoder."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from content.encoder import Packed, SentenceEncoder, shared_encoder

TEXT = "will I be able to drive home"


@pytest.fixture(scope="module")
def packed() -> Packed:
    shared_encoder().encode([TEXT])
    return shared_encoder().packed(TEXT)


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
