"""SQL of the work that awaits: one job a visitor's message, one lease a conversation."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from bot.conversation.model import Message
from bot.conversation.records import Conversation, Job
from bot.store.rows import to_conversation, to_message
from bot.store.schema import conversations, jobs, messages
from bot.store.session import Session

_pending = jobs.c.state == "pending"


class JobSql:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def add(self, message: Message, now: datetime) -> None:
        values = {"message_id": message.id, "conversation_id": message.conversation_id, "seq": message.seq}
        values |= {"state": "pending", "attempts": 0, "next_try_at": now, "error": "", "created_at": now}
        await self._session.run(sa.insert(jobs).values(values))
        self._session.notify("work")

    async def claim(self, now: datetime, until: datetime, limit: int) -> Sequence[Job]:
        earlier = jobs.alias("earlier")
        is_first = ~sa.exists().where(
            earlier.c.conversation_id == jobs.c.conversation_id,
            earlier.c.state == "pending",
            earlier.c.seq < jobs.c.seq,
        )
        free = sa.or_(conversations.c.lease_until.is_(None), conversations.c.lease_until < now)
        query = (
            sa.select(conversations)
            .join(jobs, jobs.c.conversation_id == conversations.c.id)
            .where(_pending, jobs.c.next_try_at <= now, is_first, free)
            .order_by(jobs.c.created_at)
            .limit(limit)
            .with_for_update(skip_locked=True, of=conversations)
        )
        found = [to_conversation(row) for row in await self._session.rows(query)]
        claimed = [await self._lease(conversation, uuid.uuid4().hex, now, until) for conversation in found]
        return [job for job in claimed if job is not None]

    async def held(self, job: Job) -> Conversation | None:
        mine = sa.and_(conversations.c.id == job.conversation.id, conversations.c.lease_owner == job.claim)
        row = await self._session.first(sa.select(conversations).where(mine).with_for_update())
        return to_conversation(row) if row else None

    async def next(self, job: Job, now: datetime, until: datetime) -> Job | None:
        query = sa.select(conversations).where(conversations.c.id == job.conversation.id)
        row = await self._session.first(query)
        return await self._lease(to_conversation(row), job.claim, now, until) if row else None

    async def done(self, job: Job) -> None:
        await self._session.run(sa.delete(jobs).where(jobs.c.message_id == job.message.id))

    async def retry(self, job: Job, at: datetime, error: str) -> None:
        await self._change(job, next_try_at=at, error=error)
        await self.release([job.claim])

    async def bury(self, job: Job, now: datetime, error: str) -> None:
        await self._change(job, state="dead", finished_at=now, error=error)
        await self.release([job.claim])
        self._session.notify("handoffs")

    async def extend(self, claims: Sequence[str], until: datetime) -> None:
        await self._session.run(
            sa.update(conversations).where(conversations.c.lease_owner.in_(claims)).values(lease_until=until)
        )

    async def release(self, claims: Sequence[str]) -> None:
        freed = {"lease_owner": None, "lease_until": None}
        await self._session.run(sa.update(conversations).where(conversations.c.lease_owner.in_(claims)).values(freed))
        self._session.notify("work")

    async def _lease(self, conversation: Conversation, claim: str, now: datetime, until: datetime) -> Job | None:
        """Lease the conversation for its oldest job; where none is due any more, leave it free."""
        query = (
            sa.select(messages, jobs.c.attempts, jobs.c.next_try_at)
            .join(jobs, jobs.c.message_id == messages.c.id)
            .where(jobs.c.conversation_id == conversation.id, _pending)
            .order_by(jobs.c.seq)
            .limit(1)
        )
        row = await self._session.first(query)
        if row is None or row["next_try_at"] > now:
            await self.release([claim])
            return None
        leased = sa.update(conversations).where(conversations.c.id == conversation.id)
        await self._session.run(leased.values(lease_owner=claim, lease_until=until))
        job = Job(claim, conversation, to_message(row), row["attempts"] + 1)
        await self._change(job, attempts=job.attempts)
        return job

    async def _change(self, job: Job, **values: object) -> None:
        await self._session.run(sa.update(jobs).where(jobs.c.message_id == job.message.id).values(values))
