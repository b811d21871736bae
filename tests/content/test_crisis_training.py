"""How the crisis check's readers learn: the same from the same examples, and within the false alarms allowed."""

from __future__ import annotations

import pytest

from content import crisis_words_fit
from content.crisis import CrisisMatcher
from content.crisis_reader import Reader
from content.crisis_sense import SenseReader
from content.crisis_training import FALSE_ALARMS, NONE, Labelled, Prepared, examples, learn, prepare
from content.crisis_words import WordReader
from content.encoder import shared_encoder
from content.spelling import DATA

RULES = CrisisMatcher.rules_alone()


@pytest.fixture(scope="module")
def known() -> list[Labelled]:
    found = examples(RULES.rules)
    return [one for one in found if one.label != NONE][::12] + [one for one in found if one.label == NONE][::24]


@pytest.fixture(scope="module")
def data(known: list[Labelled]) -> Prepared:
    return prepare(RULES, known, shared_encoder())


def test_they_learn_the_same_numbers_from_the_same_examples(data: Prepared) -> None:
    words, sense = learn(data)
    again, sense_again = learn(data)
    assert crisis_words_fit.encode(words) == crisis_words_fit.encode(again)
    assert sense == sense_again


def test_they_learn_to_tell_danger_and_keep_to_their_false_alarms(known: list[Labelled], data: Prepared) -> None:
    words, sense = learn(data)
    matcher = CrisisMatcher.rules_alone(reader=Reader(WordReader(words), SenseReader(sense), shared_encoder()))
    silent = [one for one in known if not RULES.find(one.text)]
    alarms = [bool(matcher.find(one.text)) for one in silent if one.label == NONE]
    caught = [bool(matcher.find(one.text)) for one in silent if one.label != NONE]
    assert sum(alarms) <= FALSE_ALARMS * len(alarms) + 2
    assert sum(caught) > 0.6 * len(caught)  # of few examples; the shipped readers have a dozen times as many


def test_both_readers_count() -> None:
    sense = SenseReader.load(DATA, WordReader.load().digest).weights
    assert sense.joint[0] > 0.1
    assert sense.joint[1] > 0.1


def test_every_kind_of_example_is_learned(known: list[Labelled]) -> None:
    assert {one.label for one in known} == {0, 1, 2, 3, NONE}
