"""The crisis check as its users see it: kinds, places in the text, order, disguises, and how its time grows."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.crisis import CrisisMatcher
from tests.support.timing import seconds

MATCHER = CrisisMatcher.load()
FEW = 2
"""Rounds for what takes seconds; its bounds are wide."""
ORDINARY = (
    "I have had depression for twenty years and my GP said to ask you how many sessions people need and what it costs. "
)


def kinds(text: str) -> list[str]:
    return [finding.kind for finding in MATCHER.find(text)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("I want to kill myself", "self_harm"),
        ("i cant do this any more", "self_harm"),
        ("everyone would be better off without me", "self_harm"),
        ("my brother says he is going to end it", "self_harm"),
        ("cut my arms again last night", "self_harm"),
        ("I'm going to stab him", "harm_to_others"),
        ("i've taken 40 paracetamol", "medical_emergency"),
        ("my husband has collapsed and is not breathing", "medical_emergency"),
        ("my husband hits me", "abuse"),
        ("he's going to kill me if I leave", "abuse"),
    ],
)
def test_it_names_the_kind_of_danger(text: str, kind: str) -> None:
    assert kind in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "I WANT TO DIE",
        "i wana kil myslef",
        "im feeling suicidle",
        "cnat do this anynore",
        "i want to d i e",
        "k i l l  m y s e l f",
        "k1ll myself",
        "k*ll myself",
        "killmyself",
        "i want to diiiiie",
        "i w\u200bant to d\u200bie",
        "ｋｉｌｌ ｍｙｓｅｌｆ",
        "kіll myself",
        "I can’t go on",
        "get an ambulance, my number is 07700 900112",
        "call 999 999 999",
        "took 1,000mg of my tablets all at once",
    ],
)
def test_it_sees_through_typing_and_disguise(text: str) -> None:
    assert MATCHER.find(text)


@pytest.mark.parametrize(
    "text",
    [
        "I started a new diet, is that a skill?",
        "will it kill time, skilled staff, the hill",
        "I dyed my hair before the session",
        "does it help suicidal depression?",
        "do people die from ketamine?",
        "what happens in an emergency",
        "I lost my brother to suicide, does it help with grief?",
        "I can't breathe through my nose, can I have the spray?",
        "panic attacks feel like I can't breathe, does it help?",
        "no thoughts of suicide",
        "will it feel like dying",
        "what is ego death",
        "please call me back on 0161 999 4321",
        "my number's +44 7700 900 112, ring me after five",
        "I get paid 12,000 a year, is there any help with the price",
        "I need to know about the £2,911 invoice",
        "",
        "   ",
        "👍",
        "?!...",
    ],
)
def test_it_stays_silent_on_ordinary_messages(text: str) -> None:
    assert MATCHER.find(text) == ()


def test_it_says_where_the_sign_stands() -> None:
    text = "Hello, how much is it? Honestly I want to die."
    finding = MATCHER.find(text)[0]
    assert text[finding.start : finding.end] == "want to die"


def test_it_says_where_the_sign_stands_behind_invisible_and_wide_characters() -> None:
    text = "👩‍👩‍👧 é\u200b ﬁne. ｉ ｗａｎｔ ｔｏ ｄｉｅ"
    finding = MATCHER.find(text)[0]
    assert text.endswith(text[finding.start : finding.end])


def test_it_puts_a_medical_emergency_first() -> None:
    assert kinds("I want to die, I took all my tablets and now I can't breathe")[0] == "medical_emergency"


def test_it_names_each_flag_once() -> None:
    ids = [finding.pattern_id for finding in MATCHER.find("I want to die. I want to die. I want to die.")]
    assert len(ids) == len(set(ids))


def test_it_finds_danger_behind_a_long_friendly_story() -> None:
    assert "self_harm" in kinds(ORDINARY * 15 + "I don't want to be alive any more.")


def test_it_gives_the_same_findings_each_time() -> None:
    text = "my son says he wants to die and he has a knife"
    assert MATCHER.find(text) == CrisisMatcher.load().find(text)


@given(st.text(max_size=300))
def test_it_never_raises_whatever_the_text(text: str) -> None:
    for finding in MATCHER.find(text):
        assert 0 <= finding.start < finding.end <= len(text)


WORDS = [
    "i",
    "want",
    "to",
    "die",
    "kill",
    "myself",
    "not",
    "can't",
    "he",
    "me",
    ".",
    "?",
    "'",
    "20",
    "pills",
    "help",
    "no",
    "😀",
    "\u200b",
    "ﷺ",
]


@given(st.lists(st.sampled_from(WORDS), max_size=80))
def test_it_never_raises_on_words_that_patterns_know(words: list[str]) -> None:
    text = " ".join(words)
    for finding in MATCHER.find(text):
        assert 0 <= finding.start < finding.end <= len(text)


def test_ten_times_the_text_takes_no_more_than_some_ten_times_as_long() -> None:
    short, long = (ORDINARY * 2)[:200], (ORDINARY * 20)[:2000]
    assert seconds(MATCHER.find, long, rounds=FEW) < 30 * seconds(MATCHER.find, short)


@pytest.mark.parametrize(
    "text",
    ["a" * 2000, "i want to " * 200, "not want to be " * 130, "k i l l " * 250, "((" * 1000],
    ids=["one word", "the start of a pattern", "the start of many", "spelt out", "marks"],
)
def test_it_is_not_slowed_by_a_text_made_to_slow_it(text: str) -> None:
    ordinary = (ORDINARY * 20)[:2000]
    assert seconds(MATCHER.find_by_rules, text) < 20 * seconds(MATCHER.find_by_rules, ordinary)
    clock = time.process_time  # what has many pieces is encoded in several threads
    taken = seconds(MATCHER.find, text, rounds=FEW, clock=clock)
    assert taken < 20 * seconds(MATCHER.find, ordinary, rounds=FEW, clock=clock)
