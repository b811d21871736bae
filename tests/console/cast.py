"""A standing cast on the real app: Ada administers, Nia nurses, Ravi is at reception, Eve has left."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import httpx

from bot.accounts.passwords import hash_password
from bot.accounts.ports import NewAccount
from bot.app import utc_now
from bot.handoff.model import StaffMember
from bot.settings import Settings
from bot.store.database import Database, open_database
from bot.store.staff import StaffSql
from tests.support.patience import until
from tests.support.serving import Running
from tests.support.visitor import Message
from tests.support.visitor import Visitor as ApiVisitor

PASSWORD = "purple kettle sings twice"
PEOPLE = {
    "Ada": ("Practice manager", True),
    "Nia": ("Nurse", False),
    "Ravi": ("Receptionist", False),
    "Eve": ("Nurse", False),
}
T = TypeVar("T")


class Visitor(ApiVisitor):
    """Somebody writing through the widget's API."""

    def __init__(self, url: str) -> None:
        super().__init__(httpx.Client(base_url=url, trust_env=False))

    def write(self, text: str) -> None:
        assert self.send(text).status_code == 202

    def read(self) -> list[Message]:
        messages: list[Message] = self.thread()["messages"]
        return messages

    def hears(self, text: str) -> bool:
        return any(text in message["text"] for message in self.read())

    def forget(self) -> None:
        assert self.http.delete(self.path, headers=self.headers).status_code == 204


class Person:
    """A browser without scripts: follows links and sends forms with their tokens."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url, trust_env=False, follow_redirects=True)

    def get(self, path: str) -> httpx.Response:
        return self.http.get(path)

    def send(self, page: str, path: str, **fields: str) -> httpx.Response:
        """Open `page` for its form's token, then send `fields` to `path`."""
        return self.http.post(path, data={"form_token": self.form_token(page), **fields})

    def form_token(self, page: str) -> str:
        found = re.search(r'name="form_token" value="([0-9a-f]{64})"', self.get(page).text)
        return found[1] if found else ""

    def sign_in(self, name: str, password: str = PASSWORD, code: str = "") -> httpx.Response:
        sent = {"email": email_of(name), "password": password, "code": code}
        return self.send("/console/sign-in", "/console/sign-in", **sent)

    @property
    def is_signed_in(self) -> bool:
        return self.http.get("/console/queue/waiting", follow_redirects=False).status_code == 200


@dataclass(frozen=True)
class Clinic:
    """The app with the cast in its database."""

    running: Running
    settings: Settings
    members: dict[str, StaffMember]

    def visitor(self) -> Visitor:
        return Visitor(self.running.url)

    def stranger(self) -> Person:
        return Person(self.running.url)

    def person(self, name: str) -> Person:
        """Return the member of the cast, signed in."""
        person = self.stranger()
        assert person.sign_in(name).url.path == "/console/queue/waiting", f"{name} could not sign in"
        return person

    def handoff_of(self, visitor: Visitor) -> str:
        """Return the id of the visitor's handoff that is not closed, waiting for it."""

        async def look(database: Database) -> str:
            async with database.read() as tx:
                found = await tx.handoffs.open_of(visitor.id)
            return found.id if found else ""

        return until(lambda: self.inside(look))

    def inside(self, act: Callable[[Database], Awaitable[T]]) -> T:
        """Run `act` on the app's database, from outside the app."""
        return inside(self.settings, act)


def email_of(name: str) -> str:
    return f"{name.lower()}@clinic.example"


def inside(settings: Settings, act: Callable[[Database], Awaitable[T]]) -> T:
    async def run() -> T:
        database = open_database(settings.database_url.get_secret_value())
        await database.start()
        try:
            return await act(database)
        finally:
            await database.stop()

    # In a thread of its own: Playwright keeps an event loop running in the test's.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(run())).result()


async def enrol(database: Database) -> dict[str, StaffMember]:
    """Put the cast into the database; Eve's account is switched off."""
    store, password_hash, members = StaffSql(database), hash_password(PASSWORD), {}
    for name, (role, is_admin) in PEOPLE.items():
        new = NewAccount(name, role, email_of(name), is_admin, password_hash)
        members[name] = await store.add(new, utc_now())
    await store.set_active(members["Eve"].id, False)
    return members
