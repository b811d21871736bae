"""Telling other processes on the same database what changed: NOTIFY on PostgreSQL, a look now and then on SQLite."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from typing import Protocol

import psycopg
import structlog
from sqlalchemy import URL, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.store.engines import POSTGRESQL
from bot.store.live import Live

log = structlog.get_logger(__name__)

CHANNEL = "handrail"
LOOK_EVERY = 1.0
RETRY_AFTER = 1.0


class Across(Protocol):
    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def announce(self, connection: AsyncConnection, topics: Collection[str]) -> None:
        """Tell the others, if the transaction of `connection` commits."""
        ...


def across(url: URL, reader: AsyncEngine, live: Live) -> Across:
    return Notifications(url, live) if url.drivername == POSTGRESQL else Looking(reader, live)


class _Background:
    """A loop that goes on after every trouble of the database, and wakes everyone once it is over."""

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
                self._live.publish_all()
                await self._loop()
            except (psycopg.Error, SQLAlchemyError, OSError) as error:
                log.warning("live_updates_interrupted", error=str(error))
                await asyncio.sleep(RETRY_AFTER)


class Notifications:
    """PostgreSQL: each commit tells its topics to every replica that listens."""

    def __init__(self, url: URL, live: Live) -> None:
        self._conninfo = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._origin = uuid.uuid4().hex
        self._live = live
        self._background = _Background(live, self._listen)

    async def start(self) -> None:
        self._background.start()

    async def stop(self) -> None:
        await self._background.stop()

    async def announce(self, connection: AsyncConnection, topics: Collection[str]) -> None:
        payload = json.dumps([self._origin, *topics])
        await connection.execute(text("SELECT pg_notify(:channel, :payload)"), {"channel": CHANNEL, "payload": payload})

    async def _listen(self) -> None:
        async with await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True) as connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            # What was told between two connections was missed.
            self._live.publish_all()
            async for told in connection.notifies():
                origin, *topics = json.loads(told.payload)
                if origin != self._origin:
                    self._live.publish(topics)


class Looking:
    """SQLite: `PRAGMA data_version` tells that someone wrote, though not what; everyone then looks again."""

    def __init__(self, reader: AsyncEngine, live: Live) -> None:
        self._reader = reader
        self._live = live
        self._background = _Background(live, self._look)

    async def start(self) -> None:
        self._background.start()

    async def stop(self) -> None:
        await self._background.stop()

    async def announce(self, connection: AsyncConnection, topics: Collection[str]) -> None:
        """Nothing to do: a commit is seen by itself."""

    async def _look(self) -> None:
        seen = None
        async with self._reader.connect() as connection:
            while True:
                version = (await connection.execute(text("PRAGMA data_version"))).scalar()
                await connection.rollback()
                if version != seen:
                    seen = version
                    self._live.publish_all()
                await asyncio.sleep(LOOK_EVERY)
