"""Times the understanding of one message in our pipeline beside a stock Rasa pipeline, in turns, in one process.

`python -m nlu.speed OURS.tar.gz STOCK.tar.gz MESSAGES.txt` prints JSON: milliseconds of each and their ratio. The
messages, one a line, should be many: a message is asked once of each, so that nothing is remembered of it.
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
EACH_ROUND = 40


def main(arguments: Sequence[str]) -> int:
    """Load both models, time them in turns, print the figures."""
    if len(arguments) != 3:
        print("Usage: python -m nlu.speed OURS.tar.gz STOCK.tar.gz MESSAGES.txt", file=sys.stderr)
        return 2
    logging.disable(logging.INFO)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    ours, stock, messages = map(Path, arguments)
    print(json.dumps(asyncio.run(compare(ours, stock, messages.read_text(encoding="utf-8").splitlines()))))
    return 0


async def compare(ours: Path, stock: Path, messages: Sequence[str]) -> dict[str, float]:
    """Return `ours_p50_ms`, `stock_p50_ms`, their p95 and `ratio` (stock's median over ours)."""
    agents = {"ours": Agent.load(str(ours)), "stock": Agent.load(str(stock))}
    times: dict[str, list[float]] = {name: [] for name in agents}
    for round_number in range(ROUNDS + 1):
        start = round_number * EACH_ROUND
        for name, agent in agents.items():
            found = [await _one(agent, message) for message in messages[start : start + EACH_ROUND]]
            if round_number:  # the first round pays for warming up
                times[name].extend(found)
    figures = {f"{name}_p50_ms": round(statistics.median(values), 2) for name, values in times.items()}
    figures |= {f"{name}_p95_ms": round(sorted(values)[int(0.95 * len(values))], 2) for name, values in times.items()}
    return {**figures, "ratio": round(figures["stock_p50_ms"] / figures["ours_p50_ms"], 2)}


async def _one(agent: Agent, message: str) -> float:
    started = time.perf_counter()
    await agent.parse_message(message)
    return 1000 * (time.perf_counter() - started)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
