"""Rehearses real traffic on the training examples alone: what is asked for real lies further from the examples than
the examples lie from each other.

The model is trained on a third, a fifth and an eighth of the examples and judges the rest twice: as they are, and with
their own topic withheld, so that they are foreign to it. Held against two real FAQ bots' traffic (HINT3), ordinary
cross-validation puts the known texts and the foreign ones too near by the same amount; thinning undoes this.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import matthews_corrcoef

from content.encoder import Vectors
from nlu.calibration import Labels, Probabilities, familiarity
from nlu.kernel import Rows, Scores, inverse_of

PARTS = (3, 5, 8)
MOST_TRIALS = 3_000
"""Judged examples a rehearsal, at most; more would cost seconds and change nothing."""


@dataclass(frozen=True)
class Rehearsal:
    """Left-out examples (`best` topic found, true `labels`, `known` familiarity) and `foreign` ones' familiarity."""

    best: Labels
    labels: Labels
    known: Probabilities
    foreign: Probabilities


def rehearse(
    kernel: Scores, targets: Scores, vectors: Vectors, labels: Labels, noise: float, seed: int
) -> list[Rehearsal]:
    """Return one rehearsal a thinning; `kernel` is the kernel matrix without noise on its diagonal."""
    found = []
    random = np.random.default_rng(seed)
    for parts in PARTS:
        pieces = folds(labels, seed, parts)
        outcomes: list[Rehearsal] = []
        for rows in pieces:
            if sum(len(one.labels) for one in outcomes) < MOST_TRIALS:
                rest = random.permutation(np.setdiff1d(np.arange(len(labels)), rows))[:MOST_TRIALS]
                outcomes.append(_judge(kernel, targets, vectors, labels, noise, np.sort(rows), np.sort(rest)))
        found.append(_joined(outcomes))
    return found


def best_threshold(rehearsals: Sequence[Rehearsal], foreign_share: float) -> float:
    """Return the familiarity from which accepting gives the best Matthews correlation, averaged over the rehearsals."""
    grid = np.quantile(
        np.concatenate([np.concatenate([one.known, one.foreign]) for one in rehearsals]), np.linspace(0.02, 0.98, 97)
    )
    curves = [[_matthews(one, threshold, foreign_share) for threshold in grid] for one in rehearsals]
    return float(grid[int(np.argmax(np.mean(curves, axis=0)))])


def folds(labels: Labels, seed: int, count: int) -> list[Rows]:
    """Split the rows into `count` parts with about as many of each topic in every part."""
    order = np.random.default_rng(seed).permutation(len(labels))
    order = order[np.argsort(labels[order], kind="stable")]
    return [part for start in range(count) if len(part := order[start::count])]


def _judge(
    kernel: Scores, targets: Scores, vectors: Vectors, labels: Labels, noise: float, rows: Rows, rest: Rows
) -> Rehearsal:
    """Train on `rows` and judge `rest`."""
    inverse = inverse_of(kernel[np.ix_(rows, rows)], noise)
    weights = inverse @ targets[rows]
    outer, near = kernel[np.ix_(rest, rows)], vectors[rest] @ vectors[rows].T
    scores = outer @ weights
    seen = np.isin(labels[rest], labels[rows])
    known = familiarity(scores, near)
    foreign = list(_withheld(inverse, weights, outer, near, labels[rest], labels[rows]))
    return Rehearsal(scores.argmax(axis=1)[seen], labels[rest][seen], known[seen], np.concatenate(foreign))


def _withheld(
    inverse: Scores, weights: Scores, outer: Scores, near: Vectors, asked: Labels, trained: Labels
) -> Iterator[Probabilities]:
    for topic in np.unique(asked):
        texts, drop, keep = asked == topic, np.flatnonzero(trained == topic), np.flatnonzero(trained != topic)
        without = weights[keep]
        if len(drop):
            without = without - inverse[np.ix_(keep, drop)] @ np.linalg.solve(
                inverse[np.ix_(drop, drop)], weights[drop]
            )
        scores = outer[np.ix_(texts, keep)] @ without
        scores[:, topic] = -1.0
        yield familiarity(scores, near[np.ix_(texts, keep)])


def _joined(parts: Sequence[Rehearsal]) -> Rehearsal:
    return Rehearsal(
        np.concatenate([part.best for part in parts]),
        np.concatenate([part.labels for part in parts]),
        np.concatenate([part.known for part in parts]),
        np.concatenate([part.foreign for part in parts]),
    )


def _matthews(one: Rehearsal, threshold: float, foreign_share: float) -> float:
    """Matthews correlation when texts of at least `threshold` are accepted; foreign is one more class, -1."""
    truth = np.concatenate([one.labels, np.full(len(one.foreign), -1)])
    guess = np.concatenate(
        [
            np.where(one.known >= threshold, one.best, -1),
            np.where(one.foreign >= threshold, -2, -1),
        ]
    )
    weight = np.concatenate(
        [
            np.full(len(one.known), (1.0 - foreign_share) / len(one.known)),
            np.full(len(one.foreign), foreign_share / len(one.foreign)),
        ]
    )
    return float(matthews_corrcoef(truth, guess, sample_weight=weight))
