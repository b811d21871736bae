"""Small signs of life that may fail: typing, the answer to a tap, old buttons taken away. Nothing waits for them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any

from telegram.constants import ChatAction
from telegram.error import TelegramError

from bot.channels.telegram.client import TelegramBot
from bot.channels.telegram.sender import remove_keyboard

_AT_ONCE = 20


class Courtesies:
    def __init__(self, bot: TelegramBot) -> None:
        self._bot = bot
        self._tasks: set[asyncio.Task[None]] = set()

    def typing(self, chat: int) -> None:
        self._start(self._bot.send_chat_action(chat, ChatAction.TYPING))

    def answer_tap(self, query: str, text: str = "", alert: bool = False) -> None:
        """Stop the button's spinner; `text` (up to 200 characters) shows for a moment, or with `alert` until closed."""
        self._start(self._bot.answer_callback_query(query, text or None, show_alert=alert or None))

    def clear_keyboard(self, chat: int, message: int) -> None:
        self._start(remove_keyboard(self._bot, chat, message))

    async def stop(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _start(self, call: Coroutine[Any, Any, object]) -> None:
        if len(self._tasks) >= _AT_ONCE:  # a backlog: better answered soon than with courtesies
            call.close()
            return
        task = asyncio.create_task(_quietly(call))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _quietly(call: Coroutine[Any, Any, object]) -> None:
    with contextlib.suppress(TelegramError):
        await call
