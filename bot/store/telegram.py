"""SQL of the Telegram channel: its inbox, its lease, and the small things it must remember across restarts.

Each remembered value is kept as a time stamp of fixed width and the content, so that what is old can be found in SQL.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bot.conversation.model import Author
from bot.handoff.model import StaffMember
from bot.store.database import Database
from bot.store.schema import conversations, handoffs, messages, outbox, staff, telegram_state, telegram_updates
from bot.store.session import Session

_STAMP_WIDTH = 15


@dataclass(frozen=True, slots=True)
class StoredUpdate:
    """An update in the inbox. `chat_id` None: there is nothing to work, only its number is kept."""

    update_id: int
    chat_id: int | None
    payload: dict[str, Any]
    received_at: datetime
    attempts: int = 0


class TelegramStore:
    """Every method is one transaction and raises StorageRefused where the database refuses."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # The inbox

    async def keep(self, updates: Sequence[StoredUpdate]) -> int:
        """Store the updates whose numbers are new and return how many that were."""
        rows = [
            {
                "update_id": update.update_id,
                "chat_id": update.chat_id,
                "received_at": update.received_at,
                "payload": update.payload,
                "state": "done" if update.chat_id is None else "pending",
                "attempts": 0,
                "error": "",
            }
            for update in updates
        ]
        async with self._database.write() as tx:
            statement = _insert(tx.session)(telegram_updates).values(rows).on_conflict_do_nothing()
            return await tx.session.run(statement)

    async def pending(self, limit: int, without_chats: Collection[int]) -> list[StoredUpdate]:
        """Return the updates to be worked, lowest number first, without those of some chats."""
        table = telegram_updates.c
        query = sa.select(telegram_updates).where(table.state == "pending", table.chat_id.not_in(without_chats))
        async with self._database.read() as tx:
            rows = await tx.session.rows(query.order_by(table.update_id).limit(limit))
        names = ("update_id", "chat_id", "payload", "received_at", "attempts")
        return [StoredUpdate(**{name: row[name] for name in names}) for row in rows]

    async def finish(self, update_id: int) -> None:
        """Erase what the update held; its number stays, so that it is never worked again.

        Working it twice has one effect, hence this need not wait for the disk.
        """
        await self._change_update(update_id, durable=False, state="done", payload={}, chat_id=None)

    async def postpone(self, update_id: int, error: str) -> int:
        """Count a failed try and return how many there were."""
        table = telegram_updates.c
        change = sa.update(telegram_updates).where(table.update_id == update_id)
        async with self._database.write() as tx:
            counted = change.values(attempts=table.attempts + 1, error=error).returning(table.attempts)
            return int(await tx.session.scalar(counted) or 0)

    async def give_up(self, update_id: int, error: str) -> None:
        """Work it no more; what it held is kept for a technician until it is pruned."""
        await self._change_update(update_id, durable=True, state="failed", error=error)

    async def erase_chat(self, chat_id: int) -> None:
        """Erase what is kept of a chat, but for updates that are still to be worked."""
        table = telegram_updates.c
        finished = sa.and_(table.chat_id == chat_id, table.state != "pending")
        change = sa.update(telegram_updates).where(finished).values(state="done", payload={}, chat_id=None)
        async with self._database.write() as tx:
            await tx.session.run(change)

    async def prune_updates(self, before: datetime) -> None:
        """Delete the numbers of finished updates; Telegram itself keeps an update for a day at most."""
        table = telegram_updates.c
        old = sa.and_(table.state != "pending", table.received_at < before)
        async with self._database.write() as tx:
            await tx.session.run(sa.delete(telegram_updates).where(old))

    async def _change_update(self, update_id: int, durable: bool, **values: Any) -> None:
        change = sa.update(telegram_updates).where(telegram_updates.c.update_id == update_id).values(values)
        async with self._database.write(durable=durable) as tx:
            await tx.session.run(change)

    # What is remembered, by key

    async def get(self, key: str) -> str | None:
        async with self._database.read() as tx:
            value = await tx.session.scalar(sa.select(telegram_state.c.value).where(telegram_state.c.key == key))
        return None if value is None else _content(value)

    async def put(self, key: str, content: str, at: datetime, durable: bool = True) -> None:
        """Remember `content`; `durable=False` survives the death of the process, but perhaps not a power cut."""
        async with self._database.write(durable=durable) as tx:
            await tx.session.run(_put(tx.session, key, content, at))

    async def drop(self, key: str) -> None:
        async with self._database.write() as tx:
            await tx.session.run(sa.delete(telegram_state).where(telegram_state.c.key == key))

    async def all(self, prefix: str) -> dict[str, str]:
        """Return key -> content of every key that begins with `prefix`."""
        query = sa.select(telegram_state).where(telegram_state.c.key.startswith(prefix, autoescape=True))
        async with self._database.read() as tx:
            return {row["key"]: _content(row["value"]) for row in await tx.session.rows(query)}

    async def prune(self, prefix: str, before: datetime) -> None:
        """Delete the keys that begin with `prefix` and are stamped before `before`."""
        table = telegram_state.c
        old = sa.and_(table.key.startswith(prefix, autoescape=True), table.value < _stamp(before))
        async with self._database.write() as tx:
            await tx.session.run(sa.delete(telegram_state).where(old))

    async def take_lease(self, key: str, owner: str, now: datetime, until: datetime) -> bool:
        """Take or renew a lease; False while another owner's lasts."""
        value = telegram_state.c.value
        free = sa.or_(value < _stamp(now), sa.func.substr(value, _STAMP_WIDTH + 2) == owner)
        async with self._database.write(durable=False) as tx:
            return await tx.session.run(_put(tx.session, key, owner, until, only=free)) == 1

    async def give_back_lease(self, key: str, owner: str) -> None:
        mine = sa.and_(telegram_state.c.key == key, sa.func.substr(telegram_state.c.value, _STAMP_WIDTH + 2) == owner)
        async with self._database.write(durable=False) as tx:
            await tx.session.run(sa.delete(telegram_state).where(mine))

    # Conversations and staff

    async def conversation_of(self, chat_id: int) -> str | None:
        """Return the id of the chat's conversation."""
        table = conversations.c
        query = sa.select(table.id).where(table.channel == "telegram", table.channel_ref == str(chat_id))
        async with self._database.read() as tx:
            found: str | None = await tx.session.scalar(query)
            return found

    async def move_to_website(self, key: str, token_hash: str, now: datetime) -> str | None:
        """Use up the one-time link `key` and let its conversation continue on the website, opened by a new token.

        What still waited to be pushed to the chat is read there. Returns the conversation's id, None for a link that
        is unknown, used, or too old.
        """
        valid = sa.and_(telegram_state.c.key == key, telegram_state.c.value >= _stamp(now))
        # Anybody may try a code: looking it up first costs no write.
        async with self._database.read() as tx:
            if await tx.session.scalar(sa.select(telegram_state.c.key).where(valid)) is None:
                return None
        async with self._database.write() as tx:
            used = sa.delete(telegram_state).where(valid).returning(telegram_state.c.value)
            value = await tx.session.scalar(used)
            conversation = await tx.conversations.get(_content(value), lock=True) if value else None
            if conversation is None or conversation.channel != "telegram":
                return None
            moved = {"channel": "website", "channel_ref": None, "token_hash": token_hash}
            waits = sa.and_(outbox.c.conversation_id == conversation.id, outbox.c.state == "pending")
            read = {"state": "delivered", "finished_at": now}
            handed = handoffs.c.conversation_id == conversation.id
            await tx.session.run(sa.update(conversations).where(conversations.c.id == conversation.id).values(moved))
            await tx.session.run(sa.update(outbox).where(waits).values(read))
            await tx.session.run(sa.update(handoffs).where(handed).values(channel="website"))
            # The channel's own messages offer commands, which mean nothing there.
            own = sa.and_(messages.c.conversation_id == conversation.id, messages.c.author == Author.SYSTEM.value)
            await tx.session.run(sa.update(messages).where(own).values(buttons="[]"))
            tx.session.notify(conversation.id, "handoffs")
            return conversation.id

    async def staff_by_email(self, email: str) -> StaffMember | None:
        """Return the active member of staff with that e-mail."""
        query = sa.select(staff).where(staff.c.email == email, staff.c.is_active.is_(True))
        async with self._database.read() as tx:
            row = await tx.session.first(query)
        if row is None:
            return None
        return StaffMember(row["id"], row["name"], row["role"], row["email"], row["is_admin"], row["is_active"])


def _stamp(at: datetime) -> str:
    return f"{at.timestamp():0{_STAMP_WIDTH}.3f}"


def _content(value: str) -> str:
    return value[_STAMP_WIDTH + 1 :]


def _insert(session: Session) -> Any:
    return sqlite.insert if session.dialect == "sqlite" else postgresql.insert


def _put(session: Session, key: str, content: str, at: datetime, only: sa.ColumnElement[bool] | None = None) -> Any:
    value = f"{_stamp(at)} {content}"
    insert = _insert(session)(telegram_state).values(key=key, value=value)
    return insert.on_conflict_do_update(index_elements=["key"], set_={"value": value}, where=only)
