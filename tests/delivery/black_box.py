"""The whole system from outside: `python -m bot run` with the trained model, every process of it killed again and again."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from bot.launcher.processes import free_port
from tests.delivery.talker import Talker
from tests.delivery.verdict import drained, judge
from tests.journeys.conftest import Running, start, stop
from tests.support.databases import sqlite_url
from tests.support.patience import PATIENCE_S

CHILDREN = {"Rasa": "rasa run", "action server": "rasa_sdk", "bot": "bot serve"}
NO_LIMITS = {
    f"BOT_LIMIT_{name}": "1000000" for name in ("CONVERSATION", "ADDRESS", "TOTAL", "STARTS", "STARTS_TOTAL", "STREAMS")
}
READY = "Ctrl-C stops everything"
PER_ROUND = 3
SHOWN_WITHIN = 3.0


@dataclass
class BlackBox:
    """Twelve visitors write; in each of `rounds` every process dies by SIGKILL and the system is started again."""

    folder: Path
    rounds: int
    visitors: int = 12
    counts: Counter[str] = field(default_factory=Counter)
    ports: dict[str, str] = field(default_factory=dict)

    async def run(self) -> Counter[str]:
        """Return what happened and what was lost, doubled or reordered."""
        self.ports = {name: str(free_port()) for name in ("BOT_PORT", "BOT_RASA_PORT", "BOT_ACTION_PORT")}
        door = f"http://127.0.0.1:{self.ports['BOT_PORT']}"
        self.running = self._start()
        try:
            async with httpx.AsyncClient(trust_env=False, limits=httpx.Limits(max_connections=None)) as http:
                talkers = [Talker(number, http, [door]) for number in range(self.visitors)]
                await self._live_through(talkers)
        finally:
            await asyncio.to_thread(stop, self.running)
        self.counts["accepted"] = sum(len(one.said) for one in talkers)
        self.counts.update(await judge(self._database, talkers))
        return self.counts

    @property
    def _database(self) -> str:
        return sqlite_url(self.folder, "handrail.db")

    def _start(self) -> Running:
        return start(self.folder, **self.ports, **NO_LIMITS)

    async def _live_through(self, talkers: list[Talker]) -> None:
        done = asyncio.Event()
        await asyncio.to_thread(self.running.wait_for, READY)
        await asyncio.gather(*(one.start() for one in talkers))
        listening = [asyncio.create_task(one.listen(one.doors[0])) for one in talkers]
        talking = [asyncio.create_task(one.talk(done)) for one in talkers]
        for number in range(self.rounds):
            await self._accepted_more(talkers)
            await self._kill(self.running, launcher_first=number % 2 == 0)
            self.running = self._start()
            await asyncio.to_thread(self.running.wait_for, READY)
        done.set()
        await asyncio.gather(*talking)
        await drained(self._database)
        await asyncio.sleep(SHOWN_WITHIN)
        for task in listening:
            task.cancel()

    async def _accepted_more(self, talkers: list[Talker]) -> None:
        """Wait until everyone wrote some more, so that each death meets work under way."""
        before = [len(one.said) for one in talkers]
        async with asyncio.timeout(180):
            while True:
                if all(len(one.said) >= count + PER_ROUND for one, count in zip(talkers, before, strict=True)):
                    return
                await asyncio.sleep(0.05)

    async def _kill(self, running: Running, launcher_first: bool) -> None:
        """Kill all four; those whose launcher was killed first must end by themselves."""
        children = {name: running.pid_of(word) for name, word in CHILDREN.items()}
        order = random.sample(sorted(children), len(children))
        if not launcher_first:
            for name in order:
                os.kill(children[name], signal.SIGKILL)
                await asyncio.sleep(random.uniform(0, 0.3))
        running.process.kill()
        running.process.wait(10)
        await asyncio.to_thread(_wait_for_ends, children.values())
        self.counts.update(f"killed: {name}" for name in ("launcher", *order))


def _wait_for_ends(pids: Iterable[int]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while any(_lives(pid) for pid in pids):
        assert time.monotonic() < deadline, "a process outlived the launcher that was killed"
        time.sleep(0.01)


def _lives(pid: int) -> bool:
    """Tell whether the process still runs; one that ended and was not yet collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False
