"""The address of the database, checked."""

from __future__ import annotations

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.errors import SetupError

SQLITE = "sqlite+aiosqlite"
POSTGRESQL = "postgresql+psycopg"


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
    if is_sqlite(parsed) and (not parsed.database or parsed.database == ":memory:"):
        raise _refusal("names no file")
    return parsed


def is_sqlite(url: URL) -> bool:
    return url.drivername == SQLITE


def _refusal(what: str) -> SetupError:
    return SetupError(
        f"BOT_DATABASE_URL {what}. "
        "Use sqlite+aiosqlite:////path/to/handrail.db or postgresql+psycopg://user:password@host/name."
    )
