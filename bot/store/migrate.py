"""Bringing the schema up to date, once, whichever process comes first."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import URL, Connection, event
from sqlalchemy.exc import DBAPIError

from bot.errors import SetupError
from bot.store.address import is_sqlite

OLDEST_SQLITE = (3, 35, 0)
LOCK = 0x48414E44
WAIT_SECONDS = 60
_SCRIPTS = Path(__file__).parent / "migrations"


def migrate(url: URL) -> None:
    """Upgrade the database to this version's schema in one transaction; a second process waits and then finds it done.

    Raises:
        SetupError: the database cannot be reached or written, or a newer version wrote it.
    """
    if is_sqlite(url) and sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise SetupError(
            f"Python's SQLite is {sqlite3.sqlite_version}; version 3.35 or newer is needed. Use a newer Python."
        )
    engine = _engine(url)
    try:
        with engine.begin() as connection:
            if not is_sqlite(url):
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            upgrade(connection)
    except CommandError as error:
        raise SetupError(
            f"The database was written by a newer version of Handrail ({error}). Update Handrail."
        ) from error
    except DBAPIError as error:
        shown = url.render_as_string(hide_password=True)
        raise SetupError(
            f"The database {shown} cannot be used: {error.orig}. Check that it exists and may be written to."
        ) from error
    finally:
        engine.dispose()


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Upgrade within the transaction of `connection`."""
    config = configuration()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def revisions() -> list[str]:
    """Return every schema revision this version knows, oldest first."""
    return [script.revision for script in ScriptDirectory.from_config(configuration()).walk_revisions()][::-1]


def configuration() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.set_main_option("path_separator", "os")
    return config


def _engine(url: URL) -> sa.Engine:
    if not is_sqlite(url):
        return sa.create_engine(url)
    engine = sa.create_engine(
        url.set(drivername="sqlite"), connect_args={"timeout": WAIT_SECONDS, "isolation_level": None}
    )

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
