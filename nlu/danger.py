"""Joins what the topic model and the crisis check's readers think of danger: two witnesses of one message."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from nlu.calibration import Probabilities
from nlu.decision import CRISIS, Decider

READERS, ADDED, MOST = 0.25, 0.1, 8.0
"""What the readers' log odds (at most `MOST` either way) count beside the model's, and what is added. They count a quarter,
because both witnesses read the same words. Chosen on training examples that neither had seen, so that as much danger raises
the alarm as before: `docs/decisions/0015-two-witnesses-of-danger.md`."""


class Danger(Protocol):
    """A sign of danger in a text; `kind` is a topic of `crisis`, `reason` one plain sentence."""

    @property
    def kind(self) -> str: ...

    @property
    def reason(self) -> str: ...


class Look(Protocol):
    """What the crisis check sees: signs of danger, and its readers' log odds of danger, None where they did not read."""

    @property
    def findings(self) -> Sequence[Danger]: ...

    @property
    def odds(self) -> float | None: ...


class DangerCheck(Protocol):
    """The crisis check that needs no topic model."""

    def look(self, text: str) -> Look: ...


def joined(decider: Decider, belief: Probabilities, odds: float | None) -> Probabilities:
    """Return `belief` with the probability of danger that the model and the readers' `odds` have together."""
    if odds is None:
        return belief
    times = math.exp(READERS * min(max(odds, -MOST), MOST) + ADDED)
    both = belief * np.array([times if group == CRISIS else 1.0 for group in decider.groups])
    return np.asarray(both / both.sum())
