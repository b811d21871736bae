"""Turns scores into honest probabilities by stacked generalisation: two small linear models learn from scores of
examples that the kernel model had not seen.

The first weighs, for each topic, its score against the nearest known example. The second weighs the cost groups
(general, clinical, crisis, ...) against each other with what the first says and what else a text shows: own medicines,
doses, its length, who it speaks of. Topics without groups, as a benchmark's, have the first alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import logsumexp
from sklearn.linear_model import LogisticRegression

from nlu.calibration import Labels, Probabilities
from nlu.decision import TRUTHS, group_of
from nlu.kernel import Scores
from nlu.text_features import text_features

Numbers = npt.NDArray[np.float64]
EVIDENCE = 4
"""Features of a topic: its score, the score's root, the cosine with its nearest example, and that to the third power."""
BIAS_PENALTY = 0.002
GROUP_STRENGTH = 0.1
STEPS = 60


@dataclass(frozen=True)
class Stack:
    """`evidence` (4,) weighs a topic's features, `bias` (topics,) its frequency.

    `group_weights` (features, groups) with `group_bias` (groups,) judge the groups; empty where topics have none.
    """

    evidence: Numbers
    bias: Numbers
    group_weights: Numbers
    group_bias: Numbers

    def probabilities(
        self, scores: Scores, nearness: Scores, topics: Sequence[str], texts: Sequence[str]
    ) -> Probabilities:
        """Return (texts, topics) probabilities. `nearness` holds the cosine with each topic's nearest example."""
        shares = _softmax(_features(scores, nearness) @ self.evidence + self.bias)
        if not self.group_weights.size:
            return shares
        groups = _membership(tuple(topics))
        features = _group_features(shares, scores, nearness, groups, texts)
        return _regrouped(shares, groups, _softmax(features @ self.group_weights + self.group_bias))


def fit_stack(scores: Scores, nearness: Scores, labels: Labels, topics: Sequence[str], texts: Sequence[str]) -> Stack:
    """Fit on scores of left-out examples; `labels` are their topics' places in `topics`."""
    evidence, bias = _fit_evidence(_features(scores, nearness), labels)
    groups = _membership(tuple(topics))
    wanted = groups.argmax(axis=0)[labels]
    if len(np.unique(wanted)) < len(TRUTHS):
        return Stack(evidence, bias, np.zeros((0, 0)), np.zeros(0))
    shares = _softmax(_features(scores, nearness) @ evidence + bias)
    features = _group_features(shares, scores, nearness, groups, texts)
    middle, spread = features.mean(axis=0), features.std(axis=0) + 1e-6
    model = LogisticRegression(C=GROUP_STRENGTH, max_iter=400).fit((features - middle) / spread, wanted)
    weights = (model.coef_ / spread).T
    return Stack(evidence, bias, weights, model.intercept_ - middle @ weights)


@dataclass(frozen=True)
class ByTopic:
    """Examples sorted by topic: `order` (examples,) are their places, `present` the topics that have any, `starts` where
    each of those begins; `topics` counts all."""

    order: Labels
    present: Labels
    starts: Labels
    topics: int

    @classmethod
    def of(cls, labels: Labels, topics: int) -> ByTopic:
        order = np.argsort(labels, kind="stable")
        present, starts = np.unique(labels[order], return_index=True)
        return cls(order, present, starts, topics)

    def nearest(self, near: Scores) -> Scores:
        """Return (texts, topics) the highest of `near` (texts, examples) among each topic's examples, -1 where it has none."""
        found = np.full((len(near), self.topics), -1.0, dtype=np.float32)
        found[:, self.present] = np.maximum.reduceat(near[:, self.order], self.starts, axis=1)
        return found


def _features(scores: Scores, nearness: Scores) -> Numbers:
    """Return (texts, topics, 4). The root makes a difference between low scores count more than between high ones."""
    score, near = scores.astype(np.float64), nearness.astype(np.float64)
    return np.stack([score, np.sqrt(np.clip(score, 0.0, 2.0)), near, near**3], axis=2)


def _fit_evidence(features: Numbers, labels: Labels) -> tuple[Numbers, Numbers]:
    """Fit a conditional logistic regression: weights that all topics share, and a bias for each."""
    rows = np.arange(len(labels))

    def loss(weights: Numbers) -> tuple[float, Numbers]:
        odds = features @ weights[:EVIDENCE] + weights[EVIDENCE:]
        total = logsumexp(odds, axis=1)
        surplus = np.exp(odds - total[:, None])
        surplus[rows, labels] -= 1.0
        slope = np.concatenate([np.einsum("nt,ntk->k", surplus, features), surplus.sum(axis=0)]) / len(labels)
        slope[EVIDENCE:] += 2 * BIAS_PENALTY * weights[EVIDENCE:]
        surprise = float(np.mean(total - odds[rows, labels]))
        return surprise + BIAS_PENALTY * float(np.sum(weights[EVIDENCE:] ** 2)), slope

    start = np.concatenate([[15.0], np.zeros(EVIDENCE - 1 + features.shape[1])])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": STEPS}).x
    return found[:EVIDENCE], found[EVIDENCE:]


@cache
def _membership(topics: tuple[str, ...]) -> npt.NDArray[np.bool_]:
    """Return (groups, topics): which topic belongs to which cost group."""
    names = np.array([group_of(topic) for topic in topics])
    return np.stack([names == group for group in TRUTHS])


def _group_features(
    shares: Probabilities, scores: Scores, nearness: Scores, groups: npt.NDArray[np.bool_], texts: Sequence[str]
) -> Numbers:
    """Return (texts, features): by group its log probability, best and summed scores and nearest example; then the text's own."""
    columns = [
        np.log(shares @ groups.T + 1e-5),
        np.stack([scores[:, group].max(axis=1) for group in groups], axis=1),
        np.stack([nearness[:, group].max(axis=1) for group in groups], axis=1),
        np.clip(scores, 0.0, None) @ groups.T,
        text_features(texts),
    ]
    return np.concatenate(columns, axis=1, dtype=np.float64)


def _regrouped(shares: Probabilities, groups: npt.NDArray[np.bool_], wanted: Probabilities) -> Probabilities:
    """Scale `shares` so that each group has the probability that is `wanted` (texts, groups)."""
    scale = wanted / np.maximum(shares @ groups.T, 1e-9)
    scaled = shares * (scale @ groups)
    return np.asarray(scaled / scaled.sum(axis=1, keepdims=True))


def _softmax(odds: Numbers) -> Probabilities:
    shares = np.exp(odds - odds.max(axis=1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))
