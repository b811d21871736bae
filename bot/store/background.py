"""A loop that goes on after every trouble of the database, and wakes everyone once it is over."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import psycopg
import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.store.live import Live

log = structlog.get_logger(__name__)

RETRY_AFTER = 1.0


class Background:
    def __init__(self, live: Live, loop: Callable[[], Awaitable[None]]) -> None:
        self._live = live
        self._loop = loop
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="live-updates")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            try:
                await self._loop()
            except (psycopg.Error, SQLAlchemyError, OSError) as error:
                log.warning("live_updates_interrupted", error=str(error))
                await asyncio.sleep(RETRY_AFTER)
                self._live.publish_all()
