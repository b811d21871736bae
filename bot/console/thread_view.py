"""A handoff's conversation as its page shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.console import words
from bot.console.highlight import Piece, pieces
from bot.console.queue_view import is_crisis
from bot.conversation.model import Author, Entity, Message, Understanding, Urgency
from bot.handoff.model import FailedDelivery, Handoff, HandoffState, HandoffView, StaffMember

RANKED = 5
NEAREST = 3


@dataclass(frozen=True, slots=True)
class Why:
    """Why the assistant did what it did with one visitor's message. Probabilities are whole per cent."""

    outcome: str
    topic: str
    confidence: int
    reason: str
    ranking: tuple[tuple[str, int], ...]
    nearest: tuple[tuple[str, str, int], ...]
    model: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One message, ready to read. `side` is "visitor", "assistant", "staff" or "system"."""

    seq: int
    side: str
    who: str
    at: datetime
    pieces: Sequence[Piece]
    attachment: str
    buttons: tuple[str, ...]
    why: Why | None
    failed: FailedDelivery | None
    crisis: bool


@dataclass(frozen=True, slots=True)
class Page:
    """A handoff with everything its page says and allows `me` to do."""

    id: str
    kind: str
    reason: str
    channel: str
    crisis: bool
    urgent: bool
    closed: bool
    mine: bool
    taken_by: str
    may_take_over: bool
    note: str
    alarming: bool
    opened_at: datetime
    waited: str
    entries: Sequence[Entry]
    entities: Sequence[Piece]

    @property
    def may_reply(self) -> bool:
        """Whether replying is possible: to one's own, and to what nobody has (replying takes it)."""
        return not self.closed and not self.taken_by


def page(view: HandoffView, me: StaffMember, now: datetime) -> Page:
    handoff = view.handoff
    failed = {delivery.message.id: delivery for delivery in view.failed}
    entries = [entry(message, failed.get(message.id), me) for message in view.messages]
    marked = [piece for one in entries for piece in one.pieces if piece.kind]
    urgent, closed = handoff.urgency is Urgency.URGENT, handoff.state is HandoffState.CLOSED
    mine = handoff.claimed_by is not None and handoff.claimed_by.id == me.id
    return Page(
        id=handoff.id,
        kind=words.kind(handoff.kind),
        reason=handoff.reason,
        channel=words.channel(handoff.channel),
        crisis=is_crisis(handoff),
        urgent=urgent,
        closed=closed,
        mine=mine,
        taken_by=_taken_by(handoff, mine),
        may_take_over=handoff.may_be_taken_over and not mine,
        note=handoff.note,
        alarming=urgent and handoff.is_unseen,
        opened_at=handoff.opened_at,
        waited=words.waited((handoff.closed_at or now) - handoff.opened_at),
        entries=entries,
        entities=list({(piece.kind, piece.text.lower()): piece for piece in marked}.values()),
    )


def _taken_by(handoff: Handoff, mine: bool) -> str:
    return handoff.claimed_by.name if handoff.claimed_by is not None and not mine else ""


def entry(message: Message, failed: FailedDelivery | None, me: StaffMember) -> Entry:
    """Build one message; only a visitor's text is highlighted and explained."""
    by_visitor = message.author is Author.VISITOR
    understanding = message.understanding if by_visitor else None
    entities: tuple[Entity, ...] = understanding.entities if understanding else ()
    return Entry(
        seq=message.seq,
        side=message.author.value,
        who=_who(message, me),
        at=message.created_at,
        pieces=pieces(message.text, entities),
        attachment=words.attachment(message.attachment) if message.attachment else "",
        buttons=tuple(button.label for button in message.buttons),
        why=why(message, understanding) if understanding else None,
        failed=failed,
        crisis=by_visitor and message.outcome is not None and message.outcome.value == "crisis",
    )


def _who(message: Message, me: StaffMember) -> str:
    if message.author is Author.STAFF:
        if (message.staff_name, message.staff_role) == (me.name, me.role):
            return "You"
        return f"{message.staff_name}, {message.staff_role}" if message.staff_role else message.staff_name
    return {Author.VISITOR: "Visitor", Author.ASSISTANT: "Assistant", Author.SYSTEM: "Note to the visitor"}[
        message.author
    ]


def why(message: Message, understanding: Understanding) -> Why:
    return Why(
        outcome=words.OUTCOMES[message.outcome] if message.outcome else "Not decided",
        topic=words.kind(message.topic) if message.topic else "",
        confidence=percent(understanding.confidence),
        reason=understanding.reason,
        ranking=tuple((words.topic(name), percent(chance)) for name, chance in understanding.ranking[:RANKED]),
        nearest=tuple(_example(example) for example in understanding.nearest[:NEAREST]),
        model=understanding.model,
    )


def _example(example: Mapping[str, Any]) -> tuple[str, str, int]:
    return (
        str(example.get("text", "")),
        words.topic(str(example.get("topic", ""))),
        percent(float(example.get("similarity", 0.0))),
    )


def percent(share: float) -> int:
    """Return 0..100; only certainty is shown as 100, so that 99.7% reads as 99."""
    return max(0, min(100 if share >= 1 else 99, round(share * 100)))
