"""SQL of the work that awaits: one job a visitor's message, one lease a conversation."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import bindparam

from bot.conversation.model import Message
from bot.conversation.records import Conversation, Job
from bot.store.rows import to_conversation, to_message
from bot.store.schema import conversations, jobs, messages
from bot.store.session import Session

_pending = jobs.c.state == "pending"
_earlier = jobs.alias("earlier")
_is_first = ~sa.exists().where(
    _earlier.c.conversation_id == jobs.c.conversation_id, _earlier.c.state == "pending", _earlier.c.seq < jobs.c.seq
)
_free = sa.or_(conversations.c.lease_until.is_(None), conversations.c.lease_until < bindparam("now"))
_due = (
    sa.select(conversations)
    .join(jobs, jobs.c.conversation_id == conversations.c.id)
    .where(_pending, jobs.c.next_try_at <= bindparam("now"), _is_first, _free)
    .order_by(jobs.c.created_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=conversations)
)
_oldest = (
    sa.select(messages, jobs.c.attempts, jobs.c.next_try_at)
    .join(jobs, jobs.c.message_id == messages.c.id)
    .where(jobs.c.conversation_id == bindparam("conversation"), _pending)
    .order_by(jobs.c.seq)
    .limit(1)
)
_held = (
    sa.select(conversations)
    .where(conversations.c.id == bindparam("conversation"), conversations.c.lease_owner == bindparam("claim"))
    .with_for_update()
)
_lease = sa.update(conversations).where(conversations.c.id == bindparam("conversation"))
_lease = _lease.values(lease_owner=bindparam("claim"), lease_until=bindparam("until"))
_unlease = sa.update(conversations).where(conversations.c.lease_owner == bindparam("claim"))
_unlease = _unlease.values(lease_owner=None, lease_until=None)
_count_try = sa.update(jobs).where(jobs.c.message_id == bindparam("message")).values(attempts=bindparam("tries"))
_add = sa.insert(jobs)
_done = sa.delete(jobs).where(jobs.c.message_id == bindparam("message"))


class JobSql:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def add(self, message: Message, now: datetime) -> None:
        values = {"message_id": message.id, "conversation_id": message.conversation_id, "seq": message.seq}
        new = {"state": "pending", "attempts": 0, "next_try_at": now, "error": "", "created_at": now}
        await self._session.run(_add, {**values, **new})
        self._session.notify("work")

    async def claim(self, now: datetime, until: datetime, limit: int) -> Sequence[Job]:
        found = [to_conversation(row) for row in await self._session.rows(_due, {"now": now, "most": limit})]
        claimed = [await self._lease(conversation, uuid.uuid4().hex, now, until) for conversation in found]
        return [job for job in claimed if job is not None]

    async def held(self, job: Job) -> Conversation | None:
        row = await self._session.first(_held, {"conversation": job.conversation.id, "claim": job.claim})
        return to_conversation(row) if row else None

    async def next(self, job: Job, conversation: Conversation, now: datetime, until: datetime) -> Job | None:
        return await self._lease(conversation, job.claim, now, until)

    async def done(self, job: Job) -> None:
        await self._session.run(_done, {"message": job.message.id})

    async def retry(self, job: Job, at: datetime, error: str) -> None:
        await self._change(job, next_try_at=at, error=error)
        await self.release([job.claim])

    async def bury(self, job: Job, now: datetime, error: str) -> None:
        await self._change(job, state="dead", finished_at=now, error=error)
        await self.release([job.claim])
        self._session.notify("handoffs")

    async def extend(self, claims: Sequence[str], until: datetime) -> None:
        mine = conversations.c.lease_owner.in_(claims)
        await self._session.run(sa.update(conversations).where(mine).values(lease_until=until))

    async def release(self, claims: Sequence[str]) -> None:
        for claim in claims:
            await self._session.run(_unlease, {"claim": claim})
        self._session.notify("work")

    async def _lease(self, conversation: Conversation, claim: str, now: datetime, until: datetime) -> Job | None:
        """Lease the conversation for its oldest job; where none is due (any more), leave it free."""
        row = await self._session.first(_oldest, {"conversation": conversation.id})
        if row is None or row["next_try_at"] > now:
            await self._session.run(_unlease, {"claim": claim})
            return None
        await self._session.run(_lease, {"conversation": conversation.id, "claim": claim, "until": until})
        job = Job(claim, conversation, to_message(row), row["attempts"] + 1)
        await self._session.run(_count_try, {"message": job.message.id, "tries": job.attempts})
        return job

    async def _change(self, job: Job, **values: object) -> None:
        await self._session.run(sa.update(jobs).where(jobs.c.message_id == job.message.id).values(values))
