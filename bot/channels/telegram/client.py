"""Our Bot API client: python-telegram-bot with its rate limiter, and quiet about the token."""

from __future__ import annotations

import logging
from typing import Any

from telegram.ext import AIORateLimiter, ExtBot
from telegram.request import HTTPXRequest

ALLOWED_UPDATES = ("message", "edited_message", "callback_query")
POLL_SECONDS = 25.0
MESSAGES_A_SECOND = 30.0


class TelegramBot(ExtBot[int]):
    """python-telegram-bot's bot, which can also hand out updates just as they came."""

    async def raw_updates(self, offset: int | None, timeout: float) -> list[dict[str, Any]]:
        """Wait up to `timeout` seconds for updates and return them unparsed, oldest first, at most 100.

        `offset` confirms everything before it: give it only for what is stored. Unparsed, because one update that
        the library cannot read must not keep back the others.

        Raises:
            telegram.error.TelegramError
        """
        data: dict[str, Any] = {"timeout": int(timeout), "allowed_updates": list(ALLOWED_UPDATES)}
        if offset is not None:
            data["offset"] = offset
        updates = await self._post("getUpdates", data, read_timeout=timeout + 10)
        return [update for update in updates if isinstance(update, dict)]

    async def close_connections(self) -> None:
        """End every connection; unlike `shutdown` it needs no `initialize` before."""
        for request in self._request:
            await request.shutdown()


def create_bot(token: str, api_url: str, messages_a_second: float = MESSAGES_A_SECOND) -> TelegramBot:
    """Return a client for the Bot API server at `api_url` (its address without the `/bot` part).

    Messages are sent no faster than `messages_a_second` (0: as fast as they come), to one group 20 a minute.
    """
    # These loggers write the address of every call, and with it the token.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("httpcore").setLevel(logging.WARNING)
    # What the limiter logs here as an error is told to the outbox, which waits and tries again.
    logging.getLogger("telegram.ext.AIORateLimiter").setLevel(logging.CRITICAL)
    # This one writes an answer that is not JSON, and with it perhaps what a visitor wrote.
    logging.getLogger("telegram.request.BaseRequest").setLevel(logging.CRITICAL)
    base = api_url.rstrip("/")
    return TelegramBot(
        token,
        base_url=f"{base}/bot",
        base_file_url=f"{base}/file/bot",
        request=HTTPXRequest(connection_pool_size=32, read_timeout=15, connect_timeout=10, pool_timeout=30),
        get_updates_request=HTTPXRequest(connection_pool_size=2, connect_timeout=10),
        rate_limiter=AIORateLimiter(overall_max_rate=messages_a_second),
    )
