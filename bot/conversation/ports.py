"""What the conversation needs from outside, and what it offers to channels and the console, as Protocols."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

from bot.conversation.model import Context, InboundMessage, Message, Reply, Started, Thread


class Understander(Protocol):
    """Rasa, seen from the conversation."""

    async def reply_to(self, message_id: str, text: str, context: Context) -> Reply:
        """Return the composed reply to `text`.

        Raises:
            UnderstandingUnavailable: down, over the time limit (5 s), circuit open, or an answer that makes no sense.
        """
        ...


class CrisisCheck(Protocol):
    """The crisis check that works without Rasa, on every text in every state; takes milliseconds."""

    def check(self, text: str) -> Reply | None:
        """Return the crisis reply (outcome crisis, urgent handoff mark) where `text` shows danger, else None."""
        ...


class Conversations(Protocol):
    """What a channel may do. Every method commits before it returns."""

    async def start(self, channel: str, channel_ref: str | None = None) -> Started:
        """Start a conversation; with `channel_ref` (a Telegram chat id) the open one of that ref is returned instead."""
        ...

    async def authorise(self, conversation_id: str, token: str) -> None:
        """Raise ConversationNotFound or WrongToken unless `token` opens the conversation."""
        ...

    async def accept(self, inbound: InboundMessage) -> Message:
        """Store the visitor's message and queue it for work; danger is answered in the same transaction.

        The same `client_id` again returns the message stored first and has no second effect.

        Raises:
            ConversationNotFound, EmptyText, TextTooLong, RateLimited (with seconds to wait), StorageRefused.
        """
        ...

    async def read(self, conversation_id: str, after: int = 0) -> Thread:
        """Return messages with `seq` > `after`, in order."""
        ...

    def watch(self, conversation_id: str) -> AsyncIterator[None]:
        """Yield once at once and then whenever the conversation may have changed (any replica); close to stop."""
        ...

    async def ask_for_person(self, conversation_id: str) -> None:
        """The visitor asked for a person by a control, not by text: open a handoff (talk_to_human)."""
        ...

    async def forget(self, conversation_id: str) -> None:
        """Delete the conversation and everything stored of it, for good."""
        ...


class Sender(Protocol):
    """A channel that must be pushed to (Telegram). The website needs none: browsers read by sequence number."""

    channel: str

    async def send(self, channel_ref: str, message: Message) -> None:
        """Deliver one message.

        Raises:
            PassingError: try again (with `retry_after` seconds where told).
            PermanentError: never deliverable (blocked, chat not found, deactivated); shown to staff.
        """
        ...
