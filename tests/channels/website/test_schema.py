"""The served OpenAPI is true: whatever is sent, each answer is one that it documents, and never a 500."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings, strategies
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support.serving import Running, serving, settings_for
from tests.support.visitor import Visitor

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
MANY = 1_000_000


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder: Path = tmp_path_factory.mktemp("schema")
    limits = {"limit_conversation": MANY, "limit_address": MANY, "limit_total": MANY, "limit_starts": MANY}
    with serving(settings_for(folder, **limits)) as app:
        yield app


@pytest.fixture(scope="module")
def known(running: Running) -> Iterator[Visitor]:
    with httpx.Client(base_url=running.url) as client:
        yield Visitor(client)


CALLS = [
    ("POST", "/api/conversations"),
    ("POST", "/api/conversations/{conversation_id}/messages"),
    ("GET", "/api/conversations/{conversation_id}/messages"),
    ("POST", "/api/conversations/{conversation_id}/person"),
    ("DELETE", "/api/conversations/{conversation_id}"),
    ("GET", "/api/widget"),
]


def test_it_documents_every_call_that_is_tried_here(running: Running) -> None:
    paths = httpx.get(f"{running.url}/openapi.json").json()["paths"]
    documented = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    live = {("GET", "/api/conversations/{conversation_id}/events")}  # has no end: tests/channels/website/test_events.py
    assert {call for call in documented if call[1].startswith("/api/")} == {*CALLS, *live}


@pytest.mark.parametrize(
    ("method", "path", "mode"),
    [
        (method, path, mode)
        for method, path in CALLS
        for mode in GenerationMode
        if mode.is_positive or path.endswith("/messages")
    ],
)
def test_it_answers_as_documented(
    running: Running, known: Visitor, method: str, path: str, mode: GenerationMode
) -> None:
    operation = schemathesis.openapi.from_url(f"{running.url}/openapi.json")[path][method]

    @given(data=strategies.data())
    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    def try_one(data: strategies.DataObject) -> None:
        case = data.draw(operation.as_strategy(generation_mode=mode))
        # Half of the cases are about a real conversation, so that they reach further than "no such conversation".
        if method != "DELETE" and "conversation_id" in case.path_parameters and data.draw(strategies.booleans()):
            case.path_parameters["conversation_id"] = known.id
        case.call_and_validate(headers=known.headers, checks=CHECKS)

    try_one()
