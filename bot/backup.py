"""Backing up the SQLite database while the bot runs, and putting a backup back. PostgreSQL has its own tools for it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from bot.errors import SetupError
from bot.store import address
from bot.store.migrate import revisions


def backup(database_url: str, file: Path) -> None:
    """Copy the database to `file`, checked, in one piece, readable by its owner alone; the bot may go on meanwhile.

    A file of that name is replaced only when the copy is complete.

    Raises:
        SetupError: there is nothing to back up, the copy is not sound, or it cannot be written.
    """
    source = _sqlite_file(database_url, f"pg_dump --format=custom --file {file}")
    if not source.is_file():
        raise SetupError(f"There is no database at {source} yet. Start the bot once, or check BOT_DATABASE_URL.")
    if file.exists() and file.samefile(source):
        raise SetupError(f"{file} is the database itself. Name another file.")
    with _sentences(file), _copied(source, file) as copy:
        _publish(copy, file)


def restore(database_url: str, file: Path) -> None:
    """Put the database back from `file`; the one that was there is kept beside it as `….before-restore-<time>`.

    Whatever fails, the database that was there stays in its place.

    Raises:
        SetupError: `file` is no sound backup of this or an older version, it cannot be copied, or the bot still runs.
    """
    target = _sqlite_file(database_url, f"pg_restore --clean --if-exists --dbname DATABASE {file}")
    if not file.is_file():
        raise SetupError(f"There is no file {file}. Name a file that `backup` wrote.")
    with _sentences(file):
        _require_sound(file)
        _require_known_schema(file)
        target.parent.mkdir(parents=True, exist_ok=True)
        with _copied(file, target) as copy:
            if target.exists():
                _require_unused(target)
                stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
                _replace(copy, target, target.with_name(f"{target.name}.before-restore-{stamp}"))
            else:
                _publish(copy, target)


def _sqlite_file(database_url: str, instead: str) -> Path:
    url = address.parse(database_url)
    if not address.is_sqlite(url):
        raise SetupError(f"This database is PostgreSQL, which is copied by its own tool: {instead}")
    return Path(url.database or "")


@contextmanager
def _copied(source: Path, target: Path) -> Iterator[Path]:
    """Yield a sound copy of `source` beside `target`, on the disk; it is gone afterwards unless it was renamed."""
    partial = target.with_name(f"{target.name}.partial")
    partial.unlink(missing_ok=True)
    try:
        partial.touch(mode=0o600)
        with closing(sqlite3.connect(source)) as reading, closing(sqlite3.connect(partial)) as writing:
            reading.backup(writing)
            # One file that needs no log beside it.
            writing.execute("PRAGMA journal_mode=DELETE")
        _require_sound(partial)
        _to_disk(partial)
        yield partial
    finally:
        partial.unlink(missing_ok=True)


def _publish(copy: Path, target: Path) -> None:
    copy.replace(target)
    _to_disk(target.parent)


def _replace(copy: Path, target: Path, kept: Path) -> None:
    """Put `copy` in the place of `target`, which stays as `kept`.

    By a second name for the old file there is a database at `target` at every moment; without one, the next start
    would make an empty database. Some file systems know no second names: there the old file is put back on failure.
    """
    try:
        os.link(target, kept)
    except FileExistsError:
        raise
    except OSError:
        target.rename(kept)
    try:
        _publish(copy, target)
    except OSError:
        kept.replace(target)
        kept.unlink(missing_ok=True)
        raise


def _require_sound(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        found = [row[0] for row in connection.execute("PRAGMA integrity_check")]
        astray = connection.execute("PRAGMA foreign_key_check").fetchall()
    if found != ["ok"] or astray:
        raise SetupError(f"{file} is damaged: {'; '.join(found[:3])}. Use another backup.")


def _require_known_schema(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        try:
            found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        except sqlite3.OperationalError:
            found = None
    if found is None:
        raise SetupError(f"{file} is not a database of Handrail. Name a file that `backup` wrote.")
    if found[0] not in revisions():
        raise SetupError(
            f"{file} was written by a newer version of Handrail (schema {found[0]}). Update Handrail first."
        )


def _require_unused(target: Path) -> None:
    """Leaving the write-ahead log works only while no other process has the database open."""
    with closing(sqlite3.connect(target, timeout=1)) as connection:
        try:
            connection.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError as error:
            raise SetupError(f"The database {target} is in use ({error}). Stop the bot, then restore.") from error


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _sentences(file: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise SetupError(
            f"{file} could not be copied or read: {error}. Check the disk and that it is a backup."
        ) from error
    except OSError as error:
        raise SetupError(
            f"{file} could not be written or read: {error.strerror}. Check the folder and the disk."
        ) from error
