"""Does the bot's memory stay flat? One replica works messages without end; what it holds is measured on the way."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import psutil

from tests.delivery.fleet import Fleet
from tests.delivery.ordeal import Scale
from tests.delivery.verdict import drained
from tests.delivery.visitors import Visitor
from tests.support.databases import sqlite_url
from tests.support.plain import idle, make

MEBIBYTE = 2**20


async def growth(folder: Path, scale: Scale) -> list[float]:
    """Return MiB of resident memory after each third of the messages; the first third warms up."""
    url, counts = sqlite_url(folder), Counter[str]()
    async with idle(make(url)):
        pass  # the staff are signed up
    async with Fleet(url, 1, folder / "delivered") as fleet:
        process = psutil.Process((await fleet.replica()).process.pid)
        held = []
        for third in range(3):
            # New visitors each time: what is kept for those who left would show.
            first = third * scale.visitors
            crowd = [Visitor(number, fleet, counts) for number in range(first, first + scale.visitors)]
            each = scale.messages // 3 // scale.visitors
            await asyncio.gather(*(visitor.talk(each) for visitor in crowd))
            await drained(url)
            held.append(process.memory_info().rss / MEBIBYTE)
        assert not fleet.deaths
    return held


def is_flat(held: list[float]) -> bool:
    """Whether the last third added no more than a tenth and 8 MiB (SQLite's and the allocator's caches fill up)."""
    return held[-1] <= held[-2] * 1.1 + 8
