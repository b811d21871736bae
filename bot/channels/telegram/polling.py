"""Long polling: needs no public address. What is stored is confirmed by the next call, never before."""

from __future__ import annotations

import asyncio

import structlog
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.channels.telegram.client import POLL_SECONDS, TelegramBot
from bot.channels.telegram.errors import delivery_error
from bot.channels.telegram.receiving import Receiver
from bot.channels.telegram.status import Status
from bot.errors import PassingError, StorageRefused

log = structlog.get_logger()
_LONGEST_PAUSE = 30.0


class Poller:
    def __init__(
        self, bot: TelegramBot, receiver: Receiver, status: Status, poll_seconds: float = POLL_SECONDS
    ) -> None:
        self._bot, self._receiver, self._status, self._poll_seconds = bot, receiver, status, poll_seconds
        self._failures = 0

    async def run(self) -> None:
        """Receive until cancelled."""
        offset: int | None = None
        while True:
            try:
                offset = await self._receive(offset)
            except StorageRefused as error:
                # Nothing is confirmed: Telegram keeps these updates for us.
                await self._pause("receiving", str(error))
            except Conflict as error:
                await self._resolve(error)
            except (InvalidToken, RetryAfter) as error:
                reason = delivery_error(error)
                wait = reason.retry_after if isinstance(reason, PassingError) else None
                await self._pause("receiving", str(reason), wait)
            except TelegramError as error:
                await self._pause("receiving", str(delivery_error(error)))
            else:
                self._failures = 0
                self._status.fine("receiving")

    async def _receive(self, offset: int | None) -> int | None:
        """Return the next offset. After an empty answer there is none: all is confirmed, and after a week of silence
        Telegram may go on with a lower number."""
        updates = await self._bot.raw_updates(offset, self._poll_seconds)
        highest = await self._receiver.take(updates)
        return highest + 1 if highest is not None else None

    async def _resolve(self, error: Conflict) -> None:
        if "webhook" in error.message:
            await self._bot.delete_webhook(drop_pending_updates=False)
            return
        problem = "Another program receives this bot's messages with the same token. Stop it, or make a new bot."
        await self._pause("receiving", problem)

    async def _pause(self, what: str, problem: str, seconds: float | None = None) -> None:
        self._failures += 1
        self._status.wrong(what, problem)
        await asyncio.sleep(seconds if seconds is not None else min(_LONGEST_PAUSE, 0.5 * 2 ** min(self._failures, 6)))
