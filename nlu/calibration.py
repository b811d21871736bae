"""Tells the known from the unknown: how probable it is that a text belongs to any topic at all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from content.encoder import Vectors
from nlu.kernel import Scores

Probabilities = npt.NDArray[np.float64]
Labels = npt.NDArray[np.intp]
NEAREST = 2


def familiarity(scores: Scores, near: Vectors) -> Probabilities:
    """Return how much each text is like what is known, about 0 (foreign) to 1 (an example itself).

    It is the mean cosine with the `NEAREST` examples times the root of the best topic's score: the model must be confident
    and examples must be near. Two of them, since one may be near by chance. `near` holds the cosines (texts, examples).
    """
    nearest = highest(near, NEAREST)[1].mean(axis=1)
    return np.asarray(np.clip(nearest, 0.0, 1.0) * np.sqrt(np.clip(scores.max(axis=1), 0.0, 1.5)), dtype=np.float64)


def highest(near: Vectors, count: int) -> tuple[Labels, Vectors]:
    """Return the places (texts, count) of the highest of `near` (texts, examples), best first, and their values; fewer
    where there are fewer.

    A few passes for the one highest take a twentieth of the time that a partition does.
    """
    rows = np.arange(len(near))
    count = min(count, near.shape[1])
    places, values = np.empty((len(near), count), dtype=np.intp), np.empty((len(near), count), dtype=near.dtype)
    left = near.copy()
    for rank in range(count):
        places[:, rank] = left.argmax(axis=1)
        values[:, rank] = left[rows, places[:, rank]]
        left[rows, places[:, rank]] = -np.inf
    return places, values


@dataclass(frozen=True)
class Knowledge:
    """Whether a text belongs to any topic at all, judged by its familiarity.

    `slope` and `bias` give the probability.
    """

    slope: float
    bias: float

    def probability(self, familiar: Probabilities) -> Probabilities:
        """Return the probability that a text of this familiarity belongs to a topic."""
        return np.asarray(1.0 / (1.0 + np.exp(-(self.slope * familiar + self.bias))))


def fit_knowledge(known: Probabilities, foreign: Probabilities, foreign_share: float) -> Knowledge:
    """Fit on the familiarity of left-out examples and of examples of left-out topics.

    Args:
        foreign_share: how much of what arrives is foreign, 0 to 1; the two kinds are weighted accordingly.
    """
    familiar = np.concatenate([known, foreign])[:, None]
    target = np.concatenate([np.ones(len(known)), np.zeros(len(foreign))])
    weight = np.where(target == 1.0, (1.0 - foreign_share) / len(known), foreign_share / len(foreign)) * len(target)
    model = LogisticRegression(C=1000.0).fit(familiar, target, sample_weight=weight)
    return Knowledge(float(model.coef_[0, 0]), float(model.intercept_[0]))
