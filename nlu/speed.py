"""Times the understanding of one message in our pipeline beside a stock Rasa pipeline, in turns, in one process.

`python -m nlu.speed OURS.tar.gz STOCK.tar.gz` prints JSON: milliseconds of each and their ratio, and of our crisis
check alone, which is a part of ours and which the bot also makes by itself.
"""

from __future__ import annotations

import asyncio
import json
import logging
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import structlog
from rasa.core.agent import Agent

from content.crisis import CrisisMatcher

ROUNDS = 5
QUESTIONS = (
    "what does a session feel like",
    "how much is one infusion",
    "is someone with me the whole time",
    "i take sertraline, is that a problem",
    "will it cure my ptsd for good",
    "can my husband come along",
    "do you treat ocd",
    "where can i park",
)


def main(arguments: Sequence[str]) -> int:
    """Load both models, time them in turns, print the figures."""
    if len(arguments) != 2:
        print("Usage: python -m nlu.speed OURS.tar.gz STOCK.tar.gz", file=sys.stderr)
        return 2
    logging.disable(logging.INFO)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    print(json.dumps(asyncio.run(compare(*map(Path, arguments)))))
    return 0


async def compare(ours: Path, stock: Path) -> dict[str, float]:
    """Return `ours_p50_ms`, `stock_p50_ms`, `check_p50_ms`, their p95 and `ratio` (stock's median over ours)."""
    matcher = CrisisMatcher.load()

    async def check(question: str) -> object:
        return matcher.find(question)

    timed = {
        "ours": Agent.load(str(ours)).parse_message,
        "stock": Agent.load(str(stock)).parse_message,
        "check": check,
    }
    times: dict[str, list[float]] = {name: [] for name in timed}
    for round_number in range(ROUNDS + 1):
        for name, understand in timed.items():
            found = [await _one(understand, question) for question in QUESTIONS]
            if round_number:  # the first round pays for warming up
                times[name].extend(found)
    figures = {f"{name}_p50_ms": round(statistics.median(values), 2) for name, values in times.items()}
    figures |= {f"{name}_p95_ms": round(sorted(values)[int(0.95 * len(values))], 2) for name, values in times.items()}
    return {**figures, "ratio": round(figures["stock_p50_ms"] / figures["ours_p50_ms"], 2)}


async def _one(understand: Callable[[str], Awaitable[object]], question: str) -> float:
    started = time.perf_counter()
    await understand(question)
    return 1000 * (time.perf_counter() - started)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
