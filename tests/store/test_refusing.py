"""A disk that takes no more: new messages are refused clearly, nothing is broken, and all goes on once it can."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.errors import StorageRefused
from tests.support.databases import sqlite_url
from tests.support.plain import idle, make, read_until, running, say, settled, texts


async def test_a_full_disk_refuses_clearly_and_breaks_nothing(tmp_path: Path) -> None:
    async with running(make(sqlite_url(tmp_path))) as service:
        conversation = (await service.conversations.start("website")).id
        await settled(service)
        async with service.database.write() as tx:
            full = await tx.session.scalar(sa.text("PRAGMA page_count"))
            await tx.session.execute(sa.text(f"PRAGMA max_page_count={full}"))
        with pytest.raises(StorageRefused):
            for number in range(500):
                await say(service, conversation, f"{number} " * 400, str(number))
        stored = [message.text for message in (await service.conversations.read(conversation)).messages]
        async with service.database.write() as tx:
            await tx.session.execute(sa.text("PRAGMA max_page_count=1000000"))
        await say(service, conversation, "there is room again")
        await settled(service)
        assert (await texts(service, conversation))[: len(stored)] == stored
        assert (await read_until(service, conversation, 3))[-1].text.startswith("re:")
    with closing(sqlite3.connect(tmp_path / "test.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


async def test_a_database_that_may_not_be_written_says_so(tmp_path: Path) -> None:
    async with idle(make(sqlite_url(tmp_path))) as service:
        conversation = (await service.conversations.start("website")).id
        assert await service.database.check() == ""
        async with service.database.write() as tx:
            await tx.session.execute(sa.text("PRAGMA query_only=ON"))
        with pytest.raises(StorageRefused, match="not be stored"):
            await say(service, conversation, "hello")
        assert "readonly" in await service.database.check()
        assert await texts(service, conversation) == ["welcome"]


async def test_a_defect_of_ours_is_not_called_a_full_disk(tmp_path: Path) -> None:
    async with idle(make(sqlite_url(tmp_path))) as service, service.database.read() as tx:
        with pytest.raises(sa.exc.OperationalError):
            await tx.session.execute(sa.text("SELECT nothing FROM nowhere"))


async def test_a_transaction_that_fails_leaves_nothing_behind(database_url: str) -> None:
    async with idle(make(database_url)) as service:
        conversation = (await service.conversations.start("website")).id
        with pytest.raises(ZeroDivisionError):
            async with service.database.write() as tx:
                await tx.conversations.delete(conversation)
                raise ZeroDivisionError
        assert await texts(service, conversation) == ["welcome"]
