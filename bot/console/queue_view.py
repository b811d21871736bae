"""Handoffs as the queue shows them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.console import words
from bot.conversation.model import Urgency
from bot.handoff.model import Handoff, HandoffState, StaffMember

EXCERPT = 160

TABS = {
    "waiting": "Waiting",
    "mine": "Mine",
    "open": "All open",
    "closed": "Closed",
    "problems": "Problems",
}

EMPTY = {
    "waiting": "Nobody is waiting. New handoffs appear here by themselves.",
    "mine": "You are not talking with anyone at the moment.",
    "open": "There is no open handoff.",
    "closed": "No handoff has been closed yet.",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the queue, ready to read."""

    id: str
    urgent: bool
    crisis: bool
    kind: str
    excerpt: str
    reason: str
    channel: str
    since: datetime
    waited: str
    new_messages: str
    who: str
    seen: bool
    note: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How many are in each tab, and which urgent handoffs nobody has looked at (they sound the alarm)."""

    waiting: int
    mine: int
    open: int
    problems: int
    alarming: tuple[str, ...]


def is_crisis(handoff: Handoff) -> bool:
    return handoff.kind in words.CRISES


def row(handoff: Handoff, me: StaffMember, now: datetime) -> Row:
    """Build the line; times are counted up to `now`, or to the closing."""
    return Row(
        id=handoff.id,
        urgent=handoff.urgency is Urgency.URGENT,
        crisis=is_crisis(handoff),
        kind=words.kind(handoff.kind),
        excerpt=shortened(handoff.first_text),
        reason=handoff.reason,
        channel=words.channel(handoff.channel),
        since=handoff.opened_at,
        waited=words.waited((handoff.closed_at or now) - handoff.opened_at),
        new_messages=words.count(handoff.waiting_messages, "new message", "new messages")
        if handoff.waiting_messages
        else "",
        who=who_has(handoff, me),
        seen=handoff.acknowledged_at is not None,
        note=shortened(handoff.note),
    )


def who_has(handoff: Handoff, me: StaffMember) -> str:
    if handoff.state is HandoffState.CLOSED:
        return "Closed"
    if handoff.claimed_by is None:
        return ""
    return "With you" if handoff.claimed_by.id == me.id else f"With {handoff.claimed_by.name}"


def shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= EXCERPT else text[: EXCERPT - 1].rstrip() + "…"


def of_tab(tab: str, handoffs: Iterable[Handoff], me: StaffMember) -> list[Handoff]:
    """Return which of the handoffs not closed belong in the tab, in their order."""
    if tab == "waiting":
        return [handoff for handoff in handoffs if handoff.state is HandoffState.OPEN]
    if tab == "mine":
        return [handoff for handoff in handoffs if handoff.claimed_by is not None and handoff.claimed_by.id == me.id]
    return list(handoffs)


def counts(handoffs: Sequence[Handoff], problems: int, me: StaffMember) -> Counts:
    alarming = [handoff.id for handoff in handoffs if handoff.urgency is Urgency.URGENT and handoff.is_unseen]
    return Counts(
        waiting=len(of_tab("waiting", handoffs, me)),
        mine=len(of_tab("mine", handoffs, me)),
        open=len(handoffs),
        problems=problems,
        alarming=tuple(alarming),
    )
