"""Rehearsals find where the known ends, from the training examples alone."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from content.encoder import Vectors, unit
from nlu.calibration import Labels
from nlu.kernel import Kernel, KernelShape
from nlu.thinned import REALISTIC, Examples, Rehearsal, best_threshold, folds, rehearse

TOPICS, EACH = 6, 12


def examples(spread: float) -> Examples:
    """Topics of made-up vectors around a middle of their own; `spread` says how far they lie from it."""
    random = np.random.default_rng(1)
    middles = unit(random.normal(size=(TOPICS, 384)).astype(np.float32))
    labels: Labels = np.repeat(np.arange(TOPICS), EACH)
    away: Vectors = random.normal(size=(len(labels), 384)).astype(np.float32) * spread / np.sqrt(384)
    return of(unit(middles[labels] + away), labels)


def of(vectors: Vectors, labels: Labels) -> Examples:
    no_words = csr_matrix((len(vectors), 1), dtype=np.float32)
    kernel = Kernel.of(vectors, no_words, KernelShape())
    return Examples(kernel, np.eye(TOPICS, dtype=np.float32)[labels], vectors, labels)


def test_known_texts_are_more_familiar_than_those_of_a_withheld_topic() -> None:
    found = rehearse(examples(spread=0.5), REALISTIC, seed=0)
    assert np.mean(found.best == found.labels) > 0.95
    assert np.quantile(found.known, 0.05) > np.quantile(found.foreign, 0.95)


def test_the_threshold_lies_between_the_known_and_the_foreign() -> None:
    found = rehearse(examples(spread=0.5), REALISTIC, seed=0)
    threshold = best_threshold(found, foreign_share=0.5)
    assert np.mean(found.known >= threshold) > 0.95
    assert np.mean(found.foreign < threshold) > 0.95


def test_the_more_is_foreign_the_stricter_is_the_threshold() -> None:
    found = rehearse(examples(spread=2.0), REALISTIC, seed=0)
    assert best_threshold(found, foreign_share=0.9) > best_threshold(found, foreign_share=0.1)


def test_of_equally_good_thresholds_the_middle_is_taken() -> None:
    known, foreign = np.linspace(0.8, 0.9, 50), np.linspace(0.1, 0.2, 50)
    one = Rehearsal(np.zeros(50, dtype=np.intp), np.zeros(50, dtype=np.intp), known, foreign)
    assert 0.2 < best_threshold(one, foreign_share=0.5) <= 0.81


def test_a_topic_with_a_single_example_does_no_harm() -> None:
    whole = examples(spread=0.5)
    rows = np.concatenate([np.arange(2 * EACH), [2 * EACH]])
    found = rehearse(of(whole.vectors[rows], whole.labels[rows]), REALISTIC, seed=0)
    assert set(found.labels) <= {0, 1, 2}
    assert np.isfinite(found.known).all()
    assert np.isfinite(found.foreign).all()


@pytest.mark.parametrize("count", [2, 10])
def test_folds_hold_each_row_once(count: int) -> None:
    labels = np.repeat(np.arange(3), [5, 9, 30])
    parts = folds(labels, 0, count)
    assert sorted(np.concatenate(parts)) == list(range(len(labels)))
    assert all(np.sum(labels[part] == 2) in (30 // count, -(-30 // count)) for part in parts)
