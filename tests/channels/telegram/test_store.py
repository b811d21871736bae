"""What the channel keeps, on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.store.database import Database, open_database
from bot.store.telegram import StoredUpdate, TelegramStore

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = open_database(database_url)
    await opened.start()
    yield opened
    await opened.stop()


@pytest.fixture
def store(database: Database) -> TelegramStore:
    return TelegramStore(database)


def update(number: int, chat: int | None = 1) -> StoredUpdate:
    return StoredUpdate(number, chat, {"text": f"text {number}"}, NOW)


async def pending(store: TelegramStore, without: tuple[int, ...] = ()) -> list[int]:
    return [row.update_id for row in await store.pending(100, without)]


async def test_an_update_is_kept_once(store: TelegramStore) -> None:
    assert await store.keep([update(1), update(2)]) == 2
    assert await store.keep([update(2), update(3)]) == 1
    assert await pending(store) == [1, 2, 3]


async def test_two_who_keep_the_same_update_at_once_keep_it_once(store: TelegramStore) -> None:
    counts = await asyncio.gather(*(store.keep([update(number) for number in range(20)]) for _ in range(4)))
    assert sum(counts) == 20


async def test_a_finished_update_holds_nothing_and_is_not_kept_again(store: TelegramStore) -> None:
    await store.keep([update(1)])
    await store.finish(1)
    assert await store.keep([update(1)]) == 0
    assert await pending(store) == []


async def test_an_update_of_no_use_is_only_numbered(store: TelegramStore) -> None:
    await store.keep([update(1, None)])
    assert await pending(store) == []
    assert await store.keep([update(1)]) == 0


async def test_chats_that_wait_are_left_out_and_big_numbers_fit(store: TelegramStore) -> None:
    await store.keep([update(2**40, 5_000_000_000), update(7, -1001234567890)])
    assert await pending(store) == [7, 2**40]
    assert await pending(store, (5_000_000_000,)) == [7]


async def test_tries_are_counted_and_one_given_up_is_worked_no_more(store: TelegramStore) -> None:
    await store.keep([update(1)])
    assert [await store.postpone(1, "ValueError") for _ in range(3)] == [1, 2, 3]
    await store.give_up(1, "ValueError")
    assert await pending(store) == []


async def test_old_numbers_are_pruned_and_what_waits_is_not(store: TelegramStore) -> None:
    await store.keep([update(1), update(2)])
    await store.finish(1)
    await store.prune_updates(NOW + timedelta(days=1))
    assert await store.keep([update(1), update(2)]) == 1


async def test_a_lease_is_one_owners_until_it_runs_out(store: TelegramStore) -> None:
    soon = NOW + timedelta(seconds=8)
    assert await store.take_lease("lease", "a", NOW, soon)
    assert not await store.take_lease("lease", "b", NOW, soon)
    assert await store.take_lease("lease", "a", NOW + timedelta(seconds=2), soon + timedelta(seconds=2))
    assert not await store.take_lease("lease", "b", NOW + timedelta(seconds=9), soon)
    assert await store.take_lease("lease", "b", NOW + timedelta(seconds=11), soon + timedelta(seconds=20))
    assert not await store.take_lease("lease", "a", NOW + timedelta(seconds=12), soon)


async def test_a_lease_given_back_is_free_at_once_and_only_its_owner_can(store: TelegramStore) -> None:
    soon = NOW + timedelta(seconds=8)
    await store.take_lease("lease", "a", NOW, soon)
    await store.give_back_lease("lease", "b")
    assert not await store.take_lease("lease", "b", NOW, soon)
    await store.give_back_lease("lease", "a")
    assert await store.take_lease("lease", "b", NOW, soon)


async def test_of_many_who_want_the_lease_one_gets_it(store: TelegramStore) -> None:
    soon = NOW + timedelta(seconds=8)
    taken = await asyncio.gather(*(store.take_lease("lease", f"owner{n}", NOW, soon) for n in range(10)))
    assert sum(taken) == 1


async def test_what_is_remembered_is_replaced_dropped_and_pruned_by_age(store: TelegramStore) -> None:
    await store.put("sent:a", "1", NOW)
    await store.put("sent:a", "2 parts", NOW)
    await store.put("sent:b", "1", NOW + timedelta(days=2))
    await store.put("senta", "x", NOW)
    assert await store.get("sent:a") == "2 parts"
    assert await store.all("sent:") == {"sent:a": "2 parts", "sent:b": "1"}
    await store.prune("sent:", NOW + timedelta(days=1))
    assert await store.all("sent") == {"sent:b": "1", "senta": "x"}
    await store.drop("sent:b")
    assert await store.get("sent:b") is None


async def test_a_guessed_link_is_looked_up_and_writes_nothing(
    store: TelegramStore, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store.put("link:old", "conversation", NOW - timedelta(seconds=1))
    monkeypatch.setattr(database, "write", None)
    for key in ("link:guessed", "link:old"):
        assert await store.move_to_website(key, "hash", NOW) is None
