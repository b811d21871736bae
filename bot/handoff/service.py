"""What staff may do with handoffs."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from bot import failpoints
from bot.conversation.model import Author, HandoffMark, Message, Owner
from bot.conversation.ports import Clock, Replies
from bot.conversation.records import Conversation, Draft
from bot.conversation.service import changes
from bot.conversation.speaking import hand_over, say, say_wording
from bot.conversation.storage import HANDOFFS, Store, Transaction
from bot.conversation.text import require_text
from bot.errors import (
    AlreadyClaimed,
    BadInput,
    ConversationNotFound,
    HandoffClosed,
    HandoffNotFound,
    NotAllowed,
    NotRead,
)
from bot.handoff.model import DeadLetter, FailedDelivery, Handoff, HandoffState, HandoffView, StaffMember
from bot.handoff.opening import TAKEN_OVER

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Case:
    """A handoff with its conversation locked, inside a transaction."""

    tx: Transaction
    conversation: Conversation
    handoff: Handoff
    now: datetime


class HandoffService:
    """`Handoffs` over a store."""

    def __init__(self, store: Store, replies: Replies, clock: Clock) -> None:
        self._store = store
        self._replies = replies
        self._clock = clock

    async def queue(self, state: HandoffState | None = None, limit: int = 200) -> Sequence[Handoff]:
        async with self._store.read() as tx:
            return await tx.handoffs.queue(state, limit)

    async def view(self, handoff_id: str) -> HandoffView:
        async with self._store.read() as tx:
            handoff = await tx.handoffs.get(handoff_id)
            conversation = await tx.conversations.get(handoff.conversation_id) if handoff else None
            if handoff is None or conversation is None:
                raise _not_found()
            messages = await tx.messages.after(conversation.id, 0)
            failed = await tx.failures.deliveries(conversation.id)
        return HandoffView(handoff, messages, conversation.owner, tuple(failed))

    async def claim(self, handoff_id: str, staff: StaffMember) -> Handoff:
        async def act(case: Case) -> Handoff:
            if case.handoff.may_be_taken_over and not _is_own(case.handoff, staff):
                case = replace(case, handoff=replace(case.handoff, claimed_by=None))
            return (await self._claimed(case, staff)).handoff

        return await self._change(handoff_id, staff, act)

    async def acknowledge(self, handoff_id: str, staff: StaffMember) -> Handoff:
        async def act(case: Case) -> Handoff:
            if case.handoff.acknowledged_at is not None:
                return case.handoff
            return await self._saved(case, replace(case.handoff, acknowledged_at=case.now), staff, "acknowledged")

        return await self._change(handoff_id, staff, act)

    async def reply(self, handoff_id: str, staff: StaffMember, client_id: str, text: str) -> Message:
        kept = require_text(text)
        if not 1 <= len(client_id) <= 200:
            raise BadInput("client_id must have 1 to 200 characters. Give every new reply an id of its own.")

        async def act(case: Case) -> Message:
            first = await case.tx.messages.by_client_id(case.conversation.id, Author.STAFF, client_id)
            if first is not None:
                return first
            case = await self._claimed(case, staff)
            draft = Draft(Author.STAFF, kept, client_id=client_id, staff_name=staff.name, staff_role=staff.role)
            message = await say(case.tx, case.conversation, draft, case.now)
            await self._saved(case, replace(case.handoff, waiting_messages=0), staff, "replied", message.id)
            failpoints.hit("before_staff_reply_commit")
            return message

        message = await self._change(handoff_id, staff, act, closed_is_final=False)
        failpoints.hit("after_staff_reply_commit")
        return message

    async def release(self, handoff_id: str, staff: StaffMember) -> Handoff:
        async def act(case: Case) -> Handoff:
            if case.handoff.state is HandoffState.OPEN:
                return case.handoff
            _require_may_end(case.handoff, staff)
            return await self._released(case, staff)

        return await self._change(handoff_id, staff, act)

    async def release_all(self, staff_id: str, actor: StaffMember) -> None:
        async def act(case: Case) -> None:
            if case.handoff.claimed_by is not None and case.handoff.claimed_by.id == staff_id:
                await self._released(case, actor)

        async with self._store.read() as tx:
            claimed = await tx.handoffs.held_by(staff_id)
        for handoff in claimed:
            with contextlib.suppress(HandoffClosed, HandoffNotFound):  # a colleague or the visitor was faster
                await self._change(handoff.id, actor, act)

    async def close(self, handoff_id: str, staff: StaffMember, note: str = "", read_to: int | None = None) -> Handoff:
        kept = require_text(note, may_be_empty=True)

        async def act(case: Case) -> Handoff:
            _require_may_end(case.handoff, staff)
            if read_to is not None:
                await _require_read(case, read_to)
            await case.tx.conversations.save(
                replace(case.conversation, owner=Owner.ASSISTANT, staff_id=None, clarified=0)
            )
            await say_wording(case.tx, case.conversation, self._replies.closed(), case.now, Author.SYSTEM)
            closed = replace(case.handoff, state=HandoffState.CLOSED, closed_at=case.now, waiting_messages=0)
            return await self._saved(case, closed, staff, "closed", note=kept)

        return await self._change(handoff_id, staff, act)

    async def take_over(self, conversation_id: str, staff: StaffMember) -> Handoff:
        _require_active(staff)
        async with self._store.write() as tx:
            conversation = await tx.conversations.get(conversation_id, lock=True)
            if conversation is None:
                raise ConversationNotFound("There is no such conversation. The visitor may have deleted it.")
            now = self._clock()
            if await tx.handoffs.open_of(conversation_id) is None:
                mark = HandoffMark(TAKEN_OVER, f"Taken over by {staff.name}.")
                conversation = await hand_over(tx, conversation, mark, "", now)
            handoff = await tx.handoffs.open_of(conversation_id)
            if handoff is None:
                raise _not_found()
            return (await self._claimed(Case(tx, conversation, handoff, now), staff)).handoff

    async def dead_letters(self) -> Sequence[DeadLetter]:
        async with self._store.read() as tx:
            return await tx.failures.dead_letters()

    async def retry_dead_letter(self, message_id: str, staff: StaffMember) -> None:
        _require_active(staff)
        async with self._store.write() as tx:
            now = self._clock()
            conversation_id = await tx.failures.retry_dead_letter(message_id, now)
            if conversation_id is None:
                raise BadInput("This message is not among the problems any more. Please reload the page.")
            await tx.audit.add(now, staff.id, "work_retried", conversation_id, message_id)

    async def failed_deliveries(self) -> Sequence[FailedDelivery]:
        async with self._store.read() as tx:
            return await tx.failures.deliveries()

    async def send_again(self, delivery_id: str, staff: StaffMember) -> None:
        _require_active(staff)
        async with self._store.write() as tx:
            now = self._clock()
            conversation_id = await tx.failures.send_again(delivery_id, now)
            if conversation_id is None:
                raise BadInput("This delivery is not among the problems any more. Please reload the page.")
            await tx.audit.add(now, staff.id, "sent_again", conversation_id, delivery_id)

    def watch(self) -> AsyncIterator[None]:
        return changes(self._store.subscribe(HANDOFFS))

    async def _change(
        self, handoff_id: str, staff: StaffMember, act: Callable[[Case], Awaitable[T]], closed_is_final: bool = True
    ) -> T:
        """Run `act` with the handoff's conversation locked."""
        _require_active(staff)
        async with self._store.write() as tx:
            found = await tx.handoffs.get(handoff_id)
            conversation = await tx.conversations.get(found.conversation_id, lock=True) if found else None
            handoff = await tx.handoffs.get(handoff_id)
            if handoff is None or conversation is None:
                raise _not_found()
            if closed_is_final and handoff.state is HandoffState.CLOSED:
                raise _closed()
            return await act(Case(tx, conversation, handoff, self._clock()))

    async def _claimed(self, case: Case, staff: StaffMember) -> Case:
        """Return the case as `staff`'s own, telling the visitor who joined if it was nobody's before."""
        if case.handoff.state is HandoffState.CLOSED:
            raise _closed()
        if case.handoff.claimed_by is not None:
            _require_own(case.handoff, staff)
            return case
        conversation = replace(case.conversation, owner=Owner.STAFF, staff_id=staff.id)
        await case.tx.conversations.save(conversation)
        await say_wording(
            case.tx, conversation, self._replies.staff_joined(staff.name, staff.role), case.now, Author.SYSTEM
        )
        seen = case.handoff.acknowledged_at or case.now
        handoff = replace(case.handoff, state=HandoffState.CLAIMED, claimed_by=staff, acknowledged_at=seen)
        return replace(case, conversation=conversation, handoff=await self._saved(case, handoff, staff, "claimed"))

    async def _released(self, case: Case, staff: StaffMember) -> Handoff:
        await case.tx.conversations.save(replace(case.conversation, owner=Owner.WAITING, staff_id=None))
        await say_wording(case.tx, case.conversation, self._replies.staff_left(case.now), case.now, Author.SYSTEM)
        opened = replace(case.handoff, state=HandoffState.OPEN, claimed_by=None, acknowledged_at=None)
        return await self._saved(case, opened, staff, "released")

    async def _saved(
        self, case: Case, handoff: Handoff, staff: StaffMember, action: str, detail: str = "", note: str | None = None
    ) -> Handoff:
        await case.tx.handoffs.save(handoff, note)
        await case.tx.audit.add(case.now, staff.id, action, case.conversation.id, detail or handoff.id)
        return handoff


def _is_own(handoff: Handoff, staff: StaffMember) -> bool:
    return handoff.claimed_by is not None and handoff.claimed_by.id == staff.id


def _require_own(handoff: Handoff, staff: StaffMember) -> None:
    if handoff.claimed_by is not None and not _is_own(handoff, staff):
        raise AlreadyClaimed(f"{handoff.claimed_by.name} ({handoff.claimed_by.role}) has this conversation.")


def _require_may_end(handoff: Handoff, staff: StaffMember) -> None:
    """Only who has it may end or give it back, or an administrator when that person has gone home."""
    if handoff.claimed_by is not None and not _is_own(handoff, staff) and not staff.is_admin:
        raise NotAllowed(f"{handoff.claimed_by.name} ({handoff.claimed_by.role}) has this conversation.")


def _require_active(staff: StaffMember) -> None:
    if not staff.is_active:
        raise NotAllowed("This account is switched off. Ask an administrator to switch it on again.")


def _not_found() -> HandoffNotFound:
    return HandoffNotFound("There is no such handoff. The visitor may have deleted the conversation.")


async def _require_read(case: Case, read_to: int) -> None:
    """Refuse where the visitor wrote meanwhile: that message would stay behind without an answer."""
    newer = await case.tx.messages.after(case.conversation.id, read_to)
    if any(message.author is Author.VISITOR for message in newer):
        raise NotRead("The visitor has just written again. Please read it, then close the conversation.")


def _closed() -> HandoffClosed:
    return HandoffClosed("This handoff is closed. Take the conversation over to write to the visitor again.")
