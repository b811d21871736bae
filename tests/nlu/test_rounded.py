"""Products in whole numbers are near those in floating point, and each text's are its own."""

from __future__ import annotations

import numpy as np
import pytest

from content.encoder import Vectors, unit
from nlu.rounded import RoundedExamples


@pytest.fixture
def vectors() -> Vectors:
    return unit(np.random.default_rng(7).normal(size=(300, 384)).astype(np.float32))


def test_they_are_near_the_exact_products(vectors: Vectors) -> None:
    examples, texts = vectors[:280], vectors[270:]
    found = RoundedExamples(examples).products(texts)
    np.testing.assert_allclose(found, texts @ examples.T, atol=0.01)
    assert found.dtype == np.float32


def test_a_text_has_the_same_alone_and_among_others(vectors: Vectors) -> None:
    rounded = RoundedExamples(vectors[:50])
    together = rounded.products(np.concatenate([vectors[50:60] * 3, vectors[60:61]]))
    np.testing.assert_array_equal(together[-1:], rounded.products(vectors[60:61]))


def test_an_example_of_zeros_is_like_nothing(vectors: Vectors) -> None:
    examples = np.concatenate([vectors[:3], np.zeros((1, 384), dtype=np.float32)])
    found = RoundedExamples(examples).products(vectors[:1])
    assert np.isfinite(found).all()
    assert found[0, 3] == pytest.approx(0.0, abs=1e-6)


def test_no_texts_have_no_products(vectors: Vectors) -> None:
    assert RoundedExamples(vectors).products(vectors[:0]).shape == (0, 300)
