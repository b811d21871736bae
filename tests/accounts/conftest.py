from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.accounts.accounts import Accounts
from bot.accounts.links import SignInLinks
from bot.accounts.passwords import hash_password
from bot.accounts.ports import NewAccount, StaffStore
from bot.accounts.sessions import Sessions
from bot.accounts.signing_in import SigningIn
from bot.handoff.model import StaffMember
from bot.store.database import open_database
from bot.store.staff import StaffSql

PASSWORD = "purple kettle sings twice"
PASSWORD_HASH = hash_password(PASSWORD)
HERE = "192.0.2.7"


class Clock:
    """A clock that stands still until it is moved on."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Office:
    """Staff accounts over a real database."""

    store: StaffStore
    clock: Clock
    links: SignInLinks
    sessions: Sessions
    signing_in: SigningIn
    accounts: Accounts

    async def add(self, name: str, role: str = "Nurse", is_admin: bool = False, password: bool = True) -> StaffMember:
        email = f"{name.lower()}@clinic.example"
        new = NewAccount(name, role, email, is_admin, PASSWORD_HASH if password else None)
        self.clock.move(seconds=1)
        return await self.store.add(new, self.clock())

    async def sign_in(self, name: str, password: str = PASSWORD, code: str = "", address: str = HERE) -> str:
        return await self.signing_in.with_password(f"{name.lower()}@clinic.example", password, code, address)


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    database = open_database(f"sqlite+aiosqlite:///{tmp_path / 'staff.db'}")
    await database.start()
    store, clock = StaffSql(database), Clock()
    links, sessions = SignInLinks(store, clock, "https://chat.clinic.example"), Sessions(store, clock)
    signing_in, accounts = SigningIn(store, sessions, links, clock), Accounts(store, links, clock)
    yield Office(store, clock, links, sessions, signing_in, accounts)
    await database.stop()


def token_of(address: str) -> str:
    return address.rsplit("/", 1)[1]
