"""The shipped crisis texts against what a crisis message must and must not do, in every country."""

from __future__ import annotations

import datetime
import re

import pytest

from content.crisis_lines import load_crisis_lines
from content.messages import load_messages
from content.profile import Profile, load_profile
from content.replies import Replies
from content.topics import load_topics
from tests.content.support import school_grade

NOW = datetime.datetime(2026, 3, 7, 23, 30, tzinfo=datetime.timezone.utc)  # a Saturday night
KINDS = list(load_topics()["crisis"])
COUNTRIES = {"GB": "999", "IE": "112", "US": "911", "CA": "911", "AU": "000", "NZ": "111"}


def replies(country: str = "GB") -> Replies:
    lines = tuple(line for line in load_crisis_lines().values() if line.country == country)
    return Replies(Profile(clinic=load_profile().clinic, lines=lines), load_messages())


def all_forms(kind: str, country: str = "GB") -> list[str]:
    return [replies(country).crisis(kind, NOW, again).text for again in range(4)]


@pytest.mark.parametrize("country", COUNTRIES)
@pytest.mark.parametrize("kind", KINDS)
def test_the_first_sentence_gives_the_emergency_number(kind: str, country: str) -> None:
    first = re.split(r"(?<=[.!?])\s", replies(country).crisis(kind, NOW).text)[0]
    assert re.search(rf"\bcall {COUNTRIES[country]}\b", first)
    assert re.search(r"now|right now", first)


@pytest.mark.parametrize("country", COUNTRIES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_form_names_a_free_confidential_line_at_any_time_and_how_to_use_it(kind: str, country: str) -> None:
    for text in all_forms(kind, country):
        assert re.search(r"call (or text )?[\d-][\d -]*.*\(free, confidential, at any time", text)
        assert f"call {COUNTRIES[country]}" in text or f"{COUNTRIES[country]} is faster" in text


@pytest.mark.parametrize("kind", KINDS)
def test_it_encourages_professional_care_and_a_trusted_person(kind: str) -> None:
    text = replies().crisis(kind, NOW).text
    assert re.search(r"\bdoctor\b|\btherapist\b", text)
    assert re.search(r"\bsomeone you trust\b", text)


@pytest.mark.parametrize("kind", KINDS)
def test_every_form_suggests_not_to_be_alone(kind: str) -> None:
    for text in all_forms(kind):
        assert re.search(r"someone you trust|someone near you", text)


@pytest.mark.parametrize("kind", ["self_harm", "harm_to_others", "abuse"])
def test_it_suggests_distance_from_anything_that_could_hurt(kind: str) -> None:
    assert re.search(r"(move|distance|go|stay) .*away|distance between", replies().crisis(kind, NOW).text)
    assert "could be used to hurt" in replies().crisis(kind, NOW).text


@pytest.mark.parametrize("kind", KINDS)
def test_it_keeps_the_conversation_open_and_says_that_a_person_was_told(kind: str) -> None:
    text = replies().crisis(kind, NOW).text
    assert "You can keep writing" in text
    assert "I have told our team, and a person will read this" in text
    for short in all_forms(kind)[1:]:
        assert "team" in short
        assert not re.search(r"\bgoodbye\b|\bend(ing)? (this|the) (chat|conversation)\b", short, re.IGNORECASE)


@pytest.mark.parametrize("kind", KINDS)
def test_it_does_not_pose_as_a_person(kind: str) -> None:
    assert "I am an automated assistant" in replies().crisis(kind, NOW).text


@pytest.mark.parametrize("kind", KINDS)
def test_a_false_alarm_does_no_harm(kind: str) -> None:
    text = replies().crisis(kind, NOW).text
    assert "If I have misunderstood you, that is all right." in text
    assert re.match(r"If ", text)  # conditional: nobody is told what they feel or intend


@pytest.mark.parametrize("country", COUNTRIES)
@pytest.mark.parametrize("kind", KINDS)
def test_no_form_blames_minimises_promises_scores_or_asks_for_a_contract(kind: str, country: str) -> None:
    forbidden = (
        r"calm down|cheer up|it will (all )?(be|get) (fine|ok|okay|better)|don't worry|not that bad|just (relax|breathe)"
        r"|selfish|attention|overreact|silly|your own fault|you should have|why (did|would) you|shame"
        r"|promise (me|us)|agree (not )?to|contract|sign "
        r"|low risk|high risk|risk level|score|emergency level"
        r"|I understand (exactly )?how you feel|commit(ted)? suicide"
    )
    for text in all_forms(kind, country):
        assert not re.search(forbidden, text, re.IGNORECASE)


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_not_the_same_text_on_the_next_turn_nor_on_the_one_after(kind: str) -> None:
    first, second, third, _ = all_forms(kind)
    assert len({first, second, third}) == 3
    assert len(second) < len(first) / 2


@pytest.mark.parametrize("kind", KINDS)
def test_it_can_be_read_in_distress(kind: str) -> None:
    for text in all_forms(kind):
        assert school_grade(text) < 6


@pytest.mark.parametrize("kind", KINDS)
def test_it_says_when_a_person_will_read_it(kind: str) -> None:
    assert "We are closed right now. We open again on Monday at 9:00 am" in replies().crisis(kind, NOW).text


def test_it_says_how_to_be_heard_without_speaking_where_that_exists() -> None:
    assert "press 55" in replies("GB").crisis("abuse", NOW).text
    assert "press 55" not in replies("US").crisis("abuse", NOW).text


def test_a_number_for_two_purposes_is_shown_once() -> None:
    text = replies("GB").crisis("medical_emergency", NOW).text
    assert text.count("call 111") == 1


def test_nothing_is_left_unfilled() -> None:
    for country in COUNTRIES:
        for kind in KINDS:
            for text in all_forms(kind, country):
                assert not re.search(r"[{}]|\n{3,}|call None", text)
