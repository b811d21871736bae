"""A handoff that is open is raised, never lowered, by what comes after."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.conversation.model import Entity, HandoffMark, Urgency
from bot.handoff.model import Handoff, HandoffState
from bot.handoff.opening import ATTACHMENT, FAILURE, OUTAGE, UNCLEAR, raised
from tests.support.plain import NOON

SERTRALINE = Entity("medicine", "sertraline", 7, 17)
OPEN = Handoff(
    "h", "c", "website", "medication", "A medicine.", Urgency.NORMAL, HandoffState.OPEN, (SERTRALINE,), NOON, "text"
)


def test_danger_raises_it_and_asks_for_a_new_look() -> None:
    seen = replace(OPEN, acknowledged_at=NOON)
    now = raised(seen, HandoffMark("self_harm", "Danger.", Urgency.URGENT), ())
    assert (now.urgency, now.kind, now.reason, now.acknowledged_at) == (Urgency.URGENT, "self_harm", "Danger.", None)


def test_an_urgent_mark_without_a_telling_kind_keeps_what_is_known() -> None:
    failure = HandoffMark(FAILURE, "It failed.", Urgency.URGENT)
    now = raised(replace(OPEN, acknowledged_at=NOON), failure, ())
    assert (now.urgency, now.kind, now.reason, now.acknowledged_at) == (
        Urgency.URGENT,
        "medication",
        "It failed.",
        None,
    )
    danger = replace(OPEN, urgency=Urgency.URGENT, kind="self_harm", reason="Danger.", acknowledged_at=NOON)
    assert raised(danger, failure, ()) == replace(danger, acknowledged_at=None)


def test_nothing_lowers_it_again() -> None:
    urgent = replace(OPEN, urgency=Urgency.URGENT, kind="self_harm")
    assert raised(urgent, HandoffMark("medication", "A medicine."), ()) == urgent


@pytest.mark.parametrize("vague", [ATTACHMENT, OUTAGE, UNCLEAR])
def test_a_telling_kind_takes_the_place_of_a_vague_one(vague: str) -> None:
    assert raised(replace(OPEN, kind=vague), HandoffMark("dosing", "A dose."), ()).kind == "dosing"
    assert raised(OPEN, HandoffMark(vague, "Something."), ()) == OPEN


def test_what_was_found_is_gathered_once() -> None:
    lithium = Entity("medicine", "lithium", 0, 7)
    assert raised(OPEN, HandoffMark("medication", "x"), (SERTRALINE, lithium)).entities == (SERTRALINE, lithium)
