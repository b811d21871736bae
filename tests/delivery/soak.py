"""The proof: visitors write while processes are killed and channels fail; then everything is counted.

`python -m tests.delivery.soak --messages 100000 --visitors 1000 --kills 200`
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.delivery.fleet import POINTS, Fleet
from tests.delivery.verdict import FAULTS, drained, faults, judge
from tests.delivery.visitors import Visitor
from tests.support.databases import kill_postgres, new_database, postgres_server, restart_postgres, sqlite_url

Disaster = Callable[[], Awaitable[None]]


async def ordeal(
    url: str,
    ledger: Path,
    messages: int,
    visitors: int,
    kills: int,
    replicas: int,
    more: dict[str, Disaster] | None = None,
) -> Counter[str]:
    """Let `visitors` say `messages` in all while `kills` processes die one after another; return the counts.

    `more` are disasters beside the deaths of replicas and Rasa, by name.
    """
    counts: Counter[str] = Counter()
    async with Fleet(url, replicas, ledger, odd_answers=0.002) as fleet:
        crowd = [Visitor(number, fleet, counts) for number in range(visitors)]
        share, left = divmod(messages, visitors)
        talks = [asyncio.create_task(one.talk(share + (one.number < left))) for one in crowd]
        killing = asyncio.create_task(_kill(fleet, kills, more or {}))
        await asyncio.gather(*talks)
        # Those still to be killed die among a few more messages each.
        while not killing.done():
            await asyncio.gather(*(one.talk(1) for one in random.sample(crowd, min(10, visitors))))
        await killing
        await asyncio.gather(drained(url), fleet.replica())
        counts.update({f"killed: {name}": number for name, number in fleet.kills.items()})
    counts.update(await judge(url, crowd, fleet.delivered()))
    return counts


async def _kill(fleet: Fleet, kills: int, more: dict[str, Disaster]) -> None:
    """Every step gets its turn; among them Rasa, and whatever else may die."""
    turns = ["anywhere", *POINTS, "rasa", *more]
    for number in range(kills):
        turn = turns[number % len(turns)]
        if turn == "rasa":
            await fleet.kill_rasa(pause=random.uniform(0, 1))
        elif turn == "anywhere":
            fleet.kill(await fleet.replica())
        elif turn in more:
            await more[turn]()
            fleet.kills[turn] += 1
        else:
            await fleet.kill_at(turn)
        await asyncio.sleep(random.uniform(0, 0.5))


async def on_sqlite(messages: int, visitors: int, kills: int) -> Counter[str]:
    with tempfile.TemporaryDirectory(prefix="handrail-soak-") as folder:
        return await ordeal(sqlite_url(Path(folder)), Path(folder, "delivered"), messages, visitors, kills, replicas=1)


async def on_postgresql(messages: int, visitors: int, kills: int) -> Counter[str]:
    with tempfile.TemporaryDirectory(prefix="handrail-soak-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with postgres_server(folder) as server:
            url = new_database(server)

            async def crash() -> None:
                await asyncio.to_thread(kill_postgres, folder)
                await asyncio.to_thread(restart_postgres, folder)

            return await ordeal(
                url, folder / "delivered", messages, visitors, kills, replicas=2, more={"postgresql": crash}
            )


def report(name: str, counts: Counter[str], seconds: float) -> None:
    print(f"\n{name}, {seconds:.0f} s")
    for key in sorted(counts, key=lambda key: (key not in FAULTS, key)):
        print(f"  {counts[key]:>8}  {key}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.delivery.soak", description=__doc__)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--visitors", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    options = parser.parse_args()
    runs = {"sqlite": on_sqlite, "postgresql": on_postgresql}
    wanted = list(runs) if options.database == "both" else [options.database]
    wrong = False
    for name in wanted:
        began = time.monotonic()
        share = (options.messages // len(wanted), options.visitors, options.kills // len(wanted))
        counts = asyncio.run(runs[name](*share))
        report(name, counts, time.monotonic() - began)
        wrong = wrong or bool(faults(counts))
    print("\nSomething was lost, doubled or reordered." if wrong else "\n0 lost, 0 doubled, 0 reordered.")
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
