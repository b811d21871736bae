"""The bot's Protocols filled with the plainest words, for tests of what happens rather than of what is said."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.conversation.limits import Limits
from bot.conversation.model import Context, HandoffMark, InboundMessage, Message, Outcome, Reply, Urgency, Wording
from bot.conversation.ports import CrisisCheck, Sender, Understander
from bot.conversation.pump import Pace
from bot.handoff.model import StaffMember
from bot.service import Service, build
from bot.store.database import open_database
from bot.store.schema import staff
from tests.support.patience import PATIENCE_S

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
QUICK = Pace(lease=1.0, heartbeat=0.25, idle=0.1, drain=1.0)
NO_LIMITS = Limits(1_000_000, 1_000_000, 1_000_000, 1_000_000, 1_000_000)

NIA = StaffMember("nia", "Nia", "Nurse", "nia@clinic.example")
RAVI = StaffMember("ravi", "Ravi", "Receptionist", "ravi@clinic.example")
ADA = StaffMember("ada", "Ada", "Technician", "ada@clinic.example", is_admin=True)
EVE = StaffMember("eve", "Eve", "Nurse", "eve@clinic.example", is_active=False)


class Echo:
    """Answers every text with itself; a text with "nurse" in it is clinical."""

    async def reply_to(self, message_id: str, text: str, context: Context) -> Reply:
        if "nurse" in text:
            return Reply(
                f"re: {text}", Outcome.CLINICAL, "medication", handoff=HandoffMark("medication", "A medicine.")
            )
        return Reply(f"re: {text}", Outcome.ANSWER, "what_is_it")


class Alarm:
    """Sees danger in every text with the word "danger", and an emergency in one that speaks of pills as well."""

    def check(self, text: str, *, thorough: bool = True) -> Reply | None:
        if "danger" not in text:
            return None
        kind, told = ("medical_emergency", "Call 112.") if "pills" in text else ("self_harm", "Call 999.")
        return Reply(told, Outcome.CRISIS, kind, handoff=HandoffMark(kind, "Speaks of danger.", Urgency.URGENT))


class PlainReplies:
    """Says what it is, in one or two words."""

    def welcome(self, channel: str) -> Wording:
        return Wording("welcome")

    def crisis(self, kind: str, now: datetime, again: int) -> Wording:
        return Wording(f"crisis {kind} {again}")

    def handed_over(self, kind: str, now: datetime) -> Wording:
        return Wording(f"handed over {kind}")

    def outage(self, now: datetime) -> Wording:
        return Wording("outage")

    def waiting_added(self) -> Wording:
        return Wording("added")

    def attachment(self, kind: str) -> Wording:
        return Wording(f"cannot read {kind}")

    def staff_joined(self, name: str, role: str) -> Wording:
        return Wording(f"{name} joined")

    def staff_left(self, now: datetime) -> Wording:
        return Wording("left")

    def closed(self) -> Wording:
        return Wording("closed")


@dataclass
class SetClock:
    """Stands still until it is moved."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class Phone:
    """A pushed channel that keeps what it got; `trouble` is raised, first to last, instead of delivering."""

    channel: str = "phone"
    trouble: list[Exception] = field(default_factory=list)
    got: list[tuple[str, Message]] = field(default_factory=list)
    tried: int = 0

    async def send(self, channel_ref: str, message: Message) -> None:
        self.tried += 1
        if self.trouble:
            raise self.trouble.pop(0)
        self.got.append((channel_ref, message))

    def texts(self) -> list[str]:
        return [message.text for _, message in self.got]


def utc_now() -> datetime:
    return datetime.now(UTC)


def make(
    url: str,
    understander: Understander | None = None,
    crisis_check: CrisisCheck | None = None,
    senders: Sequence[Sender] = (),
    clock: SetClock | None = None,
    limits: Limits = NO_LIMITS,
    pace: Pace = QUICK,
) -> Service:
    """Return a service on the database at `url`, not yet started."""
    return build(
        open_database(url),
        understander or Echo(),
        crisis_check or Alarm(),
        PlainReplies(),
        clock or utc_now,
        senders,
        limits,
        pace,
    )


@asynccontextmanager
async def running(service: Service) -> AsyncIterator[Service]:
    """Run the whole service while inside, with the cast signed up."""
    await service.start()
    try:
        await sign_up(service)
        yield service
    finally:
        await service.stop()


@asynccontextmanager
async def idle(service: Service) -> AsyncIterator[Service]:
    """Open the database without the worker and the outbox: what waits stays where it is."""
    await service.database.start()
    try:
        await sign_up(service)
        yield service
    finally:
        await service.database.stop()


async def sign_up(service: Service) -> None:
    """Store the cast, so that handoffs can name them; twice does no harm."""
    async with service.database.write() as tx:
        if await tx.session.first(staff.select().where(staff.c.id == NIA.id)):
            return
        for member in (NIA, RAVI, ADA, EVE):
            values = {"id": member.id, "name": member.name, "role": member.role, "email": member.email}
            flags = {"is_admin": member.is_admin, "is_active": member.is_active, "created_at": NOON}
            await tx.session.run(staff.insert(), {**values, **flags})


async def say(service: Service, conversation_id: str, text: str, client_id: str | None = None) -> Message:
    return await service.conversations.accept(InboundMessage(conversation_id, client_id or text[:100], text))


async def read_until(service: Service, conversation_id: str, count: int) -> list[Message]:
    """Return the conversation's messages as soon as there are `count`."""
    changes = service.conversations.watch(conversation_id)
    async for _ in changes:
        messages = (await service.conversations.read(conversation_id)).messages
        if len(messages) >= count:
            break
    return list(messages)


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds, or fail."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            if holds():
                return
            await asyncio.sleep(0.02)


async def settled(service: Service) -> None:
    """Wait until nothing is left to work or to deliver."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            counts = await service.counts()
            if not counts["jobs_pending"] and not counts["outbox_pending"]:
                return
            await asyncio.sleep(0.02)


async def texts(service: Service, conversation_id: str) -> list[str]:
    return [message.text for message in (await service.conversations.read(conversation_id)).messages]
