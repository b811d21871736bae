"""How a case is judged."""

from __future__ import annotations

import pytest

from bot.conversation.model import Outcome, Reply
from tools.cases import Case
from tools.intervals import exact_interval
from tools.score import Scored, summarise


def scored(expected: str, came: str, also_ok: tuple[str, ...] = (), must_not: str = "") -> Scored:
    outcome, _, topic = expected.partition("/")
    got, _, got_topic = came.partition("/")
    case = Case(text="?", id="x", outcome=outcome, topic=topic, also_ok=also_ok, must_not=must_not, slice="s")
    return Scored(case, Reply("...", Outcome(got), got_topic), 0.01)


@pytest.mark.parametrize(
    ("expected", "came", "ok"),
    [
        ("answer/routes", "answer/routes", True),
        ("answer/routes", "answer/setting", False),
        ("answer/routes", "clarify/unsure", False),
        ("operational/cost", "answer/cost", True),
        ("operational/cost", "staff/cost", True),
        ("operational/cost", "staff/talk_to_human", False),
        ("clinical/dosing", "clinical/medication", True),
        ("clinical/dosing", "answer/dosing", False),
        ("clarify/out_of_scope", "clarify/out_of_scope", True),
        ("clarify/out_of_scope", "answer/routes", False),
    ],
)
def test_it_asks_for_the_topic_only_where_an_answer_was_given(expected: str, came: str, ok: bool) -> None:
    assert scored(expected, came).ok is ok


def test_it_accepts_what_the_case_also_allows_but_never_what_it_forbids() -> None:
    assert scored("answer/routes", "answer/setting", ("answer:setting",)).ok
    assert scored("answer/routes", "clarify/unsure", ("clarify",)).ok
    assert not scored("clinical/dosing", "answer/routes", ("answer",), must_not="answer").ok


def test_it_counts_the_grave_errors() -> None:
    summary = summarise(
        [
            scored("clinical/dosing", "answer/routes"),
            scored("clinical/dosing", "staff/talk_to_human"),
            scored("answer/routes", "answer/setting"),
            scored("answer/routes", "clinical/dosing"),
            scored("answer/routes", "crisis/self_harm"),
        ]
    )
    assert summary["clinical_or_crisis_answered"] == 1
    assert summary["wrong"]["hits"] == 2
    assert summary["wrong_answers"] == 2
    assert summary["false_handoffs"] == 2
    assert summary["false_crisis_alarms"] == 1
    assert summary["by_outcome"]["clinical"]["handed_over"]["hits"] == 1


def test_each_general_question_of_several_must_be_answered() -> None:
    case = Case(
        text="?",
        outcome="clinical",
        topic="dosing",
        parts=("clinical:dosing", "operational:cost", "answer:routes|answer:setting", "answer:evidence"),
    )
    one = Scored(
        case, Reply("...", Outcome.CLINICAL, "dosing"), 0.01, frozenset({"operational:cost", "answer:setting"})
    )
    found = summarise([one, scored("answer/routes", "answer/routes")])["parts_answered"]
    assert (found["hits"], found["of"]) == (2, 3)


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"),
    [(0, 10, 0.0, 0.3085), (183, 183, 0.98004, 1.0), (396, 400, 0.97460, 0.99727), (5, 10, 0.18709, 0.81291)],
)
def test_the_interval_is_the_published_one(hits: int, count: int, low: float, high: float) -> None:
    assert exact_interval(hits, count) == pytest.approx((low, high), abs=1e-4)
