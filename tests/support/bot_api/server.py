"""Runs the server on a free port of this machine, on the event loop of the test."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any

import httpx
import uvicorn
from starlette.routing import Route

from tests.support.bot_api.app import create_app
from tests.support.bot_api.visitors import Visitors
from tests.support.bot_api.world import World


class _QuietServer(uvicorn.Server):
    """Leaves the process's signals alone."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class BotApi:
    """A running server: `url` for BOT_TELEGRAM_API_URL, `world` for what it knows, `visitors` to play people."""

    def __init__(self, world: World, url: str) -> None:
        self.world, self.url = world, url
        self.visitors = Visitors(world)

    def calls(self, method: str) -> list[dict[str, Any]]:
        """Return the parameters of every accepted call of `method`, in order."""
        return [call.parameters for call in self.world.calls if call.method == method and not call.refused]

    def refusals(self) -> list[str]:
        """Return "method: description" for each refused call, in order."""
        return [f"{call.method}: {call.refused}" for call in self.world.calls if call.refused]


@asynccontextmanager
async def serve(
    world: World | None = None, port: int = 0, extra: Callable[[BotApi], list[Route]] = lambda api: []
) -> AsyncIterator[BotApi]:
    """Serve `world` until the context ends, with `extra` routes beside the Bot API's."""
    world = world or World()
    listener = socket.create_server(("127.0.0.1", port))
    api = BotApi(world, f"http://127.0.0.1:{listener.getsockname()[1]}")
    config = uvicorn.Config(
        create_app(world, extra(api)), log_level="critical", lifespan="off", timeout_graceful_shutdown=1
    )
    server = _QuietServer(config)
    tasks = [asyncio.create_task(server.serve([listener])), asyncio.create_task(deliver_to_webhook(world))]
    try:
        yield api
    finally:
        server.should_exit = True
        tasks[1].cancel()
        world.poll_turn += 1
        async with world.changed:
            world.changed.notify_all()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task


async def deliver_to_webhook(world: World, pause: float = 0.2) -> None:
    """Post queued updates to the webhook, one after another, each again and again until it is taken."""
    async with httpx.AsyncClient() as client:
        while True:
            async with world.changed:
                while not (world.webhook and world.queue):
                    await world.changed.wait()
                hook, update = world.webhook, world.queue[0]
            try:
                answer = await client.post(
                    hook.url, json=update, headers={"X-Telegram-Bot-Api-Secret-Token": hook.secret}
                )
                taken, world.webhook_error = (
                    answer.is_success,
                    "" if answer.is_success else f"Wrong response: {answer.status_code}",
                )
            except httpx.HTTPError as error:
                taken, world.webhook_error = False, type(error).__name__
            if taken:
                world.queue.remove(update)
            else:
                await asyncio.sleep(pause)
