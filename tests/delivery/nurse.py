"""Staff who answer what is handed over and give the talk back, and do not give up until each reply is accepted."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.delivery.fleet import Fleet

CLOSE_SHARE = 0.8
TWICE_SHARE = 0.1
PAUSE = 0.05


@dataclass
class Nurse:
    """`replied` holds (conversation, text) of every reply that was accepted, in order."""

    staff: str
    fleet: Fleet
    counts: Counter[str]
    replied: list[tuple[str, str]] = field(default_factory=list)

    async def work(self, done: asyncio.Event) -> None:
        """Answer one handoff after another until `done`."""
        while not done.is_set():
            await self.turn()
            await asyncio.sleep(PAUSE)

    async def turn(self) -> None:
        """Answer one handoff that nobody else has, if there is one."""
        waiting = (await self._insist(do="queue")).get("handoffs", [])
        if not waiting:
            return
        handoff, conversation = random.choice(waiting)
        text = f"reply {len(self.replied)} of {self.staff}"
        clicks = 1 + (random.random() < TWICE_SHARE)
        answer, *_ = await asyncio.gather(
            *(self._insist(do="reply", handoff=handoff, client_id=text) for _ in range(clicks))
        )
        if "refused" in answer:
            return  # a colleague was quicker
        self.replied.append((conversation, text))
        self.counts["staff replies accepted"] += 1
        if random.random() < CLOSE_SHARE:
            await self._insist(do="close", handoff=handoff)

    async def _insist(self, **order: object) -> dict[str, Any]:
        return await self.fleet.insist(self.counts, staff=self.staff, **order)
