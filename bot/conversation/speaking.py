"""Saying something to a visitor: stored, queued for channels that are pushed to, and handed over where marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.conversation.model import (
    Author,
    Context,
    Entity,
    HandoffMark,
    Message,
    Outcome,
    Owner,
    Reply,
    Urgency,
    Wording,
)
from bot.conversation.ports import Replies
from bot.conversation.records import Conversation, Draft
from bot.conversation.storage import Transaction
from bot.handoff.opening import open_or_raise

# The crisis message is not repeated word for word while the first is still in sight.
CRISIS_AGAIN = timedelta(minutes=30)
HANDED_OVER = (Outcome.CLINICAL, Outcome.CRISIS, Outcome.STAFF)


async def say(tx: Transaction, conversation: Conversation, draft: Draft, now: datetime) -> Message:
    """Store `draft`, and in the same transaction its delivery where the channel must be pushed to."""
    message = await tx.messages.append(conversation, draft, now)
    if conversation.channel_ref is not None:
        await tx.outbox.add(conversation, message, now)
    return message


async def say_wording(
    tx: Transaction, conversation: Conversation, wording: Wording, now: datetime, author: Author = Author.ASSISTANT
) -> Message | None:
    """Store an approved wording; an empty one says nothing."""
    if not wording.text:
        return None
    return await say(tx, conversation, Draft(author=author, text=wording.text, buttons=wording.buttons), now)


async def remind(tx: Transaction, conversation: Conversation, replies: Replies, now: datetime) -> None:
    """Say that staff see what was written, unless that was just said or staff are there already."""
    note = replies.waiting_added()
    if conversation.owner is Owner.WAITING and await tx.messages.last_text(conversation.id) != note.text:
        await say_wording(tx, conversation, note, now)


async def hand_over(
    tx: Transaction,
    conversation: Conversation,
    mark: HandoffMark,
    text: str,
    now: datetime,
    entities: Sequence[Entity] = (),
) -> Conversation:
    """Open or raise the handoff and return the conversation as it then stands (not yet saved)."""
    await open_or_raise(tx.handoffs, conversation.id, conversation.channel, mark, entities, text, now)
    return replace(conversation, owner=Owner.WAITING) if conversation.owner is Owner.ASSISTANT else conversation


async def respond(
    tx: Transaction, conversation: Conversation, message: Message, reply: Reply, replies: Replies, now: datetime
) -> Conversation:
    """Store `reply` to the visitor's `message` with all that follows from it; return the saved conversation.

    While staff own the conversation nothing is said, except where there is danger.
    """
    await tx.messages.explain(message.id, reply.outcome, reply.topic, reply.understanding)
    if conversation.owner is not Owner.STAFF or reply.outcome is Outcome.CRISIS:
        wording = _text(_told(conversation, reply, now), reply, replies, now)
        await say(tx, conversation, _draft(message, reply, wording), now)
        conversation = _after(conversation, reply, now)
    mark = mark_of(reply)
    if mark is not None:
        conversation = await hand_over(tx, conversation, mark, message.text, now, reply.understanding.entities)
    await tx.conversations.save(conversation)
    return conversation


def mark_of(reply: Reply) -> HandoffMark | None:
    """Return the handoff that `reply` calls for: no outcome that promises a person may come without one."""
    if reply.outcome is Outcome.CRISIS:
        reason = reply.handoff.reason if reply.handoff else "The message may mean danger."
        return HandoffMark(reply.handoff.kind if reply.handoff else reply.topic or "self_harm", reason, Urgency.URGENT)
    if reply.handoff is not None or reply.outcome not in HANDED_OVER:
        return reply.handoff
    return HandoffMark(reply.topic or "talk_to_human", reply.understanding.reason or "The message needs a person.")


def _text(told: int, reply: Reply, replies: Replies, now: datetime) -> Wording:
    """Return what is said; `told` crisis messages of the same kind were shown a moment ago."""
    if reply.outcome is Outcome.CRISIS and told:
        return replies.crisis(reply.topic, now, again=told)
    return Wording(reply.text, reply.buttons)


def _told(conversation: Conversation, reply: Reply, now: datetime) -> int:
    at = conversation.crisis_told_at
    if at is None or now - at >= CRISIS_AGAIN or conversation.crisis_kind != reply.topic:
        return 0  # another danger needs other help: the whole message for it
    return conversation.crisis_told


def _draft(message: Message, reply: Reply, wording: Wording) -> Draft:
    return Draft(
        author=Author.ASSISTANT,
        text=wording.text,
        buttons=wording.buttons,
        in_reply_to=message.id,
        outcome=reply.outcome,
        topic=reply.topic,
        provenance=reply.provenance,
    )


def _after(conversation: Conversation, reply: Reply, now: datetime) -> Conversation:
    context = Context(conversation.previous_topic, conversation.clarified).after(reply)
    after = replace(conversation, clarified=context.clarified, previous_topic=context.previous_topic)
    if reply.outcome is not Outcome.CRISIS:
        return after
    told = _told(conversation, reply, now) + 1
    return replace(after, crisis_told_at=now, crisis_told=told, crisis_kind=reply.topic)
