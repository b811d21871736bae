"""A backup taken while the bot runs is whole, and restored it reads as before."""

from __future__ import annotations

import asyncio
import errno
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.backup import backup, restore
from bot.errors import SetupError
from bot.service import Service
from tests.support.databases import sqlite_url
from tests.support.plain import make, read_until, running, say, settled, texts


async def conversations(service: Service, count: int) -> list[str]:
    ids = [(await service.conversations.start("website")).id for _ in range(count)]
    for conversation in ids:
        await say(service, conversation, f"hello from {conversation}")
    await settled(service)
    return ids


def keep(folder: Path) -> None:
    [kept] = folder.glob("test.db.before-restore-*")
    kept.rename(folder / "kept.db")


async def test_every_conversation_can_be_read_from_a_backup_restored_in_an_empty_place(tmp_path: Path) -> None:
    async with running(make(sqlite_url(tmp_path))) as service:
        ids = await conversations(service, 5)
        before = [await texts(service, conversation) for conversation in ids]
        await asyncio.to_thread(backup, sqlite_url(tmp_path), tmp_path / "copy")
    restore(sqlite_url(tmp_path / "empty"), tmp_path / "copy")
    async with running(make(sqlite_url(tmp_path / "empty"))) as service:
        assert [await texts(service, conversation) for conversation in ids] == before
        await say(service, ids[0], "and on it goes")
        assert (await read_until(service, ids[0], 5))[-1].text == "re: and on it goes"


async def test_a_backup_while_messages_come_in_is_a_whole_moment(tmp_path: Path) -> None:
    async with running(make(sqlite_url(tmp_path))) as service:
        [conversation] = await conversations(service, 1)

        async def talk() -> None:
            for number in range(60):
                await say(service, conversation, f"text {number}")

        await asyncio.gather(talk(), asyncio.to_thread(backup, sqlite_url(tmp_path), tmp_path / "copy"))
    restore(sqlite_url(tmp_path / "empty"), tmp_path / "copy")
    async with running(make(sqlite_url(tmp_path / "empty"))) as service:
        await settled(service)
        messages = (await service.conversations.read(conversation)).messages
    assert [message.seq for message in messages] == list(range(1, len(messages) + 1))


async def test_a_backup_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    async with running(make(sqlite_url(tmp_path))):
        backup(sqlite_url(tmp_path), tmp_path / "copy")
    assert (tmp_path / "copy").stat().st_mode & 0o777 == 0o600


async def test_restoring_keeps_what_was_there(tmp_path: Path) -> None:
    async with running(make(sqlite_url(tmp_path))) as service:
        backup(sqlite_url(tmp_path), tmp_path / "copy")
        [later] = await conversations(service, 1)
    restore(sqlite_url(tmp_path), tmp_path / "copy")
    keep(tmp_path)
    async with running(make(sqlite_url(tmp_path, "kept.db"))) as service:
        assert (await texts(service, later))[0] == "welcome"


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@contextmanager
def full_disk() -> Iterator[None]:
    """No file may grow over 8 KiB, as if the disk were full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def still_there(folder: Path, conversation: str) -> None:
    assert files(folder) == ["copy", "test.db"]
    async with running(make(sqlite_url(folder))) as service:
        assert (await texts(service, conversation))[0] == "welcome"


async def test_what_was_there_stays_when_the_disk_is_full(tmp_path: Path) -> None:
    async with running(make(sqlite_url(tmp_path))) as service:
        backup(sqlite_url(tmp_path), tmp_path / "copy")
        [later] = await conversations(service, 1)
    with full_disk(), pytest.raises(SetupError, match="could not be copied"):
        restore(sqlite_url(tmp_path), tmp_path / "copy")
    await still_there(tmp_path, later)


@pytest.mark.parametrize("has_second_names", [True, False])
async def test_what_was_there_stays_when_the_copy_cannot_take_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_second_names: bool
) -> None:
    async with running(make(sqlite_url(tmp_path))) as service:
        backup(sqlite_url(tmp_path), tmp_path / "copy")
        [later] = await conversations(service, 1)
    with monkeypatch.context() as patch:
        if not has_second_names:
            patch.setattr(os, "link", refuse)
        patch.setattr("bot.backup._publish", refuse)
        with pytest.raises(SetupError, match="No space left"):
            restore(sqlite_url(tmp_path), tmp_path / "copy")
    await still_there(tmp_path, later)


def refuse(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


async def test_it_restores_where_a_file_can_have_one_name_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(make(sqlite_url(tmp_path))) as service:
        backup(sqlite_url(tmp_path), tmp_path / "copy")
        [later] = await conversations(service, 1)
    monkeypatch.setattr(os, "link", refuse)
    restore(sqlite_url(tmp_path), tmp_path / "copy")
    keep(tmp_path)
    async with running(make(sqlite_url(tmp_path, "kept.db"))) as service:
        assert (await texts(service, later))[0] == "welcome"


async def test_it_does_not_restore_under_a_running_bot(tmp_path: Path) -> None:
    async with running(make(sqlite_url(tmp_path))) as service:
        [conversation] = await conversations(service, 1)
        backup(sqlite_url(tmp_path), tmp_path / "copy")
        with pytest.raises(SetupError, match="in use"):
            restore(sqlite_url(tmp_path), tmp_path / "copy")
        await say(service, conversation, "still here")
        assert (await read_until(service, conversation, 5))[-1].text == "re: still here"


def test_it_says_what_is_wrong_with_a_file_that_is_no_backup(tmp_path: Path) -> None:
    url, file = sqlite_url(tmp_path), tmp_path / "file"
    with pytest.raises(SetupError, match="There is no file"):
        restore(url, file)
    file.write_text("nonsense " * 200)
    with pytest.raises(SetupError, match="not a database"):
        restore(url, file)
    file.write_bytes(b"")
    with pytest.raises(SetupError, match="not a database of Handrail"):
        restore(url, file)
    assert not (tmp_path / "test.db").exists()


async def test_it_refuses_a_damaged_backup(tmp_path: Path) -> None:
    async with running(make(sqlite_url(tmp_path))) as service:
        await conversations(service, 20)
        backup(sqlite_url(tmp_path), tmp_path / "copy")
    content = bytearray((tmp_path / "copy").read_bytes())
    content[len(content) // 2 :] = bytes(len(content) - len(content) // 2)
    (tmp_path / "copy").write_bytes(bytes(content))
    with pytest.raises(SetupError, match=r"damaged|could not be"):
        restore(sqlite_url(tmp_path / "empty"), tmp_path / "copy")
    assert not (tmp_path / "empty" / "test.db").exists()


def test_it_says_when_there_is_nothing_to_back_up_and_where_postgresql_is_copied(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="no database"):
        backup(sqlite_url(tmp_path), tmp_path / "copy")
    with pytest.raises(SetupError, match="pg_dump"):
        backup("postgresql+psycopg://localhost/handrail", tmp_path / "copy")
    with pytest.raises(SetupError, match="pg_restore"):
        restore("postgresql+psycopg://localhost/handrail", tmp_path / "copy")
