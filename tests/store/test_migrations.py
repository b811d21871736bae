"""The schema is brought up to date once, from any released one, and is the one the code expects."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import URL, make_url

from bot.errors import SetupError
from bot.store.database import open_database
from bot.store.migrate import migrate, revisions, upgrade
from bot.store.schema import metadata
from tests.support.databases import sqlite_url
from tests.support.plain import idle, make, say, texts


def engine(url: str) -> sa.Engine:
    address: URL = make_url(url)
    return sa.create_engine(address.set(drivername="sqlite") if "sqlite" in address.drivername else address)


@pytest.mark.parametrize("released", [None, *revisions()])
def test_it_comes_from_empty_and_from_each_released_schema_to_the_one_of_the_code(
    database_url: str, released: str | None
) -> None:
    made = engine(database_url)
    if released:
        with made.begin() as connection:
            upgrade(connection, released)
    migrate(make_url(database_url))
    with made.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert context.get_current_revision() == revisions()[-1]
        assert compare_metadata(context, metadata) == []
    made.dispose()


def test_what_an_older_version_stored_is_kept(database_url: str) -> None:
    made = engine(database_url)
    with made.begin() as connection:
        upgrade(connection, "0001")
        connection.execute(
            sa.text(
                "INSERT INTO conversations (id, channel, token_hash, owner, next_seq, clarified, previous_topic, language,"
                " created_at) VALUES ('c', 'website', 'x', 'assistant', 1, 0, '', '', '2026-03-02 12:00:00')"
            )
        )
    made.dispose()

    async def read() -> list[str]:
        async with idle(make(database_url)) as service:
            await say(service, "c", "hello")
            return await texts(service, "c")

    assert asyncio.run(read()) == ["hello"]


async def test_replicas_that_start_at_once_migrate_once(database_url: str) -> None:
    databases = [open_database(database_url) for _ in range(4)]
    await asyncio.gather(*(database.start() for database in databases))
    async with databases[0].read() as tx:
        assert (await tx.session.rows(sa.text("SELECT version_num FROM alembic_version"))) == [
            {"version_num": revisions()[-1]}
        ]
    for database in databases:
        await database.stop()


async def test_it_refuses_a_database_of_a_newer_version(database_url: str) -> None:
    migrate(make_url(database_url))
    made = engine(database_url)
    with made.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    made.dispose()
    with pytest.raises(SetupError, match="newer version"):
        await open_database(database_url).start()


@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("", "not a database address"),
        ("mysql://localhost/x", "mysql"),
        ("sqlite+aiosqlite://", "names no file"),
        ("sqlite+aiosqlite:///:memory:", "names no file"),
        ("sqlite:///x.db", "not supported"),
    ],
)
def test_it_refuses_an_address_it_cannot_use(url: str, what: str) -> None:
    with pytest.raises(SetupError, match=what):
        open_database(url)


async def test_it_says_where_a_database_cannot_be_reached() -> None:
    with pytest.raises(SetupError, match="cannot be used"):
        await open_database("postgresql+psycopg://nobody@127.0.0.1:1/none").start()


async def test_it_says_when_a_file_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "test.db").write_text("This is no database, but a text that is long enough to be read as one." * 20)
    with pytest.raises(SetupError, match="not a database"):
        await open_database(sqlite_url(tmp_path)).start()


async def test_sqlite_is_durable_and_whole(tmp_path: Path) -> None:
    async with idle(make(sqlite_url(tmp_path))) as service, service.database.write() as tx:
        settings = {
            name: await tx.session.scalar(sa.text(f"PRAGMA {name}")) for name in ("synchronous", "foreign_keys")
        }
    assert settings == {"synchronous": 2, "foreign_keys": 1}
    with closing(sqlite3.connect(tmp_path / "test.db")) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
