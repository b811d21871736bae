"""Handoffs as staff see them, and the members of staff who work them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.conversation.model import Entity, Message, Owner, Urgency


class HandoffState(StrEnum):
    """`OPEN`: nobody has it. `CLAIMED`: one named person has it and the assistant is silent. `CLOSED`: done."""

    OPEN = "open"
    CLAIMED = "claimed"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class StaffMember:
    """A person who may sign in. `role` is shown to visitors beside the name ("Nurse")."""

    id: str
    name: str
    role: str
    email: str
    is_admin: bool = False
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class Handoff:
    """One open or closed handoff of a conversation. At most one is not closed at a time.

    `note` is what its closer wrote for colleagues; visitors never see it.
    """

    id: str
    conversation_id: str
    channel: str
    kind: str
    reason: str
    urgency: Urgency
    state: HandoffState
    entities: tuple[Entity, ...]
    opened_at: datetime
    first_text: str
    claimed_by: StaffMember | None = None
    acknowledged_at: datetime | None = None
    closed_at: datetime | None = None
    waiting_messages: int = 0
    note: str = ""

    @property
    def is_unseen(self) -> bool:
        """Whether staff must still look: nobody has it, or there was danger since somebody took it."""
        if self.state is HandoffState.CLOSED or self.acknowledged_at is not None:
            return False
        return self.state is HandoffState.OPEN or self.urgency is Urgency.URGENT

    @property
    def may_be_taken_over(self) -> bool:
        """Whether any colleague may take it from who has it: danger nobody has seen, or that account is switched off."""
        if self.state is not HandoffState.CLAIMED or self.claimed_by is None:
            return False
        return self.is_unseen or not self.claimed_by.is_active


@dataclass(frozen=True, slots=True)
class FailedDelivery:
    """A reply that a channel could not deliver; staff may send it again."""

    id: str
    conversation_id: str
    message: Message
    error: str
    permanent: bool
    attempts: int
    failed_at: datetime


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A visitor's message whose work failed every time; it is shown to staff and raises an alarm."""

    message: Message
    error: str
    attempts: int
    failed_at: datetime


@dataclass(frozen=True, slots=True)
class HandoffView:
    """A handoff with the whole conversation."""

    handoff: Handoff
    messages: tuple[Message, ...]
    owner: Owner
    failed: tuple[FailedDelivery, ...] = ()
