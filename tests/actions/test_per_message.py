"""What Rasa does once instead of at every message comes to the same."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import dask
import pytest
from aiohttp import web
from jsonschema import ValidationError, validate
from rasa.core.actions.action import RemoteAction
from rasa.engine.runner import dask as runner
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

from nlu import channel  # noqa: F401  # loading it puts all of it in place
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


@asynccontextmanager
async def listening(callers: list[object], port: int = 0) -> AsyncIterator[int]:
    """Answer with status 200 on loopback, and with 500 at /broken; note who calls. Yields the port."""

    async def answer(request: web.Request) -> web.Response:
        assert request.transport is not None
        callers.append(request.transport.get_extra_info("peername"))
        return web.json_response({"events": []}, status=500 if request.path == "/broken" else 200)

    app = web.Application()
    app.router.add_post("/{path:.*}", answer)
    server = web.AppRunner(app)
    await server.setup()
    await web.TCPSite(server, "127.0.0.1", port).start()
    try:
        yield server.addresses[0][1]
    finally:
        await server.cleanup()


def test_one_connection_serves_many_calls() -> None:
    callers: list[object] = []

    async def call() -> None:
        async with listening(callers) as port:
            for _ in range(3):
                assert await EndpointConfig(f"http://127.0.0.1:{port}/").request(json={}) == {"events": []}

    asyncio.run(call())
    assert len(callers) == 3
    assert len(set(callers)) == 1


def test_a_server_that_came_back_is_asked_again() -> None:
    callers: list[object] = []

    async def call() -> None:
        async with listening(callers) as port:
            await EndpointConfig(f"http://127.0.0.1:{port}/").request(json={})
        async with listening(callers, port):
            assert await EndpointConfig(f"http://127.0.0.1:{port}/").request(json={}) == {"events": []}

    asyncio.run(call())
    assert len(callers) == 2


def test_a_failure_is_told_as_before() -> None:
    async def call() -> None:
        async with listening([]) as port:
            await EndpointConfig(f"http://127.0.0.1:{port}/broken").request(json={})

    with pytest.raises(ClientResponseError, match="500"):
        asyncio.run(call())


def test_a_graph_gives_what_dasks_scheduler_gives() -> None:
    graph = {"text": "hello", "upper": (str.upper, "text"), "twice": (lambda one, other: one + other, "upper", "text")}
    targets = ["twice", "upper"]
    assert runner.dask.get(graph, targets) == dask.get(graph, targets) == ("HELLOhello", "HELLO")


def test_a_failing_node_fails_the_graph() -> None:
    with pytest.raises(ZeroDivisionError):
        runner.dask.get({"broken": (lambda: 1 // 0,), "after": (str, "broken")}, ["after"])
