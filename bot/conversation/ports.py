"""What the conversation needs from outside, and what it offers to channels and the console, as Protocols."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Protocol, runtime_checkable

from bot.conversation.model import Context, InboundMessage, Message, Reply, Started, Thread, Wording

Clock = Callable[[], datetime]
"""Now, with a time zone."""


class Understander(Protocol):
    """Rasa, seen from the conversation."""

    async def reply_to(self, message_id: str, text: str, context: Context) -> Reply:
        """Return the composed reply to `text`.

        Raises:
            UnderstandingUnavailable: down, over the time limit (5 s), circuit open, or an answer that makes no sense.
        """
        ...


class CrisisCheck(Protocol):
    """The crisis check that works without Rasa, on every text in every state; takes milliseconds.

    Called from a thread of its own.
    """

    def check(self, text: str, *, thorough: bool = True) -> Reply | None:
        """Return the crisis reply (outcome crisis, urgent handoff mark) where `text` shows danger, else None.

        Not `thorough`: by what can be told in a millisecond alone.
        """
        ...


class Replies(Protocol):
    """The few approved wordings the bot needs without Rasa. `kind` is a topic of `data/topics.yml`."""

    def welcome(self, channel: str) -> Wording:
        """The first message of a conversation on `channel`; an empty text says nothing."""
        ...

    def crisis(self, kind: str, now: datetime, again: int) -> Wording:
        """The crisis message; `again` counts those shown a moment ago: from 1 on it is a short form, each time another."""
        ...

    def handed_over(self, kind: str, now: datetime) -> Wording:
        """What happens next and when to expect an answer."""
        ...

    def outage(self, now: datetime) -> Wording:
        """The assistant cannot answer just now; staff will."""
        ...

    def waiting_added(self) -> Wording:
        """A short note: what was just written was added for staff."""
        ...

    def attachment(self, kind: str) -> Wording:
        """Something other than text came (`kind`: "photo", "voice", ...), which the assistant cannot read."""
        ...

    def staff_joined(self, name: str, role: str) -> Wording: ...

    def staff_left(self, now: datetime) -> Wording:
        """The member of staff had to leave; someone else will help."""
        ...

    def closed(self) -> Wording:
        """Staff ended their part; the assistant is back."""
        ...


class Conversations(Protocol):
    """What a channel may do. Every method commits before it returns."""

    async def start(self, channel: str, channel_ref: str | None = None, address: str = "") -> Started:
        """Start a conversation; with `channel_ref` (a Telegram chat id) the open one of that ref is returned instead.

        An open one is returned with an empty token and no messages. Raises RateLimited, StorageRefused.
        """
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

    async def ask_for_person(self, conversation_id: str, urgent: bool = False, address: str = "") -> None:
        """The visitor asked for a person by a control, not by text: open a handoff (talk_to_human).

        `urgent` opens it as urgent, or raises the one that is open; it is never limited. Without it an open one stays
        as it is, and asking again writes nothing. `address` as in `InboundMessage`.

        Raises:
            ConversationNotFound, RateLimited (with seconds to wait), StorageRefused.
        """
        ...

    async def say(self, conversation_id: str, client_id: str, wording: Wording) -> Message:
        """Store an approved wording of the channel itself and queue its delivery; the same `client_id` has one effect.

        Raises ConversationNotFound, StorageRefused.
        """
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


@runtime_checkable
class Recalling(Protocol):
    """A `Sender` that can find out whether a message got through in an attempt that broke off."""

    async def was_delivered(self, channel_ref: str, message: Message) -> bool:
        """Return True where the channel has the message, False where it has not or cannot tell."""
        ...
