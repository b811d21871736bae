"""A nurse who works the app's handoffs from another process's place: over the same database."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

from bot.accounts.ports import NewAccount
from bot.app import utc_now
from bot.approved import Approved
from bot.handoff.model import Handoff, StaffMember
from bot.handoff.ports import Handoffs
from bot.service import build
from bot.settings import Settings
from bot.store.database import open_database
from bot.store.staff import StaffSql
from tests.support.understander import Scripted


class Nurse:
    """Nia, Nurse. Works the one handoff that waits."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def reply(self, text: str) -> None:
        """Answer the handoff that waits, taking it first."""
        self._work(lambda handoffs, handoff, nia: handoffs.reply(handoff.id, nia, uuid.uuid4().hex, text))

    def close(self) -> None:
        """End the handoff."""
        self._work(lambda handoffs, handoff, nia: handoffs.close(handoff.id, nia))

    def _work(self, act: Callable[[Handoffs, Handoff, StaffMember], Awaitable[object]]) -> None:
        async def run() -> None:
            database = open_database(self._settings.database_url.get_secret_value())
            await database.start()
            try:
                approved = Approved.load(self._settings.content_dir)
                handoffs = build(database, Scripted(), approved, approved, utc_now).handoffs
                (handoff,) = await handoffs.queue()
                await act(handoffs, handoff, await _nia(StaffSql(database)))
            finally:
                await database.stop()

        # In a thread of its own: Playwright keeps an event loop running in the test's.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(lambda: asyncio.run(run())).result()


async def _nia(staff: StaffSql) -> StaffMember:
    known = await staff.account_by_email("nia@clinic.example")
    return known.member if known else await staff.add(NewAccount("Nia", "Nurse", "nia@clinic.example"), utc_now())
