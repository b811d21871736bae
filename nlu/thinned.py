"""Rehearses real traffic on the training examples alone: texts that are known, and texts that are foreign to every topic.

A part of the examples judges others as they are; a part judges others with their own topic withheld, so that these are
foreign to it. The smaller the part, the further both seem. Why these sizes:
`docs/decisions/0016-known-by-half-foreign-by-a-tenth.md`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import matthews_corrcoef

from content.encoder import Vectors
from nlu.calibration import Labels, Probabilities, familiarity
from nlu.kernel import Kernel, Rows, Scores

CAUTIOUS = (5, 5)
"""Parts for the known and for the foreign that make what is known seem far: for a probability that must not be too sure."""
REALISTIC = (2, 10)
"""Parts that come nearest to three real FAQ bots' traffic (HINT3)."""
MOST_OF_ONE, ENOUGH = 3_000, 1_500
"""Examples that one part judges, at most, and how many judged for each part are enough; more would cost seconds and change
nothing."""
MOST_DEALS = 5
"""How often few examples are dealt into parts anew; by one deal alone a threshold hangs on how it fell."""
NEAR_BEST = 0.005
"""Thresholds with a correlation this little below the best are as good; their mean is surer than the best one."""


@dataclass(frozen=True)
class Rehearsal:
    """`best` topics found of left-out examples with true `labels` and familiarity `known`, and `foreign` ones' familiarity."""

    best: Labels
    labels: Labels
    known: Probabilities
    foreign: Probabilities


@dataclass(frozen=True)
class Examples:
    """What a rehearsal needs: the `kernel`, and `targets` (n, topics), `vectors` (n, 384) and `labels` (n,) of its first n
    texts."""

    kernel: Kernel
    targets: Scores
    vectors: Vectors
    labels: Labels

    def judge(self, inverse: Scores, rows: Rows, rest: Rows) -> tuple[Labels, Labels, Probabilities]:
        """Train on `rows` and return of `rest` the best topics, the true ones and the familiarity; without what `rows` lack."""
        rest = rest[np.isin(self.labels[rest], self.labels[rows])]
        scores = self.kernel.between(rest, rows) @ (inverse @ self.targets[rows])
        return scores.argmax(axis=1), self.labels[rest], familiarity(scores, self._near(rest, rows))

    def judge_withheld(self, inverse: Scores, rows: Rows, rest: Rows) -> Probabilities:
        """Train on `rows` and return the familiarity of `rest`, each to a model that knows nothing of its topic."""
        trained, weights = self.labels[rows], inverse @ self.targets[rows]
        alike, near, found = self.kernel.between(rest, rows), self._near(rest, rows), []
        for topic in np.unique(self.labels[rest]):
            asked = np.flatnonzero(self.labels[rest] == topic)
            drop, keep = np.flatnonzero(trained == topic), np.flatnonzero(trained != topic)
            if not len(keep):
                continue
            without = weights[keep]
            if len(drop):
                corner = np.linalg.solve(inverse[np.ix_(drop, drop)], weights[drop])
                without = without - inverse[np.ix_(keep, drop)] @ corner
            scores = alike[np.ix_(asked, keep)] @ without
            scores[:, topic] = -1.0
            found.append(familiarity(scores, near[np.ix_(asked, keep)]))
        return np.concatenate([*found, np.zeros(0)])

    def _near(self, texts: Rows, rows: Rows) -> Vectors:
        return np.asarray(self.vectors[texts] @ self.vectors[rows].T)


def rehearse(examples: Examples, parts: tuple[int, int], seed: int) -> Rehearsal:
    """Return how left-out examples were judged by one of so many `parts`, and how those of withheld topics."""
    known, foreign = [], []
    for count in sorted(set(parts)):  # where both kinds take parts of one size, what a part learns serves both
        for rows, rest in _splits(examples.labels, seed, count):
            inverse = examples.kernel.inverse(rows)
            if count == parts[0]:
                known.append(examples.judge(inverse, rows, rest))
            if count == parts[1]:
                foreign.append(examples.judge_withheld(inverse, rows, rest))
    best, labels, familiar = (np.concatenate(column) for column in zip(*known, strict=True))
    return Rehearsal(best, labels, familiar, np.concatenate(foreign))


def best_threshold(rehearsal: Rehearsal, foreign_share: float) -> float:
    """Return the familiarity from which accepting gives the best Matthews correlation, or the middle of all such."""
    familiar = np.concatenate([rehearsal.known, rehearsal.foreign])
    grid = np.quantile(familiar, np.linspace(0.02, 0.98, 97))
    curve = np.array([_matthews(rehearsal, threshold, foreign_share) for threshold in grid])
    return float(grid[curve >= curve.max() - NEAR_BEST].mean())


def folds(labels: Labels, seed: int, count: int) -> list[Rows]:
    """Split the rows into `count` parts with about as many of each topic in every part."""
    order = np.random.default_rng(seed).permutation(len(labels))
    order = order[np.argsort(labels[order], kind="stable")]
    return [part for start in range(count) if len(part := order[start::count])]


def _splits(labels: Labels, seed: int, parts: int) -> Iterator[tuple[Rows, Rows]]:
    """Yield examples to train on, one part, and others to judge, until enough are judged."""
    random, judged = np.random.default_rng(seed), 0
    for deal in range(MOST_DEALS):
        for rows in folds(labels, seed + deal, parts):
            rest = random.permutation(np.setdiff1d(np.arange(len(labels)), rows))[:MOST_OF_ONE]
            yield np.sort(rows), np.sort(rest)
            judged += len(rest)
            if judged >= ENOUGH * parts:
                return


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
