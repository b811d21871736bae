"""Staff accounts on both databases; their rules are tested in tests/accounts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.accounts.errors import FormRefused
from bot.accounts.ports import NewAccount
from bot.errors import NotAllowed
from bot.store.database import open_database
from bot.store.staff import StaffSql

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=30)
ADA = NewAccount("Ada", "Practice manager", "ada@clinic.example", is_admin=True)
NIA = NewAccount("Nia", "Nurse", "nia@clinic.example", password_hash="hash")


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[StaffSql]:
    database = open_database(database_url)
    await database.start()
    yield StaffSql(database)
    await database.stop()


async def test_it_keeps_what_an_account_is_made_of(store: StaffSql) -> None:
    nia = await store.add(NIA, NOW)
    await store.set_totp(nia.id, "secret")
    await store.set_password(nia.id, "another")
    found = await store.account_by_email("nia@clinic.example")
    assert found is not None
    assert found == await store.account(nia.id)
    assert (found.member, found.password_hash, found.totp_secret) == (nia, "another", "secret")
    with pytest.raises(FormRefused):
        await store.add(NIA, NOW)


async def test_a_link_is_used_once_however_many_try_at_once(store: StaffSql) -> None:
    nia = await store.add(NIA, NOW)
    await store.add_link("hash", nia.id, LATER)
    used = await asyncio.gather(*(store.use_link("hash", NOW) for _ in range(6)))
    assert sum(used) == 1
    assert await store.link("hash", NOW) is None


async def test_the_first_account_is_made_once(store: StaffSql) -> None:
    for name in ("one", "two"):
        await store.add_link(name, None, LATER)
    assert await store.add_first("one", ADA, LATER) is None, "the link is out of date"
    assert await store.add_first("one", ADA, NOW) is not None
    assert await store.add_first("two", ADA, NOW) is None
    assert len(await store.accounts()) == 1


async def test_a_session_lasts_until_it_expires_or_its_person_is_switched_off(store: StaffSql) -> None:
    await store.add(ADA, NOW)
    nia = await store.add(NIA, NOW)
    await store.add_session("here", nia.id, NOW, LATER)
    await store.add_session("there", nia.id, NOW, LATER)
    assert await store.session("here", LATER) is None
    await store.touch_session("here", NOW, LATER + timedelta(hours=1))
    assert await store.session("here", LATER) is not None
    await store.end_sessions(nia.id, keep="here")
    assert await store.session("there", NOW) is None
    await store.set_active(nia.id, False)
    assert await store.session("here", NOW) is None


async def test_two_administrators_cannot_switch_each_other_off_at_once(store: StaffSql) -> None:
    ada = await store.add(ADA, NOW)
    ann = await store.add(NewAccount("Ann", "Doctor", "ann@clinic.example", is_admin=True), NOW)
    results = await asyncio.gather(
        store.set_active(ada.id, False), store.set_active(ann.id, False), return_exceptions=True
    )
    assert [type(result) for result in results if result is not None] == [NotAllowed]


async def test_it_counts_what_the_audit_trail_says(store: StaffSql) -> None:
    for minute in range(3):
        await store.record(NOW + timedelta(minutes=minute), None, "sign_in_failed", "key")
    await store.record(NOW, None, "sign_in_failed", "other")
    assert await store.count("sign_in_failed", "key", NOW + timedelta(minutes=1)) == 2
