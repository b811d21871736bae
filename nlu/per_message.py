"""Makes Rasa do once what it does anew at every message. What is answered and what is refused stays the same.

- `jsonschema.validate`, as Rasa calls it, examines the whole schema of all events each time: 45 of the 80 milliseconds
  that a message took.
- Rasa's graph runs through a scheduler made for many workers, which takes 2 milliseconds to run a handful of nodes one
  after the other; dask's plain way of doing so takes none.
- Each call of the action server opens a connection of its own and closes it.
"""

from __future__ import annotations

import asyncio
from functools import cache
from typing import Any

import aiohttp
import dask.core
from jsonschema import ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.engine.runner import dask as runner
from rasa.utils.endpoints import DEFAULT_REQUEST_TIMEOUT, EndpointConfig

IDLE_S = 2.0  # the action server closes idle connections after 5: none is used that it may be closing just now


def do_once() -> None:
    """Put in place what stands here; called by the channel, which every server loads."""
    RemoteAction._validate_action_result = _validate
    EndpointConfig.session = _session
    runner.dask = dask.core


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


def _session(endpoint: EndpointConfig) -> aiohttp.ClientSession:
    """Return a session for one request over a connection that is kept; to be called within the event loop."""
    auth = aiohttp.BasicAuth(**endpoint.basic_auth) if endpoint.basic_auth else None
    return aiohttp.ClientSession(
        headers=endpoint.headers,
        auth=auth,
        timeout=aiohttp.ClientTimeout(total=DEFAULT_REQUEST_TIMEOUT),
        connector=_connector(asyncio.get_running_loop()),
        connector_owner=False,
    )


@cache
def _connector(_loop: asyncio.AbstractEventLoop) -> aiohttp.TCPConnector:
    return aiohttp.TCPConnector(keepalive_timeout=IDLE_S)
