from __future__ import annotations

from typing import Any

import msgspec
import pytest

from actions.understood import read_message
from tests.actions.support import SERTRALINE, tracker


def test_it_reads_the_topic_from_the_whole_intent() -> None:
    found = read_message(tracker("operational/cost"))
    assert (found.outcome, found.topic) == ("operational", "cost")


def test_it_reads_the_whole_intent_where_rasa_keeps_it() -> None:
    raw = tracker("operational/cost")
    del raw["latest_message"]["understanding"]["intent"]
    assert read_message(raw).topic == "cost"


@pytest.mark.parametrize("name", ["nlu_fallback", "clarify/unsure", "", None])
def test_not_sure_has_many_names(name: str | None) -> None:
    raw = tracker("clarify/unsure")
    raw["latest_message"]["understanding"].pop("intent")
    raw["latest_message"]["intent"] = {"name": name}
    assert (read_message(raw).outcome, read_message(raw).topic) == ("clarify", "unsure")


def test_what_came_before_is_read_from_the_message_itself() -> None:
    metadata = {"previous_topic": "answer/setting", "clarified": 1, "owner": "waiting"}
    found = read_message(tracker("answer/routes", metadata=metadata))
    assert (found.clarified, found.previous_topic, found.waiting) == (1, "answer/setting", True)


@pytest.mark.parametrize(
    ("sure", "confidence", "expected"),
    [
        (True, 0.1, True),
        (False, 0.99, False),
        (0.6, 0.7, True),
        (0.6, 0.5, False),
        (None, 0.95, True),
        (None, 0.5, False),
    ],
)
def test_whether_it_is_sure_is_the_classifiers_word(sure: Any, confidence: float, expected: bool) -> None:
    assert read_message(tracker("answer/routes", sure=sure, confidence=confidence)).sure is expected


def test_an_entity_is_read_from_its_place_in_the_text() -> None:
    (entity,) = read_message(tracker("clinical/medication", entities=[SERTRALINE])).entities
    assert (entity.kind, entity.text, entity.attributes["dose"]) == ("medicine", "sertraline", "100 mg")


def test_an_entity_without_attributes_is_fine() -> None:
    bare = {"entity": "condition", "value": None, "start": 0, "end": 1}
    (entity,) = read_message(tracker("clinical/condition", entities=[bare])).entities
    assert (entity.value, entity.attributes) == ("", {})


@pytest.mark.parametrize("spoiled", [{"ranking": "high"}, {"choices": [1]}, {"language": 7}])
def test_findings_of_another_shape_are_refused(spoiled: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        read_message(tracker("answer/setting", **spoiled))
