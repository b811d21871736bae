"""What the store keeps of a conversation beyond its messages, and the pieces of work that await it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.conversation.model import Author, Button, Message, Outcome, Owner, Understanding


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation's state. `token_hash`: SHA-256, hex.

    `crisis_told_at`: when the crisis message was last shown; `crisis_kind`: of what danger it spoke (a topic of `crisis`);
    `crisis_told`: how often this one was shown in a row, with no long pause.
    """

    id: str
    channel: str
    channel_ref: str | None
    token_hash: str
    owner: Owner
    created_at: datetime
    staff_id: str | None = None
    clarified: int = 0
    previous_topic: str = ""
    language: str = ""
    crisis_told_at: datetime | None = None
    crisis_told: int = 0
    crisis_kind: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A message about to be stored; the store gives it its id and sequence number."""

    author: Author
    text: str
    buttons: tuple[Button, ...] = ()
    client_id: str | None = None
    in_reply_to: str | None = None
    outcome: Outcome | None = None
    topic: str = ""
    attachment: str = ""
    staff_name: str = ""
    staff_role: str = ""
    understanding: Understanding | None = None
    provenance: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Job:
    """A visitor's message to be worked, leased to whoever holds `claim`. `attempts` counts this one too."""

    claim: str
    conversation: Conversation
    message: Message
    attempts: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message to be pushed, leased to whoever holds `claim`. `attempts` counts this one too."""

    claim: str
    id: str
    channel: str
    channel_ref: str
    message: Message
    attempts: int
    queued_at: datetime
