"""Whoever waits for a change hears of it, in this process or another, and nothing is kept of those who left."""

from __future__ import annotations

import asyncio

from sqlalchemy import URL

from tests.support.databases import new_database
from tests.support.patience import PATIENCE_S
from tests.support.plain import idle, make, read_until, running, say


async def test_a_watcher_on_another_replica_hears_of_a_message(database_url: str) -> None:
    async with running(make(database_url)) as one, running(make(database_url)) as other:
        conversation = (await one.conversations.start("website")).id
        reading = asyncio.create_task(read_until(other, conversation, 3))
        await asyncio.sleep(0.3)
        await say(one, conversation, "hello")
        async with asyncio.timeout(PATIENCE_S):
            assert [message.text for message in await reading] == ["welcome", "hello", "re: hello"]


async def test_postgresql_tells_another_replica_that_only_listens(postgres: URL) -> None:
    url = new_database(postgres)
    async with idle(make(url)) as one, idle(make(url)) as other:
        conversation = (await one.conversations.start("website")).id
        changes = other.conversations.watch(conversation)
        await anext(changes)
        await asyncio.sleep(0.5)
        waiting = asyncio.create_task(anext(changes))
        await say(one, conversation, "hello")
        async with asyncio.timeout(PATIENCE_S):  # nothing else would wake it
            await waiting


async def test_many_changes_between_two_looks_are_told_once(database_url: str) -> None:
    async with idle(make(database_url)) as service:
        signal = service.database.subscribe("topic")
        for _ in range(3):
            signal.wake()
        assert await signal.wait(0.1)
        assert not await signal.wait(0.05)


async def test_nothing_is_kept_of_watchers_that_left(database_url: str) -> None:
    async with idle(make(database_url)) as service:
        for number in range(50):
            changes = service.conversations.watch(f"conversation {number}")
            await anext(changes)
            await changes.aclose()
        assert not service.database._live._signals


async def test_a_conversation_that_is_deleted_wakes_its_watchers(database_url: str) -> None:
    async with idle(make(database_url)) as service:
        conversation = (await service.conversations.start("website")).id
        signal = service.database.subscribe(conversation)
        await service.conversations.forget(conversation)
        assert await signal.wait(1.0)
