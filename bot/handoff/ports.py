"""What the console (and the staff group on Telegram) may do with handoffs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from bot.conversation.model import Message
from bot.handoff.model import DeadLetter, FailedDelivery, Handoff, HandoffState, HandoffView, StaffMember


class Handoffs(Protocol):
    """Every method commits before it returns; what is not allowed raises `NotAllowed` and changes nothing."""

    async def queue(self, state: HandoffState | None = None, limit: int = 200) -> Sequence[Handoff]:
        """Return handoffs not closed (or those in `state`): urgent first, then oldest first."""
        ...

    async def view(self, handoff_id: str) -> HandoffView:
        """Raises HandoffNotFound."""
        ...

    async def claim(self, handoff_id: str, staff: StaffMember) -> Handoff:
        """Take it: the conversation's owner becomes `staff`, the visitor is told who joined.

        Raises AlreadyClaimed, naming who has it, unless it `may_be_taken_over`.
        """
        ...

    async def acknowledge(self, handoff_id: str, staff: StaffMember) -> Handoff:
        """Say "seen" without taking it; stops repeated crisis alarms."""
        ...

    async def reply(self, handoff_id: str, staff: StaffMember, client_id: str, text: str) -> Message:
        """Store the reply and queue its delivery; claims the handoff first if nobody has it.

        The same `client_id` again returns the first message. Raises AlreadyClaimed, HandoffClosed, EmptyText,
        TextTooLong.
        """
        ...

    async def release(self, handoff_id: str, staff: StaffMember) -> Handoff:
        """Give it back to the queue: owner becomes `waiting`."""
        ...

    async def release_all(self, staff_id: str, actor: StaffMember) -> None:
        """Give back to the queue whatever the person with this id has, as `release` does; whoever it is may be away."""
        ...

    async def close(self, handoff_id: str, staff: StaffMember, note: str = "", read_to: int | None = None) -> Handoff:
        """End it: owner becomes `assistant`, the visitor is told kindly.

        Raises:
            NotRead: the visitor wrote after `read_to`, the last message that the closer has seen.
        """
        ...

    async def take_over(self, conversation_id: str, staff: StaffMember) -> Handoff:
        """Open and claim a handoff for a conversation that has none."""
        ...

    async def dead_letters(self) -> Sequence[DeadLetter]: ...

    async def retry_dead_letter(self, message_id: str, staff: StaffMember) -> None:
        """Have the message worked afresh, unless it has its reply already; then only take it off the list."""
        ...

    async def failed_deliveries(self) -> Sequence[FailedDelivery]: ...

    async def send_again(self, delivery_id: str, staff: StaffMember) -> None: ...

    def watch(self) -> AsyncIterator[None]:
        """Yield once at once and then whenever any handoff may have changed (any replica)."""
        ...
