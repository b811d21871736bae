"""What the action server answers is held against Rasa's schema as before, only faster."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import ValidationError, validate
from rasa.core.actions.action import RemoteAction

from nlu import channel  # noqa: F401  # loading it puts the check in place
from tests.support.timing import seconds

ANSWERS: list[dict[str, Any]] = [
    {},
    {"events": [], "responses": [{"text": "Hello", "custom": {"outcome": "answer"}}]},
    {"events": [{"event": "slot", "name": "topic", "value": 1}], "responses": []},
    {"events": "none"},
    {"events": [{"event": "slot"}]},
    {"responses": ["Hello"]},
]


def is_refused(answer: dict[str, Any]) -> bool:
    try:
        RemoteAction("action_answer", None)._validate_action_result(answer)
    except ValidationError:
        return True
    return False


@pytest.mark.parametrize("answer", ANSWERS, ids=str)
def test_it_refuses_what_the_schema_refuses(answer: dict[str, Any]) -> None:
    try:
        validate(answer, RemoteAction.action_response_format_spec())
        expected = False
    except ValidationError:
        expected = True
    assert is_refused(answer) == expected


def test_it_takes_a_small_part_of_the_time() -> None:
    schema = RemoteAction.action_response_format_spec()
    answer = ANSWERS[1]
    assert 5 * seconds(lambda _: is_refused(answer), "") < seconds(lambda _: validate(answer, schema), "", rounds=3)
