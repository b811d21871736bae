"""The ordeal: visitors write and staff answer while processes are killed and networks fail; then everything is counted."""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from bot.failpoints import POINTS
from tests.delivery.fleet import Fleet
from tests.delivery.nurse import Nurse
from tests.delivery.verdict import drained, judge
from tests.delivery.visitors import Visitor
from tests.support.databases import kill_postgres, new_database, postgres_server, restart_postgres, sqlite_url
from tests.support.plain import NIA, RAVI, idle, make

Disaster = Callable[[], Awaitable[None]]
Report = Callable[[str], None]


@dataclass(frozen=True)
class Scale:
    """How many messages, from how many visitors, and how many processes die meanwhile, spread over the messages."""

    messages: int
    visitors: int
    kills: int


def quietly(_: str) -> None:
    """A test says nothing while it runs."""


@dataclass
class Ordeal:
    """`more` are disasters beside the deaths of replicas and Rasa, by name. `report` gets a line now and then."""

    url: str
    ledger: Path
    scale: Scale
    replicas: int
    more: dict[str, Disaster] = field(default_factory=dict)
    report: Report = quietly
    counts: Counter[str] = field(default_factory=Counter)

    async def run(self) -> Counter[str]:
        """Return the counts of what happened and of what was lost, doubled or reordered."""
        async with idle(make(self.url)):
            pass  # the staff are signed up
        async with Fleet(self.url, self.replicas, self.ledger, rasa_trouble=0.002) as fleet:
            crowd = [Visitor(number, fleet, self.counts) for number in range(self.scale.visitors)]
            nurses = [Nurse(one.id, fleet, self.counts) for one in (NIA, RAVI)]
            await self._live_through(fleet, crowd, nurses)
            self.report("all accepted and killed; waiting until everything is answered and delivered")
            await asyncio.gather(drained(self.url), fleet.replica())
            self.report("everything is answered and delivered; counting")
            await asyncio.gather(*(one.read(0.0) for one in crowd))
            self.counts.update({f"killed: {name}": number for name, number in fleet.kills.items()})
            self.counts.update(fleet.tally.read())
            delivered = fleet.delivered()
        self.counts.update(await judge(self.url, crowd, delivered, nurses))
        return self.counts

    async def _live_through(self, fleet: Fleet, crowd: list[Visitor], nurses: list[Nurse]) -> None:
        share, left = divmod(self.scale.messages, self.scale.visitors)
        done = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            for nurse in nurses:
                tasks.create_task(nurse.work(done))
            telling = tasks.create_task(self._tell())
            killing = tasks.create_task(self._kill(fleet))
            await asyncio.gather(*(one.talk(share + (one.number < left)) for one in crowd))
            # Those still to be killed die among a few more messages each.
            while not killing.done():
                await asyncio.gather(*(one.talk(1) for one in random.sample(crowd, min(10, len(crowd)))))
            done.set()
            telling.cancel()

    async def _kill(self, fleet: Fleet) -> None:
        """Every step gets its turn; among them Rasa, and whatever else may die."""
        turns = ["anywhere", *POINTS, "rasa", *self.more]
        for number in range(self.scale.kills):
            await self._reach(self.scale.messages * number // self.scale.kills)
            turn = turns[number % len(turns)]
            if turn == "rasa":
                await fleet.kill_rasa(pause=random.uniform(0, 1))
            elif turn == "anywhere":
                fleet.kill(await fleet.replica())
            elif turn in self.more:
                await self.more[turn]()
                fleet.kills[turn] += 1
            else:
                await fleet.kill_at(turn)
            self.counts["kills"] += 1
            await asyncio.sleep(random.uniform(0, 0.5))

    async def _reach(self, accepted: int) -> None:
        while True:
            if self.counts["accepted"] >= accepted:
                return
            await asyncio.sleep(0.05)

    async def _tell(self) -> None:
        began, told = time.monotonic(), 0
        while True:
            await asyncio.sleep(0.5)
            twentieth = 20 * self.counts["accepted"] // self.scale.messages
            if twentieth > told:
                told, seconds = twentieth, time.monotonic() - began
                done = f"{self.counts['accepted']} accepted, {self.counts['kills']} killed, {seconds:.0f} s"
                self.report(f"{5 * twentieth:>3} %: {done}")


async def on_sqlite(scale: Scale, report: Report = quietly) -> Counter[str]:
    """One replica on a SQLite file."""
    with tempfile.TemporaryDirectory(prefix="handrail-soak-") as name:
        folder = Path(name)
        return await Ordeal(sqlite_url(folder), folder / "delivered", scale, replicas=1, report=report).run()


async def on_postgresql(scale: Scale, report: Report = quietly) -> Counter[str]:
    """Two replicas on a PostgreSQL server that is killed, too."""
    with tempfile.TemporaryDirectory(prefix="handrail-soak-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with postgres_server(folder) as server:
            url = new_database(server)

            async def crash() -> None:
                await asyncio.to_thread(kill_postgres, folder)
                await asyncio.to_thread(restart_postgres, folder)

            ledger = folder / "delivered"
            return await Ordeal(url, ledger, scale, replicas=2, more={"postgresql": crash}, report=report).run()
