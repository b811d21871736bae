"""A message is weighed against its parts."""

from __future__ import annotations

import numpy as np
import pytest

from nlu.calibration import Probabilities
from nlu.decision import UNSURE, Decider
from nlu.parts import weigh
from nlu.settings import classifier_settings
from tests.nlu.small_model import CONFIG

DECIDER = Decider(
    ("operational/cost", "operational/contact", "answer/setting", "clinical/diagnosis"),
    classifier_settings(CONFIG)["costs"],
)
UNSURE_WHOLE = np.array([0.35, 0.3, 0.25, 0.1])
COST = np.array([0.97, 0.01, 0.01, 0.01])
HARMLESS = np.array([0.4, 0.3, 0.25, 0.05])
PERHAPS_GRAVE = np.array([0.3, 0.25, 0.2, 0.25])


@pytest.mark.parametrize(("other", "intent"), [(HARMLESS, "operational/cost"), (PERHAPS_GRAVE, UNSURE)])
def test_one_part_is_answered_where_no_other_may_be_grave(other: Probabilities, intent: str) -> None:
    parts = [("what does it cost", COST), ("and what does ALT 96 mean", other)]
    assert weigh(DECIDER, UNSURE_WHOLE, parts).choice.intent == intent


def test_a_second_general_question_is_kept() -> None:
    contact = np.array([0.01, 0.97, 0.01, 0.01])
    found = weigh(DECIDER, COST, [("what does it cost", COST), ("what is your number", contact)])
    assert (found.choice.intent, found.also) == ("operational/cost", ("operational/contact",))


def test_a_question_counts_sooner_than_a_grave_part() -> None:
    fairly = np.array([0.2, 0.75, 0.03, 0.02])
    found = weigh(DECIDER, COST, [("what does it cost", COST), ("how do I reach you", fairly)])
    assert found.also == ("operational/contact",)
    grave = np.array([0.2, 0.03, 0.02, 0.75])
    found = weigh(DECIDER, COST, [("what does it cost", COST), ("is it ADHD", grave)])
    assert found.choice.intent == "operational/cost"
