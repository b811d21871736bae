"""Two bots, each with a Rasa of its own, on one PostgreSQL, seen through the public door while either is killed."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from bot.launcher.models import ROOT
from bot.launcher.processes import Child, Program, free_port
from tests.delivery.talker import Talker
from tests.delivery.verdict import drained, judge

ANSWER_WITHIN = 30.0
QUESTION = "how long is a session?"
# "": killed from outside as soon as it has accepted a message.
POINTS = ("", "after_accept_commit", "after_claim")


@dataclass
class Bot:
    """One `python -m bot serve`."""

    child: Child
    url: str

    def kill(self) -> None:
        assert self.child.pid
        os.kill(self.child.pid, signal.SIGKILL)

    @property
    def lives(self) -> bool:
        assert self.child.pid
        try:
            os.kill(self.child.pid, 0)
        except ProcessLookupError:
            return False
        return True


@asynccontextmanager
async def serving(folder: Path, database: str, rasa: str, **more: str) -> AsyncIterator[Bot]:
    """Run one bot on a free port, with its files in `folder`."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    settings = {"BOT_DATA_DIR": str(folder), "BOT_PORT": str(port), "BOT_DATABASE_URL": database, "BOT_RASA_URL": rasa}
    command = [sys.executable, "-m", "bot", "serve"]
    environment = {**settings, "PYTHONPATH": str(ROOT), **more}
    child = Child(Program("A bot", command, f"{url}/readyz", folder / "bot.log", environment), print)
    await child.start()
    try:
        async with httpx.AsyncClient(trust_env=False) as client:
            await child.wait_ready(client)
        yield Bot(child, url)
    finally:
        await child.stop()


@asynccontextmanager
async def stand_in_rasa(folder: Path) -> AsyncIterator[str]:
    """Run the stand-in for Rasa, without its troubles, and yield its address."""
    url = f"http://127.0.0.1:{(port := free_port())}"
    command = [sys.executable, "-m", "tests.delivery.rasa_stand_in", str(port), "0", str(folder / "tally")]
    child = Child(Program("A stand-in for Rasa", command, f"{url}/", folder / "rasa.log"), print)
    await child.start()
    try:
        async with httpx.AsyncClient(trust_env=False) as client:
            await child.wait_ready(client)
        yield url
    finally:
        await child.stop()


async def either_may_die(folder: Path, database: str, rasas: Sequence[str]) -> Counter[str]:
    """Kill the bot that a visitor writes to while the visitor's live events come from the other, in three ways.

    `rasas` are the addresses of the two bots' Rasas. Returns what was lost, doubled or reordered.
    """
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(httpx.AsyncClient(trust_env=False))
        other = await stack.enter_async_context(serving(folder / "other", database, rasas[1]))
        talker = Talker(0, http, [other.url])
        await talker.start()
        listening = asyncio.create_task(talker.listen(other.url))
        for point in POINTS:
            armed = {"BOT_FAILPOINT": point} if point else {}
            async with serving(folder / f"dying {point}", database, rasas[0], **armed) as dying:
                await _write_until_dead(talker, dying, other)
            assert await talker.wait_for_answer(ANSWER_WITHIN), f"not taken over after {point or 'a kill'}"
            await _write(talker, other)
            assert await talker.wait_for_answer(ANSWER_WITHIN)
        await drained(database)
        listening.cancel()
    counts = Counter({"accepted": len(talker.said), "killed: bot": len(POINTS)})
    counts.update(await judge(database, [talker]))
    return counts


async def _write_until_dead(talker: Talker, dying: Bot, other: Bot) -> None:
    """Write to `dying`, which kills itself at its failpoint or is killed once it has accepted a message."""
    async with asyncio.timeout(ANSWER_WITHIN):
        while dying.lives:
            await _write(talker, dying, other)
            if "BOT_FAILPOINT" not in dying.child.program.environment:
                dying.kill()
            await asyncio.sleep(0.3)


async def _write(talker: Talker, *doors: Bot) -> None:
    talker.doors = [door.url for door in doors]
    await talker.write(f"{QUESTION} ({len(talker.said)})")
