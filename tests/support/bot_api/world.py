"""What the server knows: one bot, its chats, the queue of updates, and everything that was called."""

from __future__ import annotations

import asyncio
import itertools
import time
from dataclasses import dataclass, field
from typing import Any

from tests.support.bot_api.errors import RefusedError, bad_request, forbidden
from tests.support.bot_api.faults import Faults
from tests.support.bot_api.floods import Floods

JSON = dict[str, Any]
BOT_ID = 7000000001
TOKEN = f"{BOT_ID}:AAtest-token_for_the_strict_server_0000"


@dataclass
class Chat:
    """A chat as this server keeps it. `problem` is the refusal that every message to it meets."""

    id: int
    shape: JSON
    messages: dict[int, JSON] = field(default_factory=dict)
    members: dict[int, JSON] = field(default_factory=dict)
    problem: RefusedError | None = None
    next_message: int = 1


@dataclass(frozen=True)
class Call:
    """One call as it came: method, parameters in their types, and the description it was refused with ("" if not)."""

    method: str
    parameters: JSON
    refused: str
    at: float


@dataclass
class Webhook:
    url: str
    secret: str
    max_connections: int
    allowed: frozenset[str]


class World:
    """The state behind one token. Not safe for threads: used on the server's own event loop only."""

    def __init__(self, token: str = TOKEN, local: bool = True, first_update: int = 880_000_001) -> None:
        self.token, self.local = token, local
        self.me: JSON = {
            "id": int(token.split(":")[0]),
            "is_bot": True,
            "first_name": "Harbour Clinic",
            "username": "harbour_clinic_bot",
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }
        self.chats: dict[int, Chat] = {}
        self.queue: list[JSON] = []
        self.allowed: frozenset[str] | None = None
        self.webhook: Webhook | None = None
        self.calls: list[Call] = []
        self.callbacks: dict[str, JSON] = {}
        self.profile: JSON = {"commands": [], "description": "", "short_description": ""}
        self.faults = Faults()
        self.floods = Floods()
        self.poll_turn = 0
        self.changed = asyncio.Condition()
        self.webhook_error = ""
        self._update_ids = itertools.count(first_update)

    def chat(self, chat_id: Any) -> Chat:
        """Return a chat that the bot may write to. Raises RefusedError as Telegram would."""
        chat = self.chats.get(chat_id) if isinstance(chat_id, int) else None
        if chat is None:
            raise bad_request("chat not found")
        if chat.problem:
            raise chat.problem
        return chat

    def private(self, user: JSON) -> Chat:
        """Return the private chat with `user`, opening it."""
        shape: JSON = {"id": user["id"], "type": "private"}
        shape |= {name: user[name] for name in ("first_name", "username") if name in user}
        return self.chats.setdefault(user["id"], Chat(user["id"], shape))

    def group(self, chat_id: int, title: str, status: str = "member") -> Chat:
        """Open a group where the bot has `status` ("member", "administrator", "left", "kicked", "restricted")."""
        chat = self.chats.setdefault(chat_id, Chat(chat_id, {"id": chat_id, "type": "supergroup", "title": title}))
        chat.members[self.me["id"]] = {"user": self.me, "status": status}
        problems: dict[str, RefusedError] = {
            "left": forbidden("bot is not a member of the supergroup chat"),
            "kicked": forbidden("bot was kicked from the supergroup chat"),
            "restricted": bad_request("not enough rights to send text messages to the chat"),
        }
        chat.problem = problems.get(status)
        return chat

    def add_message(self, chat: Chat, sender: JSON, content: JSON) -> JSON:
        """Put a message into a chat and return it."""
        message = {
            "message_id": chat.next_message,
            "from": sender,
            "chat": chat.shape,
            "date": int(time.time()),
            **content,
        }
        chat.next_message += 1
        chat.messages[message["message_id"]] = message
        return message

    async def push(self, kind: str, content: JSON, update_id: int | None = None) -> int:
        """Queue an update of `kind` where it is wanted; a given `update_id` may repeat an older one. Returns its id."""
        number = next(self._update_ids) if update_id is None else update_id
        allowed = self.webhook.allowed if self.webhook else self.allowed
        if allowed is None or kind in allowed:
            self.queue.append({"update_id": number, kind: content})
        async with self.changed:
            self.changed.notify_all()
        return number
