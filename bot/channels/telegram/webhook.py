"""The webhook: Telegram posts each update to us, and we say 200 once it is stored."""

from __future__ import annotations

import asyncio
import hashlib
import hmac

from fastapi import APIRouter, Request, Response
from telegram.error import TelegramError

from bot.channels.telegram.client import ALLOWED_UPDATES, TelegramBot
from bot.channels.telegram.errors import delivery_error
from bot.channels.telegram.receiving import Receiver
from bot.channels.telegram.status import Status
from bot.errors import PassingError

PATH = "/telegram/webhook"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
_CHECK_SECONDS = 600.0
_PAUSE = 10.0


def secret_of(token: str) -> str:
    """Return the webhook's secret: the same on every replica, and of no use for finding the token."""
    return hashlib.sha256(f"handrail webhook {token}".encode()).hexdigest()


def build_router(receiver: Receiver, secret: str) -> APIRouter:
    """Return the one route that Telegram calls. StorageRefused becomes 503, and Telegram tries again."""
    router = APIRouter(include_in_schema=False)

    @router.post(PATH)
    async def receive(request: Request) -> Response:
        given = request.headers.get(HEADER, "")
        if not hmac.compare_digest(given.encode(), secret.encode()):
            return Response("The secret is wrong.", 403)
        try:
            update = await request.json()
        except ValueError:
            return Response("This is not JSON.", 400)
        # An update that is of no use must be taken all the same, or Telegram would send it for a day.
        await receiver.take([update] if isinstance(update, dict) else [])
        return Response(status_code=200)

    return router


class WebhookKeeper:
    """Tells Telegram where to post, and looks now and then whether that is still so."""

    def __init__(self, bot: TelegramBot, url: str, secret: str, status: Status) -> None:
        self._bot, self._url, self._secret, self._status = bot, url, secret, status

    async def run(self) -> None:
        """Keep the webhook set until cancelled."""
        while True:
            try:
                await self._bot.set_webhook(
                    self._url, allowed_updates=list(ALLOWED_UPDATES), secret_token=self._secret, max_connections=4
                )
            except TelegramError as error:
                reason = delivery_error(error)
                self._status.wrong("receiving", f"The webhook could not be set. {reason}")
                told = reason.retry_after if isinstance(reason, PassingError) else None
                await asyncio.sleep(told or _PAUSE)
            else:
                self._status.fine("receiving")
                await asyncio.sleep(_CHECK_SECONDS)
