"""Engines for both databases, set up so that a commit is on disk when it returns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from bot.errors import SetupError

BUSY_SECONDS = 10
SQLITE = "sqlite+aiosqlite"
POSTGRESQL = "postgresql+psycopg"
DURABLE = "durable"
"""Execution option of a connection: False lets a commit not wait for the disk."""


def parse(url: str) -> URL:
    """Return the address of a database.

    Raises:
        SetupError: not one of the two kinds, or SQLite without a file.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise _refusal("is not a database address") from None
    if parsed.drivername not in (SQLITE, POSTGRESQL):
        raise _refusal(f"names {parsed.drivername}, which is not supported")
    if parsed.drivername == SQLITE and (not parsed.database or parsed.database == ":memory:"):
        raise _refusal("names no file")
    return parsed


def writer(url: URL) -> AsyncEngine:
    if url.drivername == POSTGRESQL:
        return create_async_engine(url, pool_size=10, max_overflow=10, pool_timeout=10, pool_pre_ping=True)
    engine = create_async_engine(url, pool_size=1, max_overflow=0, pool_timeout=BUSY_SECONDS)
    _prepare(engine, "BEGIN IMMEDIATE")
    return engine


def reader(url: URL) -> AsyncEngine | None:
    """Return an engine for reading beside the one writer of SQLite; PostgreSQL needs none."""
    if url.drivername == POSTGRESQL:
        return None
    engine = create_async_engine(url, pool_size=4, max_overflow=4, pool_timeout=BUSY_SECONDS)
    _prepare(engine, "BEGIN")
    return engine


def make_folder(url: URL) -> None:
    """Make the folder of a SQLite file where it is missing."""
    if url.drivername != SQLITE or url.database is None:
        return
    folder = Path(url.database).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SetupError(
            f"The folder {folder} for the database cannot be made: {error.strerror}. Choose another."
        ) from error


def _prepare(engine: AsyncEngine, begin: str) -> None:
    """Take transactions out of the driver's hands, and make every commit durable."""

    @event.listens_for(engine.sync_engine, "connect")
    def connect(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        driver: Any = connection
        driver.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout={BUSY_SECONDS * 1000}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def start(connection: Connection) -> None:
        wanted = "FULL" if connection.get_execution_options().get(DURABLE, True) else "NORMAL"
        if connection.info.get("synchronous", "FULL") != wanted:
            connection.info["synchronous"] = wanted
            connection.exec_driver_sql(f"PRAGMA synchronous={wanted}")
        connection.exec_driver_sql(begin)


def _refusal(what: str) -> SetupError:
    return SetupError(
        f"BOT_DATABASE_URL {what}. Use sqlite+aiosqlite:////path/to/handrail.db or postgresql+psycopg://user:password@host/name."
    )
