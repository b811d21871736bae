"""The HTTP side: `/bot<token>/<method>` over GET or POST, with form, multipart or JSON bodies, as published."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from tests.support.bot_api.errors import RefusedError, bad_request, too_many
from tests.support.bot_api.faults import Fault
from tests.support.bot_api.methods import IMPLEMENTED
from tests.support.bot_api.parameters import read_parameters
from tests.support.bot_api.world import Call, World


class BrokenConnection(Response):
    """Promises more than it sends, so that the server closes the connection in the middle of the answer."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000")]})
        await send({"type": "http.response.body", "body": b'{"ok":', "more_body": True})


def create_app(world: World, extra: list[Route] | None = None) -> Starlette:
    async def call(request: Request) -> Response:
        method = request.path_params["method"]
        given: dict[str, Any] = {}
        refused = ""
        try:
            _check_token(world, request.path_params["token"])
            if method not in IMPLEMENTED:
                raise RefusedError(404, "Not Found")
            given = await _given(request)
            given = read_parameters(method, given)
            return await _perform(world, method, given)
        except RefusedError as error:
            refused = error.description
            return JSONResponse(error.body(), status_code=error.status)
        finally:
            world.calls.append(Call(method, given, refused, time.monotonic()))

    route = Route("/bot{token}/{method}", call, methods=["GET", "POST"])
    return Starlette(routes=[route, *(extra or [])])


def _check_token(world: World, token: str) -> None:
    number, _, secret = token.partition(":")
    if not number.isdigit() or not secret:
        raise RefusedError(404, "Not Found")
    if token != world.token:
        raise RefusedError(401, "Unauthorized")


async def _given(request: Request) -> dict[str, Any]:
    given: dict[str, Any] = dict(request.query_params)
    kind = request.headers.get("content-type", "").partition(";")[0]
    if kind == "application/json":
        try:
            body = await request.json()
        except ValueError:
            raise bad_request("can't parse JSON object") from None
        if not isinstance(body, dict):
            raise bad_request("object expected as JSON body")
        given |= body
    elif kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        given |= dict(await request.form())
    return given


async def _perform(world: World, method: str, given: dict[str, Any]) -> Response:
    fault = world.faults.take(method, given)
    if fault is None:
        return JSONResponse({"ok": True, "result": await IMPLEMENTED[method](world, given)})
    await asyncio.sleep(fault.delay)
    if fault.drop == "before":
        return BrokenConnection()
    if fault.status:
        raise_for(fault)
    result = await IMPLEMENTED[method](world, given)
    return BrokenConnection() if fault.drop == "after" else JSONResponse({"ok": True, "result": result})


def raise_for(fault: Fault) -> None:
    """Raise what the fault says to answer, if it says so."""
    if fault.status == 429:
        raise too_many(fault.retry_after or 1)
    if fault.status:
        raise RefusedError(
            fault.status,
            fault.description or {500: "Internal Server Error", 502: "Bad Gateway"}.get(fault.status, "Error"),
        )
