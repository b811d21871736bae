"""The database: transactions that are committed whole, and live updates of what they changed."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.errors import StorageRefused
from bot.store import engines
from bot.store.across import Across, across
from bot.store.live import Live, Signal
from bot.store.migrate import migrate
from bot.store.session import Session
from bot.store.transaction import SqlTransaction

_PASSING = (sqlite3.OperationalError, psycopg.OperationalError, psycopg.InternalError, psycopg.InterfaceError)


class Database:
    """A `Store` on SQLite or PostgreSQL. Open it with `open_database`, then `await start()`."""

    def __init__(self, url: str) -> None:
        self._url = engines.parse(url)
        engines.make_folder(self._url)
        self._writer = engines.writer(self._url)
        self._reader = engines.reader(self._url) or self._writer
        self._live = Live()
        self._across: Across = across(self._url, self._reader, self._live)
        self._one_writer = asyncio.Lock() if self.is_sqlite else None

    @property
    def url(self) -> str:
        """The address with its password."""
        return self._url.render_as_string(hide_password=False)

    @property
    def is_sqlite(self) -> bool:
        return self._url.drivername == engines.SQLITE

    async def start(self) -> None:
        """Bring the schema up to date (once, whoever comes first) and listen for changes of other processes."""
        await asyncio.to_thread(migrate, self._url)
        await self._across.start()

    async def stop(self) -> None:
        await self._across.stop()
        await self._writer.dispose()
        if self._reader is not self._writer:
            await self._reader.dispose()

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
        if self._one_writer is None:
            async with self._transaction(self._writer, durable) as tx:
                yield tx
            return
        async with self._one_writer, self._transaction(self._writer, durable) as tx:
            yield tx

    @asynccontextmanager
    async def read(self) -> AsyncIterator[SqlTransaction]:
        """See `bot.conversation.storage.Store.read`."""
        async with self._transaction(self._reader) as tx:
            yield tx

    def subscribe(self, topic: str) -> Signal:
        """See `bot.conversation.storage.Store.subscribe`."""
        return self._live.subscribe(topic)

    @asynccontextmanager
    async def _transaction(self, engine: AsyncEngine, durable: bool = True) -> AsyncIterator[SqlTransaction]:
        try:
            async with engine.connect() as connection:
                connection = await connection.execution_options(**{engines.DURABLE: durable})
                session = Session(connection)
                async with connection.begin():
                    if not durable and not self.is_sqlite:
                        await connection.execute(text("SET LOCAL synchronous_commit = off"))
                    yield SqlTransaction(session)
                    if session.topics:
                        await self._across.announce(connection, session.topics)
        except (DBAPIError, PoolTimeout) as error:
            raise _refused(error) from error
        self._live.publish(session.topics)


def _refused(error: DBAPIError | PoolTimeout) -> Exception:
    """Return StorageRefused where the database itself refuses, and any other error (a defect) as it is."""
    if isinstance(error, DBAPIError) and not isinstance(error.orig, _PASSING):
        return error
    return StorageRefused("This could not be stored just now, so nothing was changed. Please try again in a moment.")


def _cause(error: StorageRefused) -> str:
    cause = error.__cause__
    return str(cause.orig if isinstance(cause, DBAPIError) else cause).strip().rstrip(".")


def open_database(url: str) -> Database:
    """Return the database at `url`; nothing is opened before `start`.

    Raises:
        SetupError: the address is not one of the supported kinds.
    """
    return Database(url)
