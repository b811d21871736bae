"""A flood of long messages is read for danger by the rules alone, so that nobody else has to wait for it."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

from bot.conversation.intake import CROWD
from bot.conversation.limits import Limits
from bot.conversation.model import Reply
from bot.errors import RateLimited
from tests.support.databases import sqlite_url
from tests.support.plain import Alarm, SetClock, idle, make, say, until


class Slow(Alarm):
    """Reads thoroughly only when let go; notes which texts were read how."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.thoroughly: list[str] = []
        self.quickly: list[str] = []

    def check(self, text: str, *, thorough: bool = True) -> Reply | None:
        (self.thoroughly if thorough else self.quickly).append(text)
        if thorough:
            assert self.go.wait(20)
        return super().check(text, thorough=thorough)


async def test_over_the_limit_and_in_a_crowd_the_rules_alone_read(tmp_path: Path) -> None:
    check = Slow()
    limits = Limits(conversation=1, address=1000, total=1000)
    async with idle(make(sqlite_url(tmp_path), crisis_check=check, limits=limits, clock=SetClock())) as service:
        flooder, other = [(await service.conversations.start("website")).id for _ in range(2)]
        texts = [f"text {number}" for number in range(CROWD + 5)]
        flood = [asyncio.create_task(say(service, flooder, text)) for text in texts]
        last = asyncio.create_task(say(service, flooder, "danger at the end"))
        await until(lambda: bool(check.thoroughly))
        calm = asyncio.create_task(say(service, other, "hello"))
        check.go.set()
        results = await asyncio.gather(*flood, return_exceptions=True)
        assert (await last).text == "danger at the end"
        assert (await calm).text == "hello"
    assert [isinstance(one, RateLimited) for one in results] == [False] + [True] * (CROWD + 4)
    assert check.thoroughly == [*texts[:CROWD], "hello"]
    assert check.quickly == [*texts[CROWD:], "danger at the end"]
