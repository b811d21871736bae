"""SQL of conversations and their messages."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import bindparam
from sqlalchemy.dialects import postgresql, sqlite

from bot.conversation.model import Author, Message, Outcome, Understanding
from bot.conversation.records import Conversation, Draft
from bot.store.rows import to_conversation, to_json, to_message
from bot.store.schema import conversations, messages
from bot.store.session import Session

_id: sa.BindParameter[str] = bindparam("conversation")
_get = sa.select(conversations).where(conversations.c.id == _id)
_lock = _get.with_for_update()
_state_columns = (
    "token_hash",
    "owner",
    "staff_id",
    "clarified",
    "previous_topic",
    "language",
    "crisis_told_at",
    "crisis_told",
    "crisis_kind",
)
_save = (
    sa.update(conversations).where(conversations.c.id == _id).values({name: bindparam(name) for name in _state_columns})
)
_append = sa.insert(messages)
_by_client_id = sa.select(messages).where(
    messages.c.conversation_id == _id, messages.c.author == bindparam("by"), messages.c.client_id == bindparam("client")
)
_after = sa.select(messages).where(messages.c.conversation_id == _id, messages.c.seq > bindparam("after"))
_after = _after.order_by(messages.c.seq)
_count = sa.update(conversations).where(conversations.c.id == _id).values(next_seq=conversations.c.next_seq + 1)
_count_visitor = _count.values(last_visitor_at=bindparam("now")).returning(conversations.c.next_seq)
_count = _count.returning(conversations.c.next_seq)
_explain = sa.update(messages).where(messages.c.id == bindparam("message"))
_explain = _explain.values({name: bindparam(f"new_{name}") for name in ("outcome", "topic", "understanding")})


class ConversationSql:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def add(self, conversation: Conversation) -> bool:
        values: dict[str, object] = {
            "id": conversation.id,
            "channel": conversation.channel,
            "channel_ref": conversation.channel_ref,
        }
        values |= {"created_at": conversation.created_at, "next_seq": 1, **_state(conversation)}
        insert = sqlite.insert if self._session.dialect == "sqlite" else postgresql.insert
        return await self._session.run(insert(conversations).values(values).on_conflict_do_nothing()) == 1

    async def get(self, conversation_id: str, lock: bool = False) -> Conversation | None:
        row = await self._session.first(_lock if lock else _get, {"conversation": conversation_id})
        return to_conversation(row) if row else None

    async def by_ref(self, channel: str, channel_ref: str) -> Conversation | None:
        query = sa.select(conversations).where(
            conversations.c.channel == channel, conversations.c.channel_ref == channel_ref
        )
        row = await self._session.first(query)
        return to_conversation(row) if row else None

    async def save(self, conversation: Conversation) -> None:
        self._session.notify(conversation.id)
        await self._session.run(_save, {"conversation": conversation.id, **_state(conversation)})

    async def delete(self, conversation_id: str) -> bool:
        self._session.notify(conversation_id, "handoffs")
        return await self._session.run(sa.delete(conversations).where(conversations.c.id == conversation_id)) == 1


class MessageSql:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def append(self, conversation: Conversation, draft: Draft, now: datetime) -> Message:
        message = Message(
            id=uuid.uuid4().hex,
            conversation_id=conversation.id,
            seq=await self._next_seq(conversation.id, draft.author, now),
            author=draft.author,
            text=draft.text,
            created_at=now,
            buttons=draft.buttons,
            client_id=draft.client_id,
            outcome=draft.outcome,
            topic=draft.topic,
            attachment=draft.attachment,
            staff_name=draft.staff_name,
            staff_role=draft.staff_role,
            understanding=draft.understanding,
            in_reply_to=draft.in_reply_to,
        )
        await self._session.run(_append, _columns(message, draft))
        self._session.notify(conversation.id)
        return message

    async def by_client_id(self, conversation_id: str, author: str, client_id: str) -> Message | None:
        values = {"conversation": conversation_id, "by": author, "client": client_id}
        row = await self._session.first(_by_client_id, values)
        return to_message(row) if row else None

    async def after(self, conversation_id: str, seq: int) -> tuple[Message, ...]:
        rows = await self._session.rows(_after, {"conversation": conversation_id, "after": seq})
        return tuple(to_message(row) for row in rows)

    async def last_text(self, conversation_id: str) -> str:
        query = sa.select(messages.c.text).where(
            messages.c.conversation_id == conversation_id, messages.c.author != Author.VISITOR
        )
        return await self._session.scalar(query.order_by(messages.c.seq.desc()).limit(1)) or ""

    async def explain(self, message_id: str, outcome: Outcome, topic: str, understanding: Understanding) -> None:
        values = {"new_outcome": outcome.value, "new_topic": topic, "new_understanding": to_json(understanding)}
        await self._session.run(_explain, {"message": message_id, **values})

    async def _next_seq(self, conversation_id: str, author: Author, now: datetime) -> int:
        if author is Author.VISITOR:
            following = await self._session.scalar(_count_visitor, {"conversation": conversation_id, "now": now})
        else:
            following = await self._session.scalar(_count, {"conversation": conversation_id})
        return int(following) - 1


def _state(conversation: Conversation) -> dict[str, object]:
    return {
        "token_hash": conversation.token_hash,
        "owner": conversation.owner.value,
        "staff_id": conversation.staff_id,
        "clarified": conversation.clarified,
        "previous_topic": conversation.previous_topic,
        "language": conversation.language,
        "crisis_told_at": conversation.crisis_told_at,
        "crisis_told": conversation.crisis_told,
        "crisis_kind": conversation.crisis_kind,
    }


def _columns(message: Message, draft: Draft) -> dict[str, object]:
    return {
        "id": message.id,
        "conversation_id": message.conversation_id,
        "seq": message.seq,
        "author": message.author.value,
        "client_id": message.client_id,
        "in_reply_to": message.in_reply_to,
        "text": message.text,
        "buttons": to_json(message.buttons),
        "outcome": message.outcome.value if message.outcome else None,
        "topic": message.topic,
        "attachment": message.attachment,
        "staff_name": message.staff_name,
        "staff_role": message.staff_role,
        "understanding": to_json(message.understanding) if message.understanding else None,
        "provenance": to_json(draft.provenance) if draft.provenance else None,
        "created_at": message.created_at,
    }
