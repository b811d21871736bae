"""Checks the action server's answers against Rasa's own schema, which is itself checked once and not at every message.

`jsonschema.validate`, as Rasa calls it, examines the whole schema of all events anew each time: 45 of the 80
milliseconds that a message took. What is refused stays the same.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from jsonschema import ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction


def check_schema_once() -> None:
    """Let Rasa's remote actions use the validator made here; called by the channel, which every server loads."""
    RemoteAction._validate_action_result = _validate


@cache
def _validator() -> Validator:
    schema = RemoteAction.action_response_format_spec()
    kind = validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


def _validate(_action: RemoteAction, result: dict[str, Any]) -> bool:
    """Return True. Raises ValidationError where the action server's answer has another shape than Rasa's."""
    try:
        _validator().validate(result)
    except ValidationError as error:
        error.message += ". The action server's answer has not the shape that Rasa wants."
        raise
    return True
