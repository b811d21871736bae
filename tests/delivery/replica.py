"""One bot process without its web server, to be killed: JSON lines in (`{"id", "do", ...}`), JSON lines out.

Arguments: database address, Rasa's address, ledger of what is delivered, tally of faults.
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
from bot.conversation.pump import Pace
from bot.errors import HandrailError
from bot.rasa_client import RasaClient
from bot.service import Service, build
from bot.store.database import open_database
from tests.delivery import orders
from tests.delivery.outside import Outside
from tests.delivery.tally import Tally
from tests.support.plain import NO_LIMITS, Alarm, PlainReplies, utc_now

DELAYED_SHARE = 0.03
DROPPED_SHARE = 0.02


def tell(event: dict[str, Any]) -> None:
    """Write one line at once and whole: what is written outlives this process."""
    os.write(sys.stdout.fileno(), json.dumps(event).encode() + b"\n")


async def answer(service: Service, order: dict[str, Any], tally: Tally) -> None:
    """Obey, over a network that delays some orders and loses some, or their answers."""
    if random.random() < DELAYED_SHARE:
        tally.count("fault: visitor's message delayed")
        await asyncio.sleep(random.uniform(0, 0.5))
    chance = random.random()
    if chance < DROPPED_SHARE / 2:
        tally.count("fault: connection dropped before acceptance")
        tell({"id": order["id"], "dropped": True})
        return
    try:
        answered = await orders.obey(service, order)
    except HandrailError as error:
        answered = {"refused": error.code}
    if chance < DROPPED_SHARE:
        tally.count("fault: connection dropped after acceptance")
        answered = {"dropped": True}
    tell({"id": order["id"], **answered})


async def main(url: str, rasa: str, ledger: str, counts: str) -> None:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    tally = Tally(Path(counts))
    async with RasaClient(rasa) as understander:
        service = build(
            open_database(url),
            understander,
            Alarm(),
            PlainReplies(),
            utc_now,
            [Outside(Path(ledger), tally)],
            NO_LIMITS,
            Pace(),
        )
        await service.start()
        tell({"ready": os.getpid()})
        tasks: set[asyncio.Task[None]] = set()
        while line := await reader.readline():
            order = json.loads(line)
            if order["do"] == "arm":
                failpoints.arm(order["point"])
                tell({"id": order["id"]})
                continue
            task = asyncio.create_task(answer(service, order, tally))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        await service.stop()


if __name__ == "__main__":
    # Standard output is for the parent.
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    asyncio.run(main(*sys.argv[1:]))
