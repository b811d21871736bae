"""A defect is a plain 500 in the one shape, and the log says where it was without saying what was written."""

from __future__ import annotations

import httpx
import pytest
import structlog
from fastapi import FastAPI

from bot.errors import NotAllowed, StorageRefused
from bot.web import errors
from bot.web.middleware import RequestLog

SECRET = "I take lithium and my name is Ada"


def _app() -> FastAPI:
    app = FastAPI()
    errors.install(app)
    app.add_middleware(RequestLog)

    @app.get("/crash/{conversation}")
    async def crash(conversation: str) -> None:
        raise ValueError(SECRET)

    @app.get("/full")
    async def full() -> None:
        raise StorageRefused("disk full at /var/lib")

    @app.get("/forbidden")
    async def forbidden() -> None:
        raise NotAllowed("Only an administrator may do that.")

    return app


@pytest.fixture
async def http() -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(_app()), base_url="http://bot.test")


async def test_it_answers_a_crash_in_the_one_shape(http: httpx.AsyncClient) -> None:
    with structlog.testing.capture_logs() as logs:
        answer = await http.get("/crash/conversation-1?token=abc")
    assert answer.status_code == 500
    assert answer.json() == {"error": {"code": "internal_error", "message": errors.WORDING["internal_error"]}}
    assert [line["event"] for line in logs] == ["request_crashed", "request"]
    assert "test_crash.py" in str(logs[0]["at"])
    for said in (SECRET, "conversation-1", "abc"):
        assert said not in str(logs)


async def test_it_says_when_to_come_back_while_nothing_can_be_stored(http: httpx.AsyncClient) -> None:
    answer = await http.get("/full")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
    assert "disk" not in answer.text


async def test_it_passes_on_what_the_caller_can_mend(http: httpx.AsyncClient) -> None:
    answer = await http.get("/forbidden")
    assert (answer.status_code, answer.json()["error"]["message"]) == (403, "Only an administrator may do that.")
