"""Taking in what a visitor sends: one transaction, after which the message is stored and sure to be worked."""

from __future__ import annotations

import asyncio
import math
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from bot import failpoints
from bot.conversation.limits import Gate
from bot.conversation.model import Author, HandoffMark, InboundMessage, Message, Owner, Reply
from bot.conversation.ports import Clock, CrisisCheck, Replies
from bot.conversation.records import Conversation, Draft
from bot.conversation.speaking import hand_over, respond, say_wording
from bot.conversation.storage import Store, Transaction
from bot.conversation.text import require_text
from bot.errors import BadInput, ConversationNotFound, RateLimited
from bot.handoff.opening import ATTACHMENT

# Sent in passing, like a smile: nobody needs to be called for it.
_LIGHT_ATTACHMENTS = {"sticker", "dice", "game"}
CROWD = 8
"""Messages being read for danger at once from which those over the limit are read by the rules alone."""


class Intake:
    def __init__(self, store: Store, crisis_check: CrisisCheck, replies: Replies, clock: Clock, gate: Gate) -> None:
        self._store = store
        self._crisis_check = crisis_check
        self._replies = replies
        self._clock = clock
        self._gate = gate
        # One thread: reading takes milliseconds of a core, and messages keep the order in which they came.
        self._being_read = 0
        self._reading = ThreadPoolExecutor(max_workers=1, thread_name_prefix="crisis-check")

    async def accept(self, inbound: InboundMessage) -> Message:
        """See `Conversations.accept`."""
        text = require_text(inbound.text, may_be_empty=bool(inbound.attachment))
        _require_client_id(inbound.client_id)
        # Danger is counted like anything else, but never turned away.
        wait = self._gate.message(inbound.conversation_id, inbound.address, self._clock().timestamp())
        danger = await self._danger(text, is_over_limit=wait > 0) if text else None
        if wait and danger is None:
            return await self._first_or_refused(inbound, wait)
        async with self._store.write() as tx:
            conversation = await tx.conversations.get(inbound.conversation_id, lock=True)
            if conversation is None:
                raise not_found()
            first = await tx.messages.by_client_id(conversation.id, Author.VISITOR, inbound.client_id)
            if first is not None:
                return first
            message = await self._store_message(tx, conversation, inbound, text, danger)
            failpoints.hit("before_accept_commit")
        failpoints.hit("after_accept_commit")
        return message

    async def _danger(self, text: str, is_over_limit: bool) -> Reply | None:
        """Read the text beside the event loop, so that other visitors need not wait for it.

        In a crowd, messages over the limit are read by the rules alone: a flood must not hold up the others.
        """
        thorough = not is_over_limit or self._being_read < CROWD
        check = partial(self._crisis_check.check, text, thorough=thorough)
        self._being_read += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._reading, check)
        finally:
            self._being_read -= 1

    async def _first_or_refused(self, inbound: InboundMessage, wait: float) -> Message:
        async with self._store.read() as tx:
            if await tx.conversations.get(inbound.conversation_id) is None:
                raise not_found()
            first = await tx.messages.by_client_id(inbound.conversation_id, Author.VISITOR, inbound.client_id)
        if first is not None:
            return first
        raise too_many("messages", wait)

    async def _store_message(
        self, tx: Transaction, conversation: Conversation, inbound: InboundMessage, text: str, danger: Reply | None
    ) -> Message:
        now = self._clock()
        draft = Draft(author=Author.VISITOR, text=text, client_id=inbound.client_id, attachment=inbound.attachment)
        message = await tx.messages.append(conversation, draft, now)
        await tx.handoffs.count_waiting(conversation.id)
        if danger is not None:
            await respond(tx, conversation, message, danger, self._replies, now)
            return message
        if conversation.owner is Owner.STAFF:
            return message
        if inbound.attachment:
            await self._note_attachment(tx, conversation, message)
        if text:
            await tx.jobs.add(message, now)
        return message

    async def _note_attachment(self, tx: Transaction, conversation: Conversation, message: Message) -> None:
        now = self._clock()
        await say_wording(tx, conversation, self._replies.attachment(message.attachment), now)
        if message.attachment in _LIGHT_ATTACHMENTS:
            return
        reason = f"Sent something that nobody here can open: {message.attachment}. Please ask them to write it."
        changed = await hand_over(tx, conversation, HandoffMark(ATTACHMENT, reason), message.text, now)
        await tx.conversations.save(changed)


def not_found() -> ConversationNotFound:
    return ConversationNotFound("There is no such conversation. It may have been deleted; please start a new one.")


def too_many(what: str, wait: float) -> RateLimited:
    seconds = max(1, math.ceil(wait))
    return RateLimited(
        f"That was a lot of {what} at once. Please wait {seconds} seconds and try again.", float(seconds)
    )


def _require_client_id(client_id: str) -> None:
    if not 1 <= len(client_id) <= 200 or not client_id.isprintable():
        raise BadInput("client_id must have 1 to 200 printable characters. Give every new message an id of its own.")
