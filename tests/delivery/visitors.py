"""Visitors who write one message after the other and do not give up until each is accepted."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.delivery.fleet import Fleet

DANGER_SHARE = 0.02
TWICE_SHARE = 0.1
LATE_SHARE = 0.05
READ_SHARE = 0.7
READ_PATIENCE = 60.0


@dataclass
class Visitor:
    """Every second visitor writes over a channel that must be pushed to.

    `said` is what was accepted, in order, with its number; `seen` the numbers that the browser was given; `danger` is
    the share of messages that the crisis check answers by itself.
    """

    number: int
    fleet: Fleet
    counts: Counter[str]
    conversation: str = ""
    said: dict[str, int] = field(default_factory=dict)
    seen: list[int] = field(default_factory=list)
    rung: int = 0
    danger: float = DANGER_SHARE

    @property
    def ref(self) -> str | None:
        return f"chat {self.number}" if self.number % 2 else None

    async def talk(self, messages: int) -> None:
        if not self.conversation:
            channel = "phone" if self.ref else "website"
            self.conversation = (await self._insist(do="start", channel=channel, ref=self.ref))["conversation"]
        for number in range(len(self.said), len(self.said) + messages):
            word = "danger" if random.random() < self.danger else "question"
            await self.write(f"{word} {number} of visitor {self.number}")
            if random.random() < LATE_SHARE:
                await self._come_late(random.choice(list(self.said)))
            if random.random() < READ_SHARE:
                await self._wait_for_answer()

    async def read(self, patience: float) -> None:
        """Fetch what came since, waiting up to `patience` seconds for something new."""
        after = self.seen[-1] if self.seen else 0
        answer = await self._insist(do="read", conversation=self.conversation, after=after, wait=patience)
        self.seen += answer["seqs"]

    async def _wait_for_answer(self) -> None:
        if self.ref:
            self.rung = await self.fleet.rung(self.ref, self.rung, READ_PATIENCE)
        else:
            await self.read(READ_PATIENCE)

    async def write(self, text: str) -> None:
        """Send `text`, now and then twice, until it is accepted."""
        times = 2 if random.random() < TWICE_SHARE else 1
        self.counts["fault: sent twice at once"] += times - 1
        seqs = await asyncio.gather(*(self._send(text) for _ in range(times)))
        self.counts["two numbers for one message"] += len(set(seqs)) - 1
        self.said[text] = seqs[0]
        self.counts["accepted"] += 1

    async def _come_late(self, text: str) -> None:
        """Send an old message again, as a network does that kept a copy."""
        self.counts["fault: sent again later"] += 1
        self.counts["two numbers for one message"] += await self._send(text) != self.said[text]

    async def _send(self, text: str) -> int:
        answer = await self._insist(do="say", conversation=self.conversation, client_id=text, text=text)
        return int(answer["seq"])

    async def _insist(self, **order: object) -> dict[str, Any]:
        answer = await self.fleet.insist(self.counts, **order)
        assert "refused" not in answer, answer
        return answer
