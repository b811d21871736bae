"""The outside world as Telegram is: now and then it asks to wait, fails on its side, or the connection breaks."""

from __future__ import annotations

import asyncio
import os
import random
from pathlib import Path

from bot.conversation.model import Message
from bot.errors import PassingError
from tests.delivery.tally import Tally


class Outside:
    """A channel that is pushed to. It keeps what it got in a file, which stays whatever becomes of this process."""

    channel = "phone"

    def __init__(self, ledger: Path, tally: Tally) -> None:
        self._ledger = ledger
        self._tally = tally
        self._file = os.open(ledger, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    async def was_delivered(self, channel_ref: str, message: Message) -> bool:
        return message.id in self._ledger.read_text()

    async def send(self, channel_ref: str, message: Message) -> None:
        chance = random.random()
        if chance < 0.05:
            raise self._trouble("429", random.uniform(0.02, 0.3))
        if chance < 0.08:
            raise self._trouble("502", 0.2)
        if chance < 0.09:
            raise self._trouble("connection dropped before it was sent", 0.1)
        await asyncio.sleep(random.uniform(0, 0.01))
        os.write(self._file, f"{channel_ref}\t{message.id}\n".encode())
        if chance < 0.1:
            raise self._trouble("connection dropped after it was sent", 0.1)

    def _trouble(self, name: str, retry_after: float) -> PassingError:
        self._tally.count(f"fault: channel, {name}")
        return PassingError(name, retry_after=retry_after)
