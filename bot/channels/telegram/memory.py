"""What the channel remembers, in its own terms, over the store."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from bot.channels.telegram.incoming import Incoming
from bot.channels.telegram.ports import Alert, Kept, Received
from bot.handoff.model import StaffMember
from bot.store.telegram import StoredUpdate, TelegramStore

LEASE = "lease"
_SENT, _KEYBOARD, _LINK, _ALERT = "sent:", "keyboard:", "link:", "alert:"
_LINK_HASH = 56
_KEPT = {_SENT: timedelta(days=3), _KEYBOARD: timedelta(days=30), _LINK: timedelta(0)}
_UPDATES_KEPT = timedelta(days=8)


class Memory:
    """`Inbox`, `Deliveries`, `Lease`, `Chats`, `Alerts` and `StaffDirectory`."""

    def __init__(self, store: TelegramStore, staff: Mapping[int, str]) -> None:
        self._store, self._staff = store, staff

    # Inbox

    async def keep(self, received: Sequence[Received], now: datetime) -> int:
        return await self._store.keep([_stored(item, now) for item in received])

    async def pending(self, limit: int, without_chats: Collection[int] = ()) -> Sequence[Kept]:
        rows = await self._store.pending(limit, without_chats)
        return [
            Kept(row.update_id, msgspec.convert(row.payload, Incoming), row.received_at, row.attempts) for row in rows
        ]

    async def finish(self, update_id: int) -> None:
        await self._store.finish(update_id)

    async def postpone(self, update_id: int, error: str) -> int:
        return await self._store.postpone(update_id, error)

    async def give_up(self, update_id: int, error: str) -> None:
        await self._store.give_up(update_id, error)

    async def erase_chat(self, chat_id: int) -> None:
        await self._store.erase_chat(chat_id)
        await self._store.drop(f"{_KEYBOARD}{chat_id}")

    # Deliveries

    async def parts_sent(self, message_id: str) -> int:
        return int(await self._store.get(_SENT + message_id) or 0)

    async def part_sent(self, message_id: str, parts: int, now: datetime) -> None:
        await self._store.put(_SENT + message_id, str(parts), now, durable=False)

    async def shown_keyboard(self, chat_id: int) -> int | None:
        number = await self._store.get(f"{_KEYBOARD}{chat_id}")
        return int(number) if number else None

    async def keyboard_shown(self, chat_id: int, telegram_message: int | None, now: datetime) -> None:
        if telegram_message is None:
            await self._store.drop(f"{_KEYBOARD}{chat_id}")
        else:
            await self._store.put(f"{_KEYBOARD}{chat_id}", str(telegram_message), now, durable=False)

    # Lease

    async def take(self, owner: str, now: datetime, until: datetime) -> bool:
        return await self._store.take_lease(LEASE, owner, now, until)

    async def give_back(self, owner: str) -> None:
        await self._store.give_back_lease(LEASE, owner)

    # Chats

    async def conversation_of(self, chat_id: int) -> str | None:
        return await self._store.conversation_of(chat_id)

    async def add_link(self, code_hash: str, conversation_id: str, until: datetime) -> None:
        await self._store.put(_link(code_hash), conversation_id, until)

    async def use_link(self, code_hash: str, token_hash: str, now: datetime) -> str | None:
        """See `TelegramStore.move_to_website`."""
        return await self._store.move_to_website(_link(code_hash), token_hash, now)

    # Alerts

    async def all(self) -> Sequence[Alert]:
        contents = await self._store.all(_ALERT)
        return [msgspec.json.decode(content, type=Alert) for content in contents.values()]

    async def put(self, alert: Alert) -> None:
        await self._store.put(_ALERT + alert.handoff_id, msgspec.json.encode(alert).decode(), alert.sent_at)

    async def drop(self, handoff_id: str) -> None:
        await self._store.drop(_ALERT + handoff_id)

    # Staff

    async def by_telegram_id(self, user_id: int) -> StaffMember | None:
        email = self._staff.get(user_id)
        return await self._store.staff_by_email(email) if email else None

    async def prune(self, now: datetime) -> None:
        """Delete what is no longer needed."""
        await self._store.prune_updates(now - _UPDATES_KEPT)
        for prefix, age in _KEPT.items():
            await self._store.prune(prefix, now - age)


def _stored(received: Received, now: datetime) -> StoredUpdate:
    incoming = received.incoming
    if incoming.kind == "unused":
        return StoredUpdate(received.update_id, None, {}, now)
    return StoredUpdate(received.update_id, incoming.chat, msgspec.to_builtins(incoming), now)


def _link(code_hash: str) -> str:
    return _LINK + code_hash[:_LINK_HASH]
