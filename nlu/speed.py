"""Times the understanding of one message in our pipeline beside a stock Rasa pipeline, in turns, in one process.

`python -m nlu.speed OURS.tar.gz STOCK.tar.gz` prints JSON: milliseconds of each and their ratio.
"""

from __future__ import annotations

import asyncio
import json
import logging
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import structlog
from rasa.core.agent import Agent

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
    """Return `ours_p50_ms`, `stock_p50_ms`, their p95 and `ratio` (stock's median over ours)."""
    agents = {"ours": Agent.load(str(ours)), "stock": Agent.load(str(stock))}
    times: dict[str, list[float]] = {name: [] for name in agents}
    for round_number in range(ROUNDS + 1):
        for name, agent in agents.items():
            found = [await _one(agent, question) for question in QUESTIONS]
            if round_number:  # the first round pays for warming up
                times[name].extend(found)
    figures = {f"{name}_p50_ms": round(statistics.median(values), 2) for name, values in times.items()}
    figures |= {f"{name}_p95_ms": round(sorted(values)[int(0.95 * len(values))], 2) for name, values in times.items()}
    return {**figures, "ratio": round(figures["stock_p50_ms"] / figures["ours_p50_ms"], 2)}


async def _one(agent: Agent, question: str) -> float:
    started = time.perf_counter()
    await agent.parse_message(question)
    return 1000 * (time.perf_counter() - started)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
