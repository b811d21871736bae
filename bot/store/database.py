"""The database: transactions that are committed whole, and live updates of what they changed."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from typing import Protocol

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.errors import StorageRefused
from bot.store import address
from bot.store.live import Live, Signal
from bot.store.migrate import migrate
from bot.store.postgres import Postgres
from bot.store.session import Session
from bot.store.sqlite import Sqlite
from bot.store.transaction import SqlTransaction

# What the database itself may answer at any time; any other error of the driver is a defect of ours.
_REFUSALS = (sqlite3.OperationalError, psycopg.OperationalError, psycopg.InternalError, psycopg.InterfaceError)


class Backend(Protocol):
    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def write(self, durable: bool) -> AbstractAsyncContextManager[Session]: ...

    def read(self) -> AbstractAsyncContextManager[Session]: ...


class Database:
    """A `Store` on SQLite or PostgreSQL. Made by `open_database`; used between `start` and `stop`."""

    def __init__(self, url: str) -> None:
        self._url = address.parse(url)
        self._live = Live()
        made = Sqlite if self.is_sqlite else Postgres
        self._backend: Backend = made(self._url, self._live)

    @property
    def url(self) -> str:
        """The address with its password."""
        return self._url.render_as_string(hide_password=False)

    @property
    def is_sqlite(self) -> bool:
        return address.is_sqlite(self._url)

    async def start(self) -> None:
        """Bring the schema up to date (once, whoever comes first) and listen for changes of other processes.

        Raises:
            SetupError: the database cannot be reached or written, or a newer version wrote it.
        """
        await asyncio.to_thread(migrate, self._url)
        await self._backend.start()

    async def stop(self) -> None:
        await self._backend.stop()

    async def check(self) -> str:
        """Return what is wrong with the database in one sentence, "" when it can be written to."""
        try:
            async with self.write(durable=False) as tx:
                await tx.probe()
        except StorageRefused as error:
            return f"The database refuses to store anything: {_cause(error)}."
        return ""

    @asynccontextmanager
    async def write(self, durable: bool = True) -> AsyncIterator[SqlTransaction]:
        """See `bot.conversation.storage.Store.write`."""
        with _refusals():
            async with self._backend.write(durable) as session:
                yield SqlTransaction(session)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[SqlTransaction]:
        """See `bot.conversation.storage.Store.read`."""
        with _refusals():
            async with self._backend.read() as session:
                yield SqlTransaction(session)

    def subscribe(self, topic: str) -> Signal:
        """See `bot.conversation.storage.Store.subscribe`."""
        return self._live.subscribe(topic)


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except (DBAPIError, PoolTimeout) as error:
        if isinstance(error, DBAPIError) and not isinstance(error.orig, _REFUSALS):
            raise
        message = "This could not be stored just now, so nothing was changed. Please try again in a moment."
        raise StorageRefused(message) from error


def _cause(error: StorageRefused) -> str:
    cause = error.__cause__
    return str(cause.orig if isinstance(cause, DBAPIError) else cause).strip().rstrip(".")


def open_database(url: str) -> Database:
    """Return the database at `url`; nothing is opened before `start`.

    Raises:
        SetupError: the address is not one of the supported kinds.
    """
    return Database(url)
