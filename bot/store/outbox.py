"""SQL of the outbox: what must be pushed to a channel, in order within a conversation."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from bot.conversation.model import Message
from bot.conversation.records import Conversation, Delivery
from bot.store.rows import to_message
from bot.store.schema import conversations, messages, outbox
from bot.store.session import Session

_pending = outbox.c.state == "pending"
_FREED = {"lease_owner": None, "lease_until": None}


class OutboxSql:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def add(self, conversation: Conversation, message: Message, now: datetime) -> None:
        values = {
            "id": uuid.uuid4().hex,
            "message_id": message.id,
            "conversation_id": conversation.id,
            "seq": message.seq,
            "channel": conversation.channel,
            "channel_ref": conversation.channel_ref,
            "state": "pending",
            "attempts": 0,
            "next_try_at": now,
            "error": "",
            "permanent": False,
            "queued_at": now,
        }
        await self._session.run(sa.insert(outbox).values(values))
        self._session.notify("outbox")

    async def claim(self, channels: Sequence[str], now: datetime, until: datetime, limit: int) -> Sequence[Delivery]:
        due = await self._session.rows(self._due(channels, now, limit))
        claimed = [await self._lease(row["id"], uuid.uuid4().hex, now, until) for row in due]
        return [delivery for delivery in claimed if delivery is not None]

    def _due(self, channels: Sequence[str], now: datetime, limit: int) -> sa.Select[tuple[str]]:
        earlier = outbox.alias("earlier")
        is_first = ~sa.exists().where(
            earlier.c.conversation_id == outbox.c.conversation_id,
            earlier.c.state == "pending",
            earlier.c.seq < outbox.c.seq,
        )
        free = sa.or_(outbox.c.lease_until.is_(None), outbox.c.lease_until < now)
        # The conversation is what is locked, so that two replicas never push two messages of one at a time.
        return (
            sa.select(outbox.c.id)
            .join(conversations, conversations.c.id == outbox.c.conversation_id)
            .where(_pending, outbox.c.channel.in_(channels), outbox.c.next_try_at <= now, free, is_first)
            .order_by(outbox.c.queued_at)
            .limit(limit)
            .with_for_update(skip_locked=True, of=conversations)
        )

    async def _lease(self, outbox_id: str, claim: str, now: datetime, until: datetime) -> Delivery | None:
        free = sa.or_(outbox.c.lease_until.is_(None), outbox.c.lease_until < now)
        change = (
            sa.update(outbox)
            .where(outbox.c.id == outbox_id, _pending, free)
            .values(lease_owner=claim, lease_until=until, attempts=outbox.c.attempts + 1)
        )
        if await self._session.run(change) != 1:
            return None
        columns = (outbox.c.channel, outbox.c.channel_ref, outbox.c.attempts, outbox.c.queued_at)
        query = sa.select(messages, *columns).join(outbox, outbox.c.message_id == messages.c.id)
        row = await self._session.first(query.where(outbox.c.id == outbox_id))
        if row is None:
            return None
        return Delivery(
            claim, outbox_id, row["channel"], row["channel_ref"], to_message(row), row["attempts"], row["queued_at"]
        )

    async def delivered(self, delivery: Delivery, now: datetime) -> None:
        await self._finish(delivery, state="delivered", finished_at=now, error="")

    async def retry(self, delivery: Delivery, at: datetime, error: str) -> None:
        await self._finish(delivery, next_try_at=at, error=error)

    async def fail(self, delivery: Delivery, now: datetime, error: str, permanent: bool) -> None:
        await self._finish(delivery, state="failed", finished_at=now, error=error, permanent=permanent)
        self._session.notify("handoffs")

    async def fail_stranded(self, channels: Sequence[str], before: datetime, now: datetime) -> None:
        values = {"state": "failed", "finished_at": now, "error": "This channel is switched off.", "permanent": False}
        stranded = sa.and_(_pending, outbox.c.channel.not_in(channels), outbox.c.queued_at < before)
        if await self._session.run(sa.update(outbox).where(stranded).values(values)):
            self._session.notify("handoffs")

    async def extend(self, claims: Sequence[str], until: datetime) -> None:
        await self._session.run(sa.update(outbox).where(outbox.c.lease_owner.in_(claims)).values(lease_until=until))

    async def release(self, claims: Sequence[str]) -> None:
        """Let others go on at once; that an attempt was made stays counted."""
        await self._session.run(sa.update(outbox).where(outbox.c.lease_owner.in_(claims)).values(lease_until=None))
        self._session.notify("outbox")

    async def _finish(self, delivery: Delivery, **values: object) -> None:
        """Change the row and give the lease back, unless someone else took it up meanwhile."""
        mine = sa.and_(outbox.c.id == delivery.id, outbox.c.lease_owner == delivery.claim)
        await self._session.run(sa.update(outbox).where(mine).values({**values, **_FREED}))
        self._session.notify("outbox")
