"""SQLite: one file, one writer, every commit on disk before it returns."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import URL, Connection, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from bot.errors import SetupError
from bot.store.background import Background
from bot.store.live import Live
from bot.store.session import OPTIONS, Session

BUSY_SECONDS = 10.0
RETRY_SECONDS = 0.02
LOOK_EVERY = 1.0
PRAGMAS = ("busy_timeout=50", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")


class Sqlite:
    """Writers of this process take turns; those of others are waited for, `BUSY_SECONDS` at most."""

    def __init__(self, url: URL, live: Live) -> None:
        _make_folder(url)
        self._engine = engine(url)
        self._live = live
        self._turn = asyncio.Lock()
        self._background = Background(live, self._look)

    async def start(self) -> None:
        self._background.start()

    async def stop(self) -> None:
        await self._background.stop()
        self._engine.dispose()

    @asynccontextmanager
    async def write(self, durable: bool) -> AsyncIterator[Session]:
        async with self._turn:
            with self._engine.connect() as connection:
                _set_synchronous(connection, durable)
                await _begin_immediate(connection)
                session = Session(connection)
                try:
                    yield session
                except BaseException:
                    connection.rollback()
                    raise
                await _commit(connection, durable)
        self._live.publish(session.topics)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Session]:
        with self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            try:
                yield Session(connection)
            finally:
                connection.rollback()

    async def _look(self) -> None:
        """Another process's commit is told by `data_version`, though not what it changed: everyone looks again."""
        seen = None
        with self._engine.connect() as connection:
            while True:
                version = connection.exec_driver_sql("PRAGMA data_version").scalar()
                connection.rollback()
                if version != seen:
                    seen = version
                    self._live.publish_all()
                await asyncio.sleep(LOOK_EVERY)


def engine(url: URL) -> sa.Engine:
    """Return an engine whose transactions are begun by hand. It serves one event loop, whatever thread that runs in."""
    made = sa.create_engine(
        url.set(drivername="sqlite"),
        hide_parameters=True,  # a visitor's text stays out of errors and logs
        pool_size=2,
        # A wait for a free connection would stop the event loop that is to free it.
        max_overflow=-1,
        execution_options=OPTIONS,
        connect_args={"check_same_thread": False, "isolation_level": None},
    )

    @event.listens_for(made, "connect")
    def connect(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        for pragma in PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return made


def _set_synchronous(connection: Connection, durable: bool) -> None:
    """What may be forgotten in a power cut does not wait for the disk; the database stays whole either way."""
    wanted = "FULL" if durable else "NORMAL"
    if connection.info.get("synchronous", "FULL") != wanted:
        connection.info["synchronous"] = wanted
        connection.exec_driver_sql(f"PRAGMA synchronous={wanted}")


async def _begin_immediate(connection: Connection) -> None:
    """Take the write lock; while another process has it, let the event loop go on."""
    deadline = asyncio.get_running_loop().time() + BUSY_SECONDS
    while True:
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            return
        except OperationalError as error:
            if not _is_busy(error) or asyncio.get_running_loop().time() > deadline:
                raise
        await asyncio.sleep(RETRY_SECONDS)


async def _commit(connection: Connection, durable: bool) -> None:
    """Commit; whoever is cancelled meanwhile still waits for the end, since the connection is in use until then."""
    if not durable:
        connection.commit()
        return
    committing = asyncio.ensure_future(asyncio.to_thread(connection.commit))
    try:
        await asyncio.shield(committing)
    except asyncio.CancelledError:
        await asyncio.wait([committing])
        raise


def _is_busy(error: OperationalError) -> bool:
    return isinstance(error.orig, sqlite3.OperationalError) and error.orig.sqlite_errorcode & 0xFF in (
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
    )


def _make_folder(url: URL) -> None:
    folder = Path(url.database or "").parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SetupError(
            f"The folder {folder} for the database cannot be made: {error.strerror}. Choose another."
        ) from error
