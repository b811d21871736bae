"""Which approved texts a reply gives."""

from __future__ import annotations

import pytest

from content.answers import load_answers
from content.profile import load_profile
from content.topics import DATA
from tools.said import ApprovedTexts


@pytest.fixture(scope="module")
def texts() -> ApprovedTexts:
    return ApprovedTexts.load(DATA)


def test_it_finds_answers_and_practical_texts_wherever_they_stand(texts: ApprovedTexts) -> None:
    cost = load_profile(DATA).clinic.operational.cost
    reply = f"{load_answers(DATA)['routes'].text}\n\nAnd on what else you asked:\n\n{cost}"
    assert texts.given_in(reply) == {"answer:routes", "operational:cost"}


def test_a_reply_of_other_words_gives_none(texts: ApprovedTexts) -> None:
    assert not texts.given_in("I have passed your message to our team.")
