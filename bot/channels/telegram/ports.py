"""What the Telegram channel needs from outside, as Protocols."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.channels.telegram.incoming import Incoming
from bot.handoff.model import StaffMember


@dataclass(frozen=True, slots=True)
class Received:
    """An update on its way into the inbox."""

    update_id: int
    incoming: Incoming


@dataclass(frozen=True, slots=True)
class Kept:
    """An update in the inbox. `attempts` counts the tries that failed."""

    update_id: int
    incoming: Incoming
    received_at: datetime
    attempts: int


class Inbox(Protocol):
    """Updates, each kept once by its `update_id`, until they are worked."""

    async def keep(self, received: Sequence[Received], now: datetime) -> int:
        """Store what is new in one transaction and return how many that were. Raises StorageRefused."""
        ...

    async def pending(self, limit: int, without_chats: Collection[int] = ()) -> Sequence[Kept]:
        """Return the oldest updates to be worked, by `update_id`, leaving out some chats."""
        ...

    async def finish(self, update_id: int) -> None:
        """It is worked: keep its number, erase what it held."""
        ...

    async def postpone(self, update_id: int, error: str) -> int:
        """A try failed: return how many have."""
        ...

    async def give_up(self, update_id: int, error: str) -> None: ...

    async def erase_chat(self, chat_id: int) -> None:
        """Erase what is kept of a chat, beside updates still to be worked."""
        ...


class Deliveries(Protocol):
    """How far a message of several parts has got, and which message of a chat still shows buttons."""

    async def parts_sent(self, message_id: str) -> int: ...

    async def part_sent(self, message_id: str, parts: int, now: datetime) -> None: ...

    async def shown_keyboard(self, chat_id: int) -> int | None: ...

    async def keyboard_shown(self, chat_id: int, telegram_message: int | None, now: datetime) -> None: ...


class Lease(Protocol):
    """The right to be the one replica that talks for the bot."""

    async def take(self, owner: str, now: datetime, until: datetime) -> bool:
        """Take or renew it; False while another owner has it."""
        ...

    async def give_back(self, owner: str) -> None: ...


class Chats(Protocol):
    """The conversation of a chat, and its move to the website."""

    async def conversation_of(self, chat_id: int) -> str | None: ...

    async def add_link(self, code_hash: str, conversation_id: str, until: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Alert:
    """A handoff's message in the staff group. `text` is what it shows, `repeats` how often a crisis was told again."""

    handoff_id: str
    message: int
    text: str
    sent_at: datetime
    repeats: int = 0
    channel: str = ""


class Alerts(Protocol):
    async def all(self) -> Sequence[Alert]: ...

    async def put(self, alert: Alert) -> None: ...

    async def drop(self, handoff_id: str) -> None: ...


class StaffDirectory(Protocol):
    async def by_telegram_id(self, user_id: int) -> StaffMember | None:
        """Return the active member of staff with that Telegram user id."""
        ...
