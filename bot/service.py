"""The bot without its channels: conversations, handoffs, the worker and the outbox over one database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.conversation.limits import Gate, Limits
from bot.conversation.outbox import Outbox
from bot.conversation.ports import Clock, Conversations, CrisisCheck, Replies, Sender, Understander
from bot.conversation.pump import Pace
from bot.conversation.service import ConversationService
from bot.conversation.worker import Worker
from bot.handoff.ports import Handoffs
from bot.handoff.service import HandoffService
from bot.store.database import Database


@dataclass(frozen=True, slots=True)
class Service:
    """Built by `build`; `start` migrates the database and takes up the work that waits in it."""

    database: Database
    conversations: Conversations
    handoffs: Handoffs
    worker: Worker
    outbox: Outbox

    async def start(self) -> None:
        """Raises SetupError where the database cannot be used."""
        await self.database.start()
        await self.worker.start()
        await self.outbox.start()

    async def stop(self) -> None:
        """Finish what is under way (a few seconds at most); what is left is taken up at the next start."""
        await self.worker.stop()
        await self.outbox.stop()
        await self.database.stop()

    async def counts(self) -> dict[str, int]:
        """Return jobs_pending, jobs_dead, outbox_pending, outbox_failed and handoffs_open."""
        async with self.database.read() as tx:
            return await tx.counts()


def build(
    database: Database,
    understander: Understander,
    crisis_check: CrisisCheck,
    replies: Replies,
    clock: Clock,
    senders: Sequence[Sender] = (),
    limits: Limits | None = None,
    pace: Pace | None = None,
) -> Service:
    """Join the parts; nothing runs before `Service.start`. `clock` returns now with a time zone."""
    gate = Gate(limits or Limits())
    return Service(
        database=database,
        conversations=ConversationService(database, crisis_check, replies, clock, gate),
        handoffs=HandoffService(database, replies, clock),
        worker=Worker(database, understander, replies, clock, pace=pace),
        outbox=Outbox(database, senders, clock, pace=pace),
    )
