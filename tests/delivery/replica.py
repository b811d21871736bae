"""One bot process without its web server, to be killed: JSON lines in (`{"id", "do", ...}`), JSON lines out.

What it delivers to the outside world it appends to a file, which stays whatever becomes of this process.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
from pathlib import Path
from typing import Any

import structlog

from bot import failpoints
from bot.conversation.model import InboundMessage, Message
from bot.conversation.pump import Pace
from bot.errors import HandrailError, PassingError
from bot.rasa_client import RasaClient
from bot.service import Service, build
from bot.store.database import open_database
from tests.support.plain import NO_LIMITS, Alarm, PlainReplies, utc_now


def tell(event: dict[str, Any]) -> None:
    """Write one line at once and whole: what is written outlives this process."""
    os.write(sys.stdout.fileno(), json.dumps(event).encode() + b"\n")


class Outside:
    """The outside world as Telegram is: now and then it asks to wait, or fails on its side. It keeps what it got."""

    channel = "phone"

    def __init__(self, ledger: Path) -> None:
        self._ledger = ledger
        self._file = os.open(ledger, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    async def was_delivered(self, channel_ref: str, message: Message) -> bool:
        return message.id in self._ledger.read_text()

    async def send(self, channel_ref: str, message: Message) -> None:
        chance = random.random()
        if chance < 0.05:
            raise PassingError("429", retry_after=random.uniform(0.02, 0.3))
        if chance < 0.08:
            raise PassingError("502", retry_after=0.2)
        await asyncio.sleep(random.uniform(0, 0.01))
        os.write(self._file, f"{channel_ref}\t{message.id}\n".encode())


async def obey(service: Service, order: dict[str, Any]) -> dict[str, Any]:
    if order["do"] == "start":
        return {"conversation": (await service.conversations.start(order["channel"], order["ref"])).id}
    if order["do"] == "say":
        inbound = InboundMessage(order["conversation"], order["client_id"], order["text"])
        return {"seq": (await service.conversations.accept(inbound)).seq}
    failpoints.arm(order["point"])
    return {}


async def answer(service: Service, order: dict[str, Any]) -> None:
    try:
        tell({"id": order["id"], **await obey(service, order)})
    except HandrailError as error:
        tell({"id": order["id"], "refused": error.code})


def log_to_stderr() -> None:
    """Standard output is for the parent."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))


async def main(url: str, rasa: str, ledger: str) -> None:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    async with RasaClient(rasa) as understander:
        service = build(
            open_database(url),
            understander,
            Alarm(),
            PlainReplies(),
            utc_now,
            [Outside(Path(ledger))],
            NO_LIMITS,
            Pace(),
        )
        await service.start()
        tell({"ready": os.getpid()})
        tasks: set[asyncio.Task[None]] = set()
        while line := await reader.readline():
            task = asyncio.create_task(answer(service, json.loads(line)))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        await service.stop()


if __name__ == "__main__":
    log_to_stderr()
    asyncio.run(main(*sys.argv[1:]))
