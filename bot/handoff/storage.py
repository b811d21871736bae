"""The methods that handoffs need of a store, as Protocols; the transactions are those of `bot.conversation.storage`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.handoff.model import DeadLetter, FailedDelivery, Handoff, HandoffState


class HandoffTable(Protocol):
    async def open_of(self, conversation_id: str) -> Handoff | None:
        """Return the conversation's handoff that is not closed; its conversation must be locked before a change."""
        ...

    async def get(self, handoff_id: str) -> Handoff | None: ...

    async def add(self, handoff: Handoff) -> None: ...

    async def save(self, handoff: Handoff, note: str | None = None) -> None: ...

    async def count_waiting(self, conversation_id: str) -> None:
        """Count one more unanswered message of the visitor on the open handoff, if there is one."""
        ...

    async def queue(self, state: HandoffState | None, limit: int) -> Sequence[Handoff]: ...

    async def held_by(self, staff_id: str) -> Sequence[Handoff]:
        """Return what this person has now."""
        ...


class FailureTable(Protocol):
    """What staff must see because it went wrong, and may try again."""

    async def dead_letters(self) -> Sequence[DeadLetter]: ...

    async def retry_dead_letter(self, message_id: str, now: datetime) -> str | None:
        """Queue it afresh, or end it where the message has its reply; return its conversation's id, None for no dead letter."""
        ...

    async def deliveries(self, conversation_id: str | None = None) -> Sequence[FailedDelivery]: ...

    async def send_again(self, delivery_id: str, now: datetime) -> str | None:
        """Queue it afresh; return its conversation's id, None when there is no such failed delivery."""
        ...


class AuditTable(Protocol):
    async def add(
        self, at: datetime, staff_id: str | None, action: str, conversation_id: str | None, detail: str = ""
    ) -> None: ...
