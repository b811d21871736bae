"""SQL of handoffs, of what went wrong, and of who did what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from bot.conversation.model import Urgency
from bot.handoff.model import DeadLetter, FailedDelivery, Handoff, HandoffState
from bot.store.rows import to_handoff, to_json, to_message
from bot.store.schema import audit, handoffs, jobs, messages, outbox, staff
from bot.store.session import Session

_staff = tuple(
    staff.c[name].label(f"staff_{name}") for name in ("id", "name", "role", "email", "is_admin", "is_active")
)
_select = sa.select(handoffs, *_staff).outerjoin(staff, staff.c.id == handoffs.c.claimed_by)
_open = handoffs.c.state != HandoffState.CLOSED.value

_open_of = _select.where(handoffs.c.conversation_id == sa.bindparam("conversation"), _open)
_count_waiting = (
    sa.update(handoffs)
    .where(handoffs.c.conversation_id == sa.bindparam("conversation"), _open)
    .values(waiting_messages=handoffs.c.waiting_messages + 1)
)


class HandoffSql:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def open_of(self, conversation_id: str) -> Handoff | None:
        row = await self._session.first(_open_of, {"conversation": conversation_id})
        return to_handoff(row) if row else None

    async def get(self, handoff_id: str) -> Handoff | None:
        row = await self._session.first(_select.where(handoffs.c.id == handoff_id))
        return to_handoff(row) if row else None

    async def add(self, handoff: Handoff) -> None:
        fixed: dict[str, object] = {
            "id": handoff.id,
            "conversation_id": handoff.conversation_id,
            "channel": handoff.channel,
            "first_text": handoff.first_text,
            "opened_at": handoff.opened_at,
            "note": "",
        }
        await self._session.run(sa.insert(handoffs).values(**fixed, **_state(handoff)))
        self._session.notify("handoffs")

    async def save(self, handoff: Handoff, note: str | None = None) -> None:
        values = _state(handoff) if note is None else {**_state(handoff), "note": note}
        await self._session.run(sa.update(handoffs).where(handoffs.c.id == handoff.id).values(values))
        self._session.notify("handoffs")

    async def count_waiting(self, conversation_id: str) -> None:
        if await self._session.run(_count_waiting, {"conversation": conversation_id}):
            self._session.notify("handoffs")

    async def queue(self, state: HandoffState | None, limit: int) -> Sequence[Handoff]:
        wanted = _open if state is None else handoffs.c.state == state.value
        urgent_first = sa.case((handoffs.c.urgency == Urgency.URGENT.value, 0), else_=1)
        query = _select.where(wanted).limit(limit)
        if state is HandoffState.CLOSED:
            query = query.order_by(handoffs.c.closed_at.desc())
        else:
            query = query.order_by(urgent_first, handoffs.c.opened_at)
        return [to_handoff(row) for row in await self._session.rows(query)]

    async def held_by(self, staff_id: str) -> Sequence[Handoff]:
        query = _select.where(handoffs.c.claimed_by == staff_id, handoffs.c.state == HandoffState.CLAIMED.value)
        return [to_handoff(row) for row in await self._session.rows(query.order_by(handoffs.c.opened_at))]


class FailureSql:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def dead_letters(self) -> Sequence[DeadLetter]:
        columns = (jobs.c.error.label("job_error"), jobs.c.attempts, jobs.c.finished_at)
        query = (
            sa.select(messages, *columns).join(jobs, jobs.c.message_id == messages.c.id).where(jobs.c.state == "dead")
        )
        rows = await self._session.rows(query.order_by(jobs.c.finished_at))
        return [DeadLetter(to_message(row), row["job_error"], row["attempts"], row["finished_at"]) for row in rows]

    async def retry_dead_letter(self, message_id: str, now: datetime) -> str | None:
        self._session.notify("work", "handoffs")
        dead = sa.and_(jobs.c.message_id == message_id, jobs.c.state == "dead")
        answered = sa.exists().where(messages.c.in_reply_to == message_id)
        ended = sa.delete(jobs).where(dead, answered).returning(jobs.c.conversation_id)
        again = {"state": "pending", "attempts": 0, "next_try_at": now, "finished_at": None}
        queued = sa.update(jobs).where(dead).values(again).returning(jobs.c.conversation_id)
        found: str | None = await self._session.scalar(ended) or await self._session.scalar(queued)
        return found

    async def deliveries(self, conversation_id: str | None = None) -> Sequence[FailedDelivery]:
        names = ("error", "permanent", "attempts", "finished_at")
        columns = (outbox.c.id.label("outbox_id"), *(outbox.c[name] for name in names))
        query = sa.select(messages, *columns).join(outbox, outbox.c.message_id == messages.c.id)
        query = query.where(outbox.c.state == "failed")
        if conversation_id is not None:
            query = query.where(outbox.c.conversation_id == conversation_id)
        return [
            FailedDelivery(row["outbox_id"], row["conversation_id"], to_message(row), *(row[name] for name in names))
            for row in await self._session.rows(query.order_by(outbox.c.finished_at))
        ]

    async def send_again(self, delivery_id: str, now: datetime) -> str | None:
        again = {"state": "pending", "attempts": 0, "next_try_at": now, "queued_at": now, "finished_at": None}
        change = sa.update(outbox).where(outbox.c.id == delivery_id, outbox.c.state == "failed").values(again)
        self._session.notify("outbox", "handoffs")
        found: str | None = await self._session.scalar(change.returning(outbox.c.conversation_id))
        return found


class AuditSql:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def add(
        self, at: datetime, staff_id: str | None, action: str, conversation_id: str | None, detail: str = ""
    ) -> None:
        values = {
            "at": at,
            "staff_id": staff_id,
            "action": action,
            "conversation_id": conversation_id,
            "detail": detail,
        }
        await self._session.run(sa.insert(audit).values(values))


def _state(handoff: Handoff) -> dict[str, object]:
    return {
        "kind": handoff.kind,
        "reason": handoff.reason,
        "urgency": handoff.urgency.value,
        "state": handoff.state.value,
        "entities": to_json(handoff.entities),
        "waiting_messages": handoff.waiting_messages,
        "claimed_by": handoff.claimed_by.id if handoff.claimed_by else None,
        "acknowledged_at": handoff.acknowledged_at,
        "closed_at": handoff.closed_at,
    }
