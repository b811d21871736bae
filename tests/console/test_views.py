"""What the pages say, from the values alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.console import words
from bot.console.highlight import pieces
from bot.console.queue_view import counts, row
from bot.console.thread_view import page, percent
from bot.conversation.model import Author, Entity, Message, Outcome, Owner, Understanding, Urgency
from bot.handoff.model import FailedDelivery, Handoff, HandoffState, HandoffView, StaffMember
from content.topics import load_topics

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
NIA = StaffMember("nia", "Nia", "Nurse", "nia@clinic.example")
RAVI = StaffMember("ravi", "Ravi", "Receptionist", "ravi@clinic.example")
CALM = Handoff("h1", "c1", "website", "medication", "Asks.", Urgency.NORMAL, HandoffState.OPEN, (), NOW, "Hello")
URGENT = replace(CALM, id="h2", kind="self_harm", urgency=Urgency.URGENT)


def message(text: str, author: Author = Author.VISITOR, **more: object) -> Message:
    return replace(Message("m1", "c1", 1, author, text, NOW), **more)


@pytest.mark.parametrize(
    ("time", "said"),
    [
        (timedelta(seconds=59), "under a minute"),
        (timedelta(minutes=1), "1 min"),
        (timedelta(minutes=59), "59 min"),
        (timedelta(hours=1, minutes=5), "1 h 05 min"),
        (timedelta(hours=24), "1 day"),
        (timedelta(days=3), "3 days"),
        (timedelta(seconds=-5), "under a minute"),
    ],
)
def test_a_waiting_time_is_read_at_a_glance(time: timedelta, said: str) -> None:
    assert words.waited(time) == said


def test_every_topic_that_may_be_handed_over_has_plain_words() -> None:
    taxonomy = load_topics()
    handed = [topic for outcome in ("clinical", "crisis", "staff", "operational") for topic in taxonomy[outcome]]
    assert [topic for topic in handed if topic not in words.KINDS] == []
    assert set(taxonomy["crisis"]) == words.CRISES
    assert set(taxonomy["answer"]) == set(words.ANSWERS)


def test_an_unknown_kind_reads_as_its_name() -> None:
    assert words.kind("clinical/future_topic") == "Future topic"


@given(
    st.text(max_size=40), st.lists(st.tuples(st.integers(-3, 45), st.integers(-3, 45), st.text(max_size=5)), max_size=6)
)
def test_highlighting_never_changes_the_text(text: str, marks: list[tuple[int, int, str]]) -> None:
    found = [Entity("medicine", text[start:end] if start % 2 else other, start, end) for start, end, other in marks]
    assert "".join(piece.text for piece in pieces(text, found)) == text


def test_an_entity_that_overlaps_another_is_left_out() -> None:
    text = "sertraline 100 mg"
    found = [Entity("medicine", text, 0, 17), Entity("dose", "100 mg", 11, 17), Entity("route", "nothing", 0, 7)]
    assert [(piece.text, piece.kind) for piece in pieces(text, found)] == [(text, "medicine")]


@pytest.mark.parametrize(
    ("share", "shown"), [(0, 0), (0.934, 93), (0.29, 29), (0.997, 99), (1, 100), (1.2, 100), (-1, 0)]
)
def test_only_certainty_reads_as_a_hundred(share: float, shown: int) -> None:
    assert percent(share) == shown


def test_an_urgent_handoff_alarms_until_somebody_has_seen_it() -> None:
    seen, closed = replace(URGENT, id="h3", acknowledged_at=NOW), replace(URGENT, id="h4")
    claimed = replace(URGENT, id="h5", state=HandoffState.CLAIMED, claimed_by=RAVI)
    found = counts([CALM, URGENT, seen, closed, claimed], 2, NIA)
    assert found.alarming == ("h2", "h4", "h5")
    assert (found.waiting, found.mine, found.open, found.problems) == (4, 0, 5, 2)


def test_a_row_says_who_has_it() -> None:
    claimed = replace(CALM, state=HandoffState.CLAIMED, claimed_by=RAVI)
    assert [row(claimed, me, NOW).who for me in (NIA, RAVI)] == ["With Ravi", "With you"]


def test_a_long_first_text_is_shortened_to_one_line() -> None:
    shown = row(replace(CALM, first_text="word\n" * 100), NIA, NOW).excerpt
    assert len(shown) <= 160
    assert shown.endswith("…")
    assert "\n" not in shown


def test_only_visitors_texts_are_explained_and_highlighted() -> None:
    known = Understanding(entities=(Entity("medicine", "sertraline", 0, 10),), reason="Because.")
    messages = (
        message("sertraline", understanding=known),
        message("sertraline", Author.ASSISTANT, understanding=known),
    )
    shown = page(HandoffView(CALM, messages, Owner.WAITING), NIA, NOW).entries
    assert [(bool(entry.why), entry.pieces[0].kind) for entry in shown] == [(True, "medicine"), (False, "")]


def test_a_message_without_text_says_what_came() -> None:
    entry = page(HandoffView(CALM, (message("", attachment="voice"),), Owner.WAITING), NIA, NOW).entries[0]
    assert entry.attachment == "a voice message"
    assert entry.pieces == []


def test_a_failed_delivery_stands_at_its_message() -> None:
    reply = message("Hello", Author.STAFF, staff_name="Nia", staff_role="Nurse")
    failed = FailedDelivery("d1", "c1", reply, "The visitor blocked the bot.", True, 1, NOW)
    entry = page(HandoffView(CALM, (reply,), Owner.STAFF, (failed,)), RAVI, NOW).entries[0]
    assert entry.failed == failed
    assert entry.who == "Nia, Nurse"


def test_signs_of_danger_are_named_plainly() -> None:
    text = "I want to die"
    known = Understanding(
        entities=(Entity("danger_self_harm", "want to die", 2, 13, "wants_to_die"),), reason="Says so."
    )
    shown = page(
        HandoffView(URGENT, (message(text, understanding=known, outcome=Outcome.CRISIS),), Owner.WAITING), NIA, NOW
    )
    assert [(piece.kind, piece.note) for piece in shown.entities] == [("danger", "Sign of danger")]
    assert shown.entries[0].crisis
