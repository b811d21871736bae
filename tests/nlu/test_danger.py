"""The model and the crisis check's readers are two witnesses of danger."""

from __future__ import annotations

import numpy as np
import pytest

from nlu.danger import MOST, joined
from nlu.decision import CRISIS, Decider
from nlu.settings import classifier_settings
from tests.nlu.small_model import CONFIG

DECIDER = Decider(
    ("answer/benefits", "clinical/dosing", "crisis/self_harm", "crisis/abuse"), classifier_settings(CONFIG)["costs"]
)
BELIEF = np.array([0.5, 0.2, 0.2, 0.1])


def danger(odds: float | None) -> float:
    return DECIDER.group_probability(joined(DECIDER, BELIEF, odds), CRISIS)


def test_where_the_readers_did_not_read_the_model_is_believed() -> None:
    assert joined(DECIDER, BELIEF, None) is BELIEF


def test_danger_is_likelier_the_more_the_readers_hear_of_it() -> None:
    heard = [danger(odds) for odds in (-8.0, -4.0, 0.0, 4.0, 8.0)]
    assert heard == sorted(heard)
    assert heard[0] < 0.1 < 0.7 < heard[-1]


def test_readers_that_are_sure_beyond_measure_say_no_more() -> None:
    assert danger(-50.0) == danger(-MOST)
    assert danger(50.0) == danger(MOST) < 1.0


@pytest.mark.parametrize("odds", [-8.0, 0.0, 8.0])
def test_only_how_probable_danger_is_changes(odds: float) -> None:
    found = joined(DECIDER, BELIEF, odds)
    assert found.sum() == pytest.approx(1.0)
    assert found[0] / found[1] == pytest.approx(BELIEF[0] / BELIEF[1])
    assert found[2] / found[3] == pytest.approx(BELIEF[2] / BELIEF[3])
