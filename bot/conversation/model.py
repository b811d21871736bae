"""The words the whole product speaks: what a visitor sends, what goes back, and who owns a conversation.

Nothing here knows HTTP, Telegram, SQL or Rasa. Channels and the console build and read these values only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Author(StrEnum):
    """Who wrote a message."""

    VISITOR = "visitor"
    ASSISTANT = "assistant"
    STAFF = "staff"
    SYSTEM = "system"


class Owner(StrEnum):
    """Whose turn a conversation is. `WAITING`: handed off, nobody has it yet. `STAFF`: the assistant is silent."""

    ASSISTANT = "assistant"
    WAITING = "waiting"
    STAFF = "staff"


class Outcome(StrEnum):
    """What came of a visitor's message: exactly one of the six of `data/topics.yml`."""

    ANSWER = "answer"
    CRISIS = "crisis"
    CLINICAL = "clinical"
    STAFF = "staff"
    CLARIFY = "clarify"
    SMALLTALK = "smalltalk"


class Urgency(StrEnum):
    """How soon a person must look. A crisis is always urgent; no finer score is kept or shown."""

    URGENT = "urgent"
    NORMAL = "normal"


@dataclass(frozen=True, slots=True)
class Button:
    """A choice under a message. Pressing it sends `value` as the visitor's next text; `label` is shown."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Wording:
    """An approved text with its buttons; an empty text means that nothing is said."""

    text: str
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class Entity:
    """Something clinical found in a text: `start`/`end` are character offsets into that text."""

    kind: str
    text: str
    start: int
    end: int
    value: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Understanding:
    """Why a reply was chosen; kept with the visitor's message so that staff can see it, never shown to visitors.

    `confidence` is a calibrated probability in 0..1. `ranking` holds (outcome/topic, probability), best first.
    `nearest` holds known examples with their topic and similarity. `reason` is one plain sentence.
    """

    confidence: float = 0.0
    ranking: tuple[tuple[str, float], ...] = ()
    nearest: tuple[Mapping[str, Any], ...] = ()
    entities: tuple[Entity, ...] = ()
    reason: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True)
class HandoffMark:
    """A reply's request to open (or raise) a handoff: `kind` is the topic, `reason` one plain sentence for staff."""

    kind: str
    reason: str
    urgency: Urgency = Urgency.NORMAL


@dataclass(frozen=True, slots=True)
class Reply:
    """What the assistant decided to say: approved text only, with the mark that says what came of the message."""

    text: str
    outcome: Outcome
    topic: str = ""
    buttons: tuple[Button, ...] = ()
    handoff: HandoffMark | None = None
    understanding: Understanding = Understanding()
    provenance: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """One thing a visitor sent, as a channel hands it in.

    `client_id` is the channel's own id of the message (the widget's `client_id`, Telegram's `update_id`); the same
    id in the same conversation has one effect. `attachment` names what came that is not text ("photo", "voice", ...);
    `text` is then its caption or empty. `address` is whatever the channel limits floods by (a client address, a chat
    id); it is never stored, "" means not limited by address.
    """

    conversation_id: str
    client_id: str
    text: str
    attachment: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """A stored message. `seq` counts from 1 within a conversation, without gaps, in the order of storing.

    `in_reply_to` is the id of the visitor's message that an assistant's reply answers; no message has two such replies.
    """

    id: str
    conversation_id: str
    seq: int
    author: Author
    text: str
    created_at: datetime
    buttons: tuple[Button, ...] = ()
    client_id: str | None = None
    outcome: Outcome | None = None
    topic: str = ""
    attachment: str = ""
    staff_name: str = ""
    staff_role: str = ""
    understanding: Understanding | None = None
    in_reply_to: str | None = None


@dataclass(frozen=True, slots=True)
class Thread:
    """The messages after a sequence number, in order, and whose turn it is."""

    messages: tuple[Message, ...]
    owner: Owner


@dataclass(frozen=True, slots=True)
class Started:
    """A new conversation. `token` is shown once; only its SHA-256 is stored."""

    id: str
    token: str
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Context:
    """What Rasa must know of the turns before, sent along with each message so that Rasa itself keeps no state.

    `clarified` counts clarifying questions in a row just before this message. `previous_topic` is the last
    `outcome/topic` answered, "" for none. `owner` is whose turn it is.
    """

    previous_topic: str = ""
    clarified: int = 0
    owner: Owner = Owner.ASSISTANT

    def after(self, reply: Reply) -> Context:
        """Return the context of the next message, once `reply` was given to this one."""
        aside = reply.outcome in (Outcome.CLARIFY, Outcome.SMALLTALK)
        return Context(
            previous_topic=self.previous_topic if aside else f"{reply.outcome}/{reply.topic}",
            clarified=self.clarified + 1 if reply.outcome is Outcome.CLARIFY else 0,
            owner=self.owner,
        )
