"""Chooses what to do with a message by expected cost: errors are not equal, and `config.yml` says how unequal.

Costs have a row for what a message really is and a column for what is done. Groups: `general` (answer and operational
topics), `smalltalk`, `foreign` (nothing to do with the clinic), `clinical`, `crisis`, `staff`; what is done may also be
`clarify`. The right topic costs nothing; a cell of equal names is the cost of another topic of the same group.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nlu.calibration import Probabilities

GENERAL, SMALLTALK, FOREIGN, CLINICAL, CRISIS, STAFF, CLARIFY = (
    "general", "smalltalk", "foreign", "clinical", "crisis", "staff", "clarify",
)  # fmt: skip
TRUTHS = (GENERAL, SMALLTALK, FOREIGN, CLINICAL, CRISIS, STAFF)
DEEDS = (*TRUTHS, CLARIFY)
OUT_OF_SCOPE = "smalltalk/out_of_scope"
UNSURE = "clarify/unsure"

Costs = Mapping[str, Mapping[str, float]]


class CostError(ValueError):
    """The costs of config.yml are incomplete or impossible. The text names the cell."""


def group_of(topic: str) -> str:
    """Return the cost group of an `outcome/topic`; names of any other form count as general (benchmarks)."""
    if topic == OUT_OF_SCOPE:
        return FOREIGN
    outcome = topic.partition("/")[0]
    return outcome if outcome in (SMALLTALK, CLINICAL, CRISIS, STAFF) else GENERAL


@dataclass(frozen=True)
class Choice:
    """What to do: `intent` (`outcome/topic`, or `clarify/unsure`), its `cost`, and the `probability` it is right."""

    intent: str
    probability: float
    cost: float


class Decider:
    """Holds the costs of every deed for every topic that a message may really be of."""

    def __init__(self, topics: Sequence[str], costs: Costs) -> None:
        """Build the table. Raises CostError."""
        _check(costs)
        self.topics = tuple(topics)
        self.groups = tuple(group_of(topic) for topic in topics)
        self._deeds = (*self.topics, UNSURE)
        deed_groups = (*self.groups, CLARIFY)
        self._table = np.array([
            [0.0 if deed == topic else float(costs[group][deed_group]) for deed, deed_group in zip(self._deeds, deed_groups, strict=True)]
            for topic, group in zip(self.topics, self.groups, strict=True)
        ])  # fmt: skip

    def belief(self, shares: Probabilities, known: float) -> Probabilities:
        """Return the topics' probabilities where what the model does not know counts as foreign, if there is such."""
        belief = shares * known
        if OUT_OF_SCOPE in self.topics:
            belief[self.topics.index(OUT_OF_SCOPE)] += 1.0 - known
            return np.asarray(belief)
        return np.asarray(shares)

    def ranking(self, belief: Probabilities, length: int) -> tuple[tuple[str, float], ...]:
        """Return the most probable topics with their probabilities, best first."""
        order = belief.argsort()[::-1][:length]
        return tuple((self.topics[index], round(float(belief[index]), 4)) for index in order)

    def choose(self, belief: Probabilities) -> Choice:
        """Return the cheapest deed for these topic probabilities."""
        expected = belief @ self._table
        cheapest = int(np.argmin(expected))
        probability = float(belief[cheapest]) if cheapest < len(self.topics) else float(belief.max())
        return Choice(self._deeds[cheapest], probability, float(expected[cheapest]))

    def group_probability(self, belief: Probabilities, *groups: str) -> float:
        """Return the probability that the message is of any topic of `groups`."""
        return float(sum(value for value, name in zip(belief, self.groups, strict=True) if name in groups))


def _check(costs: Costs) -> None:
    for truth in TRUTHS:
        for deed in DEEDS:
            value = costs.get(truth, {}).get(deed)
            if not isinstance(value, (int, float)) or isinstance(value, bool) or value < 0:
                raise CostError(f"config.yml: costs: {truth}: {deed}: must be a number of at least 0, not {value!r}.")
