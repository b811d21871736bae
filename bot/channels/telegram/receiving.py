"""Takes updates in: what they mean is stored before Telegram is told that we have them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import structlog

from bot.channels.telegram.incoming import UNUSED, Incoming, read_update
from bot.channels.telegram.ports import Inbox, Received
from bot.conversation.ports import Clock

log = structlog.get_logger()


class Receiver:
    """The one way in, for polling and webhook alike."""

    def __init__(self, inbox: Inbox, clock: Clock, staff_group: int | None) -> None:
        self._inbox, self._clock, self._staff_group = inbox, clock, staff_group
        self.arrived = asyncio.Event()

    async def take(self, payloads: Sequence[dict[str, Any]]) -> int | None:
        """Store the updates and return the highest `update_id`, None for none. Raises StorageRefused."""
        received = [item for item in (self._read(payload) for payload in payloads) if item is not None]
        if not received:
            return None
        if await self._inbox.keep(received, self._clock()):
            self.arrived.set()
        return max(item.update_id for item in received)

    def _read(self, payload: dict[str, Any]) -> Received | None:
        number = payload.get("update_id")
        if not isinstance(number, int) or isinstance(number, bool):
            log.warning("telegram update without a number, ignored")
            return None
        try:
            return Received(number, read_update(payload, self._staff_group))
        except Exception as error:  # a shape newer than the library: what was written still counts
            log.warning(
                "telegram update not understood, taking its text only", update_id=number, problem=type(error).__name__
            )
            return Received(number, _salvage(payload))


def _salvage(payload: dict[str, Any]) -> Incoming:
    """Return the text of a private message whose other parts the library cannot read."""
    message = payload.get("message") or payload.get("edited_message")
    if not isinstance(message, dict):
        return UNUSED
    chat, text = message.get("chat"), message.get("text") or message.get("caption") or ""
    if (
        not isinstance(chat, dict)
        or chat.get("type") != "private"
        or not isinstance(chat.get("id"), int)
        or not isinstance(text, str)
    ):
        return UNUSED
    return Incoming("text", chat=chat["id"], user=chat["id"], text=text, attachment="" if text else "other")
