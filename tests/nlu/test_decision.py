"""What is done follows from the costs, not from the most probable topic."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pytest

from nlu.decision import OUT_OF_SCOPE, UNSURE, CostError, Decider, group_of
from nlu.settings import classifier_settings

CONFIG = Path(__file__).resolve().parents[2] / "config.yml"
COSTS = classifier_settings(CONFIG)["costs"]
TOPICS = (
    "answer/what_is_it",
    "operational/cost",
    "clinical/medication",
    "clinical/dosing",
    "crisis/self_harm",
    "staff/no_approved_answer",
    OUT_OF_SCOPE,
)


def belief(**shares: float) -> np.ndarray:
    named = {topic.partition("/")[2]: index for index, topic in enumerate(TOPICS)}
    values = np.zeros(len(TOPICS))
    for name, share in shares.items():
        values[named[name]] = share
    return values


@pytest.fixture
def decider() -> Decider:
    return Decider(TOPICS, COSTS)


def test_it_answers_what_it_is_sure_of(decider: Decider) -> None:
    assert decider.choose(belief(cost=0.99, what_is_it=0.01)).intent == "operational/cost"


def test_it_does_not_answer_when_clinical_is_unlikely_but_possible(decider: Decider) -> None:
    chosen = decider.choose(belief(cost=0.7, medication=0.2, dosing=0.1))
    assert group_of(chosen.intent) != "general"


def test_clinical_topics_count_together(decider: Decider) -> None:
    split = decider.choose(belief(what_is_it=0.34, medication=0.33, dosing=0.33))
    assert split.intent.startswith("clinical/")


def test_a_possible_crisis_outweighs_a_probable_question(decider: Decider) -> None:
    doubtful = decider.choose(belief(what_is_it=0.55, self_harm=0.45))
    assert group_of(doubtful.intent) in ("clinical", "crisis")
    probable = decider.choose(belief(what_is_it=0.25, self_harm=0.75))
    assert probable.intent == "crisis/self_harm"


def test_it_asks_back_between_two_general_topics(decider: Decider) -> None:
    assert decider.choose(belief(cost=0.45, what_is_it=0.45, no_approved_answer=0.1)).intent == UNSURE


def test_what_the_model_does_not_know_counts_as_foreign(decider: Decider) -> None:
    joined = decider.belief(belief(cost=1.0), known=0.25)
    assert joined[TOPICS.index(OUT_OF_SCOPE)] == pytest.approx(0.75)
    assert joined.sum() == pytest.approx(1.0)


def test_it_names_the_missing_cost() -> None:
    costs = copy.deepcopy(COSTS)
    del costs["clinical"]["general"]
    with pytest.raises(CostError, match="costs: clinical: general"):
        Decider(TOPICS, costs)


@pytest.mark.parametrize("wrong", [-1, "high", True, None])
def test_it_refuses_an_impossible_cost(wrong: object) -> None:
    costs = copy.deepcopy(COSTS)
    costs["crisis"]["clarify"] = wrong
    with pytest.raises(CostError, match="costs: crisis: clarify"):
        Decider(TOPICS, costs)


def test_the_shipped_costs_put_answered_danger_worst_and_then_an_answered_clinical_message() -> None:
    harmless = [cost for name, row in COSTS.items() if name not in ("clinical", "crisis") for cost in row.values()]
    assert COSTS["crisis"]["general"] == max(COSTS["crisis"].values()) > COSTS["clinical"]["general"]
    assert COSTS["clinical"]["general"] == max(COSTS["clinical"].values()) > max(harmless)
    assert COSTS["general"]["clinical"] < COSTS["general"]["general"]
