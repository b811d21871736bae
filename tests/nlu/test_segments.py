"""A message is cut where it may ask something else, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.followup import needs_context
from nlu.segments import LONGEST, is_question, parts_of


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Is it safe? How long does it take?", ("Is it safe?", "How long does it take?")),
        ("what does it cost and can i bring my wife", ("what does it cost", "can i bring my wife")),
        ("how do i book also im pregnant, can i have it", ("how do i book", "im pregnant, can i have it")),
        ("wheres the place n till what time r u open", ("wheres the place", "till what time r u open")),
        ("where are you, do you have parking", ("where are you", "do you have parking")),
        ("Do you take cards - and what if I am late", ("Do you take cards", "and what if I am late")),
        ("1) what does it cost 2) is it safe", ("1) what does it cost", "is it safe")),
        ("medicare?? and can my wife be in there", ("medicare??", "and can my wife be in there")),
        ("Hi there.\nWhere are you\nwhat are your hours", ("Hi there.", "Where are you", "what are your hours")),
    ],
)
def test_it_cuts_between_questions(text: str, parts: tuple[str, ...]) -> None:
    assert parts_of(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        "how much is it",
        "my sister and I want to come",
        "ketamine and trauma",
        "is it the spray, the drip or the tablet?",
        "nightmares and flashbacks, do they get less",
        "two flats, which one is best",
        "",
        "?!",
    ],
)
def test_it_leaves_one_question_whole(text: str) -> None:
    assert parts_of(text) == ()


def test_it_joins_sentences_of_a_long_text_and_loses_none() -> None:
    sentences = [f"This is sentence number {number}." for number in range(90)]
    parts = parts_of(" ".join(sentences))
    assert len(parts) <= LONGEST
    assert " ".join(parts) == " ".join(sentences)


@given(st.text(max_size=2000))
def test_it_never_fails_and_never_makes_many_parts(text: str) -> None:
    assert len(parts_of(text)) <= LONGEST


@pytest.mark.parametrize(
    "text", ["Is it safe", "and how much is that", "so it works?", "can i drive", "also i have a bad knee, is that ok"]
)
def test_it_knows_a_question(text: str) -> None:
    assert is_question(text)


@pytest.mark.parametrize("text", ["I have had depression for years.", "thank you so much", "my GP told me"])
def test_it_knows_a_statement(text: str) -> None:
    assert not is_question(text)


@pytest.mark.parametrize("text", ["and how long does that last?", "what about afterwards?", "why?", "is that safe"])
def test_short_pointing_texts_need_the_turn_before(text: str) -> None:
    assert needs_context(text)


@pytest.mark.parametrize(
    "text", ["how much does ketamine cost", "", "I want to book a first appointment please", "hello"]
)
def test_other_texts_stand_alone(text: str) -> None:
    assert not needs_context(text)
