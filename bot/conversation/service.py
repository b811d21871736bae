"""What a channel may do with conversations: the one way in."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid
from collections.abc import AsyncIterator
from dataclasses import replace

from bot.conversation.intake import Intake, not_found, too_many
from bot.conversation.limits import Gate
from bot.conversation.model import (
    Author,
    HandoffMark,
    InboundMessage,
    Message,
    Owner,
    Started,
    Thread,
    Urgency,
    Wording,
)
from bot.conversation.ports import Clock, CrisisCheck, Replies
from bot.conversation.records import Conversation, Draft
from bot.conversation.speaking import hand_over, remind, say, say_wording
from bot.conversation.storage import Store, Subscription, Transaction
from bot.errors import WrongToken
from bot.handoff.opening import TALK_TO_HUMAN


class ConversationService:
    """`Conversations` over a store."""

    def __init__(self, store: Store, crisis_check: CrisisCheck, replies: Replies, clock: Clock, gate: Gate) -> None:
        self._store = store
        self._replies = replies
        self._clock = clock
        self._gate = gate
        self._intake = Intake(store, crisis_check, replies, clock, gate)

    async def start(self, channel: str, channel_ref: str | None = None, address: str = "") -> Started:
        if channel_ref is not None and (known := await self._known(channel, channel_ref)):
            return known
        now = self._clock()
        if wait := self._gate.start(address, now.timestamp()):
            raise too_many("new conversations", wait)
        token = secrets.token_urlsafe(32)
        conversation = Conversation(uuid.uuid4().hex, channel, channel_ref, _hash(token), Owner.ASSISTANT, now)
        async with self._store.write() as tx:
            if await tx.conversations.add(conversation):
                welcome = await say_wording(tx, conversation, self._replies.welcome(channel), now)
                return Started(conversation.id, token, (welcome,) if welcome else ())
        # Someone else was quicker with the same reference.
        return await self.start(channel, channel_ref, address)

    async def authorise(self, conversation_id: str, token: str) -> None:
        async with self._store.read() as tx:
            conversation = await tx.conversations.get(conversation_id)
        if conversation is None:
            raise not_found()
        if not hmac.compare_digest(conversation.token_hash, _hash(token)):
            raise WrongToken("This token does not open this conversation.")

    async def accept(self, inbound: InboundMessage) -> Message:
        return _outwards(await self._intake.accept(inbound))

    async def read(self, conversation_id: str, after: int = 0) -> Thread:
        async with self._store.read() as tx:
            conversation = await tx.conversations.get(conversation_id)
            if conversation is None:
                raise not_found()
            messages = await tx.messages.after(conversation_id, after)
        return Thread(tuple(_outwards(message) for message in messages), conversation.owner)

    def watch(self, conversation_id: str) -> AsyncIterator[None]:
        return changes(self._store.subscribe(conversation_id))

    async def ask_for_person(self, conversation_id: str, urgent: bool = False, address: str = "") -> None:
        now = self._clock()
        if not urgent:
            async with self._store.read() as tx:
                if await self._is_known(tx, conversation_id):
                    return
            if wait := self._gate.person(conversation_id, address, now.timestamp()):
                raise too_many("requests", wait)
        async with self._store.write() as tx:
            conversation = await tx.conversations.get(conversation_id, lock=True)
            if conversation is None:
                raise not_found()
            if conversation.owner is not Owner.ASSISTANT and not urgent:
                await remind(tx, conversation, self._replies, now)
                return
            current = await tx.handoffs.open_of(conversation_id)
            kind = current.kind if current else TALK_TO_HUMAN
            reason = "Asked for a person, and says that it is urgent." if urgent else "Asked for a person."
            mark = HandoffMark(kind, reason, Urgency.URGENT if urgent else Urgency.NORMAL)
            changed = await hand_over(tx, conversation, mark, "", now)
            await tx.conversations.save(changed)
            if conversation.owner is Owner.ASSISTANT:
                await say_wording(tx, changed, self._replies.handed_over(TALK_TO_HUMAN, now), now)

    async def _is_known(self, tx: Transaction, conversation_id: str) -> bool:
        """Whether asking for a person would change nothing: somebody was asked for, and the visitor was just told so."""
        conversation = await tx.conversations.get(conversation_id)
        if conversation is None:
            raise not_found()
        if conversation.owner is Owner.WAITING:
            return await tx.messages.last_text(conversation_id) == self._replies.waiting_added().text
        return conversation.owner is Owner.STAFF

    async def say(self, conversation_id: str, client_id: str, wording: Wording) -> Message:
        now = self._clock()
        async with self._store.write() as tx:
            conversation = await tx.conversations.get(conversation_id, lock=True)
            if conversation is None:
                raise not_found()
            first = await tx.messages.by_client_id(conversation_id, Author.SYSTEM, client_id)
            if first is not None:
                return first
            draft = Draft(author=Author.SYSTEM, text=wording.text, buttons=wording.buttons, client_id=client_id)
            return await say(tx, conversation, draft, now)

    async def forget(self, conversation_id: str) -> None:
        async with self._store.write() as tx:
            if not await tx.conversations.delete(conversation_id):
                raise not_found()
            await tx.audit.add(self._clock(), None, "forgotten", conversation_id)

    async def _known(self, channel: str, channel_ref: str) -> Started | None:
        async with self._store.read() as tx:
            conversation = await tx.conversations.by_ref(channel, channel_ref)
        return Started(conversation.id, "", ()) if conversation else None


async def changes(subscription: Subscription) -> AsyncIterator[None]:
    """Yield once at once and then after every change; closing the iterator ends the subscription."""
    try:
        yield
        while True:
            await subscription.wait()
            yield
    finally:
        subscription.close()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _outwards(message: Message) -> Message:
    """What came of a visitor's message is for staff; a channel sees the message as it was stored first."""
    if message.author is not Author.VISITOR:
        return message
    return replace(message, outcome=None, topic="", understanding=None)
