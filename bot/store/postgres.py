"""PostgreSQL: many writers, several replicas, told of each other's changes by NOTIFY."""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
from sqlalchemy import URL, text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.store.background import Background
from bot.store.live import Live
from bot.store.session import OPTIONS, Session

CHANNEL = "handrail"
_NOTIFY = text("SELECT pg_notify(:channel, :payload)")
_NOT_DURABLE = text("SET LOCAL synchronous_commit = off")


class Postgres:
    def __init__(self, url: URL, live: Live) -> None:
        self._engine = create_async_engine(
            url,
            hide_parameters=True,  # a visitor's text stays out of errors and logs
            pool_size=10,
            max_overflow=10,
            pool_timeout=10,
            pool_pre_ping=True,
            execution_options=OPTIONS,
        )
        self._conninfo = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._origin = uuid.uuid4().hex
        self._live = live
        self._background = Background(live, self._listen)

    async def start(self) -> None:
        self._background.start()

    async def stop(self) -> None:
        await self._background.stop()
        await self._engine.dispose()

    @asynccontextmanager
    async def write(self, durable: bool) -> AsyncIterator[Session]:
        async with self._engine.begin() as connection:
            session = Session(connection)
            if not durable:
                await connection.execute(_NOT_DURABLE)
            yield session
            if session.topics:
                payload = json.dumps([self._origin, *session.topics])
                await connection.execute(_NOTIFY, {"channel": CHANNEL, "payload": payload})
        self._live.publish(session.topics)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Session]:
        async with self._engine.connect() as connection:
            yield Session(connection)

    async def _listen(self) -> None:
        async with await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True) as connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            # What was told between two connections was missed.
            self._live.publish_all()
            async for told in connection.notifies():
                origin, *topics = json.loads(told.payload)
                if origin != self._origin:
                    self._live.publish(topics)
