"""Scores of examples as if they had been left out, and the probabilities learned from them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from content.encoder import unit
from nlu.decision import TRUTHS, group_of
from nlu.kernel import Kernel, KernelShape
from nlu.stacking import ByTopic, fit_stack

TOPICS = ("answer/a", "answer/b", "clinical/c", "crisis/d", "smalltalk/e", "smalltalk/out_of_scope", "staff/f")


def cloud(count: int = 210) -> tuple[Kernel, np.ndarray, np.ndarray]:
    """Texts around seven points, with their topics and one-hot targets."""
    random = np.random.default_rng(0)
    labels = np.arange(count) % len(TOPICS)
    vectors = unit((random.normal(size=(len(TOPICS), 16))[labels] + random.normal(size=(count, 16))).astype(np.float32))
    lexical = csr_matrix(random.random((count, 5)).astype(np.float32))
    return Kernel.of(vectors, lexical, KernelShape()), labels, np.eye(len(TOPICS), dtype=np.float32)[labels]


def test_scores_of_a_part_are_those_of_a_model_trained_without_it() -> None:
    kernel, labels, targets = cloud()
    parts = [np.array([5, 3, 40, 77]), np.arange(100, 160)]
    _, scores = kernel.fit(targets, parts)
    for rows in parts:
        rest = np.setdiff1d(np.arange(len(labels)), rows)
        system = kernel.between(rest, rest) + kernel.shape.noise * np.eye(len(rest))
        expected = kernel.between(rows, rest) @ np.linalg.solve(system, targets[rest])
        np.testing.assert_allclose(scores[rows], expected, atol=2e-4)
    assert not scores[np.setdiff1d(np.arange(len(labels)), np.concatenate(parts))].any()


def test_the_nearest_example_is_found_for_each_topic() -> None:
    near = np.array([[0.1, 0.9, 0.3, 0.2]], dtype=np.float32)
    np.testing.assert_allclose(ByTopic.of(np.array([2, 0, 2, 0]), 3).nearest(near), [[0.9, -1.0, 0.3]])


def test_probabilities_are_honest_about_examples_that_were_not_seen() -> None:
    kernel, labels, targets = cloud(700)
    parts = [np.arange(start, len(labels), 2) for start in range(2)]
    _, scores = kernel.fit(targets, parts)
    nearness = np.clip(scores, -1.0, 1.0)
    texts = ["do you"] * len(labels)
    learned, judged = parts
    stack = fit_stack(scores[learned], nearness[learned], labels[learned], TOPICS, [texts[row] for row in learned])
    shares = stack.probabilities(scores[judged], nearness[judged], TOPICS, [texts[row] for row in judged])
    np.testing.assert_allclose(shares.sum(axis=1), 1.0)
    right = shares.argmax(axis=1) == labels[judged]
    assert right.mean() == pytest.approx(shares.max(axis=1).mean(), abs=0.06)


def test_topics_without_groups_are_weighed_alone() -> None:
    kernel, labels, targets = cloud()
    _, scores = kernel.fit(targets, [np.arange(len(labels))[::2], np.arange(len(labels))[1::2]])
    stack = fit_stack(scores, scores, labels, [f"bank_{number}" for number in range(len(TOPICS))], [""] * len(labels))
    assert not stack.group_weights.size
    assert {group_of(topic) for topic in TOPICS} == set(TRUTHS)
