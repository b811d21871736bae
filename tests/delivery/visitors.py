"""Visitors who write one message after the other and do not give up until each is accepted."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field

from tests.delivery.fleet import Fleet, GoneError

DANGER_SHARE = 0.02
TWICE_SHARE = 0.1


@dataclass
class Visitor:
    """Every second visitor writes over a channel that must be pushed to. `said` is what was accepted, in order."""

    number: int
    fleet: Fleet
    counts: Counter[str]
    conversation: str = ""
    said: list[str] = field(default_factory=list)

    @property
    def ref(self) -> str | None:
        return f"chat {self.number}" if self.number % 2 else None

    async def talk(self, messages: int) -> None:
        if not self.conversation:
            channel = "phone" if self.ref else "website"
            self.conversation = (await self._insist(do="start", channel=channel, ref=self.ref))["conversation"]
        for number in range(len(self.said), len(self.said) + messages):
            word = "danger" if random.random() < DANGER_SHARE else "question"
            await self._say(f"{word} {number} of visitor {self.number}")

    async def _say(self, text: str) -> None:
        order = {"do": "say", "conversation": self.conversation, "client_id": text, "text": text}
        times = 2 if random.random() < TWICE_SHARE else 1
        answers = await asyncio.gather(*(self._insist(**order) for _ in range(times)))
        if len({answer["seq"] for answer in answers}) != 1:
            self.counts["two numbers for one message"] += 1
        self.said.append(text)
        self.counts["accepted"] += 1

    async def _insist(self, **order: object) -> dict[str, str]:
        """Ask one replica after another until one accepts, as a browser does."""
        while True:
            with suppress(GoneError):
                answer = await (await self.fleet.replica()).ask(**order)
                if "refused" not in answer:
                    return answer
                self.counts[f"refused: {answer['refused']}"] += 1
            self.counts["tried again"] += 1
            await asyncio.sleep(random.uniform(0.02, 0.2))
