"""Plays the people: writes, edits, taps, sends pictures, blocks the bot; and reads what a chat shows."""

from __future__ import annotations

import itertools
import re
import time
from typing import Any

from tests.support.bot_api.errors import bad_request, forbidden
from tests.support.bot_api.world import JSON, World


def person(user_id: int, name: str = "Mia", **fields: Any) -> JSON:
    return {"id": user_id, "is_bot": False, "first_name": name, "language_code": "en", **fields}


class Visitors:
    """What people do in their Telegram apps. Every action returns the id of the update it caused."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._callbacks = itertools.count(4_000_000_001)

    async def write(self, user_id: int, text: str, group: int | None = None, **content: Any) -> int:
        """Send a text; a leading command is marked as Telegram marks it."""
        command = re.match(r"/[A-Za-z0-9_]{1,32}(@\w+)?", text)
        if command:
            content["entities"] = [{"type": "bot_command", "offset": 0, "length": len(command[0])}]
        return await self.send(user_id, {"text": text, **content}, group)

    async def send(self, user_id: int, content: JSON, group: int | None = None, **sender: Any) -> int:
        """Send any content, such as {"photo": [...], "caption": "..."}."""
        user = person(user_id, **sender)
        chat = self._world.chats[group] if group else self._world.private(user)
        return await self._world.push("message", self._world.add_message(chat, user, content))

    async def edit(self, user_id: int, message_id: int, text: str) -> int:
        message = self._world.chats[user_id].messages[message_id]
        message |= {"text": text, "edit_date": int(time.time())}
        return await self._world.push("edited_message", dict(message))

    async def tap(self, user_id: int, label: str, group: int | None = None) -> int:
        """Press the newest button with that label. Raises LookupError where no message shows one."""
        for message in reversed(self._world.chats[group or user_id].messages.values()):
            for button in keyboard(message):
                if button["text"] == label:
                    return await self.tap_data(user_id, message, button["callback_data"])
        raise LookupError(f"no button {label!r} in chat {group or user_id}")

    async def tap_data(self, user_id: int, message: JSON, data: str) -> int:
        """Press a button by its data; the message may be an old one whose buttons are gone."""
        query_id = str(next(self._callbacks))
        query = {"id": query_id, "from": person(user_id), "message": message, "chat_instance": "-1", "data": data}
        self._world.callbacks[query_id] = query
        return await self._world.push("callback_query", query)

    def block(self, user_id: int) -> None:
        self._world.private(person(user_id)).problem = forbidden("bot was blocked by the user")

    def deactivate(self, user_id: int) -> None:
        self._world.private(person(user_id)).problem = forbidden("user is deactivated")

    def vanish(self, user_id: int) -> None:
        self._world.private(person(user_id)).problem = bad_request("chat not found")

    def come_back(self, user_id: int) -> None:
        self._world.private(person(user_id)).problem = None

    def shown(self, chat_id: int) -> list[JSON]:
        """Return the bot's messages that the chat shows, oldest first."""
        chat = self._world.chats.get(chat_id)
        return [m for m in chat.messages.values() if m["from"]["id"] == self._world.me["id"]] if chat else []

    def texts(self, chat_id: int) -> list[str]:
        return [message["text"] for message in self.shown(chat_id)]


def keyboard(message: JSON) -> list[JSON]:
    """Return the buttons under a message, row by row."""
    return [button for row in message.get("reply_markup", {}).get("inline_keyboard", []) for button in row]
