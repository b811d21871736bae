"""Telegram's own menus of the bot, set at start where they differ from ours."""

from __future__ import annotations

import asyncio

from telegram import BotCommand, BotCommandScopeAllPrivateChats
from telegram.error import RetryAfter, TelegramError

from bot.channels.telegram.client import TelegramBot
from bot.channels.telegram.errors import delivery_error
from bot.channels.telegram.status import Status
from bot.channels.telegram.texts import TelegramTexts
from bot.errors import PassingError

_PAUSE = 30.0
_SCOPE = BotCommandScopeAllPrivateChats()  # not in groups, where the bot is silent


class Menu:
    def __init__(self, bot: TelegramBot, texts: TelegramTexts, status: Status) -> None:
        self._bot, self._texts, self._status = bot, texts, status

    async def run(self) -> None:
        """Set commands and descriptions; try until it is done."""
        while True:
            try:
                await self.set()
            except TelegramError as error:
                reason = delivery_error(error)
                self._status.wrong("menu", f"The bot's menu could not be set. {reason}")
                told = reason.retry_after if isinstance(reason, PassingError) else None
                await asyncio.sleep(told if isinstance(error, RetryAfter) and told else _PAUSE)
            else:
                self._status.fine("menu")
                return

    async def set(self) -> None:
        """Raises TelegramError."""
        commands = tuple(BotCommand(name, description) for name, description in self._texts.commands())
        if tuple(await self._bot.get_my_commands(scope=_SCOPE)) != commands:
            await self._bot.set_my_commands(commands, scope=_SCOPE)
        description = self._texts.line("description")
        if (await self._bot.get_my_description()).description != description:
            await self._bot.set_my_description(description)
        short = self._texts.line("short_description")
        if (await self._bot.get_my_short_description()).short_description != short:
            await self._bot.set_my_short_description(short)
