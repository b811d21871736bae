"""Replicas of the bot and a stand-in for Rasa as processes of their own, killed and started again."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import socket
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.errors import StorageRefused
from tests.delivery.tally import Tally

# Seconds; a loaded machine may take long to start a process.
PATIENCE = 180
DOORS = 48


class GoneError(Exception):
    """The process died before it answered."""


@dataclass
class Replica:
    process: asyncio.subprocess.Process
    ready: bool = False
    waiting: dict[int, asyncio.Future[dict[str, Any]]] = field(default_factory=dict)
    asked: int = 0

    async def ask(self, **order: Any) -> dict[str, Any]:
        """Return the process's answer; raises GoneError when it dies first."""
        if self.process.stdin is None or self.process.stdin.is_closing():
            raise GoneError
        self.asked += 1
        future = self.waiting[self.asked] = asyncio.get_running_loop().create_future()
        with suppress(ConnectionError):
            self.process.stdin.write(json.dumps({"id": self.asked, **order}).encode() + b"\n")
        answer: dict[str, Any] = await future
        return answer

    async def listen(self, came_up: Callable[[], Awaitable[None]]) -> None:
        """Read until the process dies, then let nobody wait in vain."""
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            event = json.loads(line)
            if "ready" in event:
                self.ready = True
                await came_up()
            elif not self.waiting[event["id"]].done():
                self.waiting.pop(event["id"]).set_result(event)
        await self.process.wait()
        for future in self.waiting.values():
            if not future.done():
                future.set_exception(GoneError())


class Fleet:
    """Keeps `count` replicas and one Rasa running while inside; `kills` counts by what was killed."""

    def __init__(self, url: str, count: int, ledger: Path, rasa_trouble: float = 0.0) -> None:
        """`ledger` is the file of what reaches the outside world; `rasa_trouble` a share for each kind, in 0..1."""
        self.url = url
        self._ledger = ledger
        self._log = ledger.with_suffix(".log").open("ab")
        self.tally = Tally(ledger.with_suffix(".tally"))
        self._tally = ledger.with_suffix(".tally")
        self.count = count
        self.kills: Counter[str] = Counter()
        self._rasa_trouble = rasa_trouble
        self._rasa_port = _free_port()
        self._rasa: asyncio.subprocess.Process | None = None
        self._replicas: list[Replica] = []
        self._keepers: list[asyncio.Task[None]] = []
        self._closing = False
        self._changed = asyncio.Condition()
        self._rung: Counter[str] = Counter()
        self._rang = asyncio.Condition()
        # More at once than the database has connections for would only wait their turn, and all try again at a death.
        self._doors = asyncio.Semaphore(DOORS)
        self.deaths = 0

    async def __aenter__(self) -> Fleet:
        await self._start_rasa()
        self._keepers = [asyncio.create_task(self._keep()) for _ in range(self.count)]
        self._ringing = asyncio.create_task(self._ring())
        await self.replica()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing = True
        for replica in self._replicas:
            if replica.process.stdin is not None:
                replica.process.stdin.close()
        await asyncio.wait(self._keepers, timeout=20)
        for keeper in self._keepers:
            keeper.cancel()
        self._ringing.cancel()
        if self._rasa is not None:
            self._rasa.kill()
            await self._rasa.wait()
        self._log.close()
        self.tally.close()

    def delivered(self) -> list[tuple[str, str]]:
        """Return (channel_ref, message id) of everything that reached the outside world, in order."""
        lines = self._ledger.read_text().splitlines()
        return [(ref, message_id) for ref, _, message_id in (line.partition("\t") for line in lines)]

    async def replica(self) -> Replica:
        """Return any replica that is up."""
        async with asyncio.timeout(PATIENCE), self._changed:
            await self._changed.wait_for(lambda: self._up() or any(keeper.done() for keeper in self._keepers))
        for keeper in self._keepers:
            if keeper.done():
                keeper.result()
        return random.choice(self._up())

    def _up(self) -> list[Replica]:
        return [one for one in self._replicas if one.ready and one.process.returncode is None]

    async def insist(self, counts: Counter[str], **order: Any) -> dict[str, Any]:
        """Ask one replica after another until one answers, as a browser does; a refusal of the bot is an answer."""
        while True:
            with suppress(GoneError):
                answer = await self._ask(order)
                refused = answer.get("refused")
                if refused == StorageRefused.code:
                    counts[f"refused: {refused}"] += 1
                elif "dropped" not in answer:
                    return answer
            counts["tried again"] += 1
            await asyncio.sleep(random.uniform(0.05, 0.5))

    async def _ask(self, order: dict[str, Any]) -> dict[str, Any]:
        if order["do"] == "read":
            return await (await self.replica()).ask(**order)
        async with self._doors:
            return await (await self.replica()).ask(**order)

    async def kill_at(self, point: str, patience: float = 6.0) -> None:
        """Kill a replica when it next comes to `point`, or anywhere when it does not come there in time."""
        replica = await self.replica()
        with suppress(GoneError):
            await replica.ask(do="arm", point=f"{point}:{random.randint(1, 3)}")
        try:
            async with asyncio.timeout(patience):
                await replica.process.wait()
            self.kills[point] += 1
        except TimeoutError:
            self.kill(replica)

    async def death(self) -> None:
        """Wait until a replica has died by itself."""
        async with asyncio.timeout(PATIENCE), self._changed:
            await self._changed.wait_for(lambda: self.deaths > 0)

    def kill(self, replica: Replica) -> None:
        with suppress(ProcessLookupError):
            replica.process.send_signal(signal.SIGKILL)
            self.kills["anywhere"] += 1

    async def kill_rasa(self, pause: float) -> None:
        """Kill Rasa and start it again after `pause` seconds."""
        assert self._rasa is not None
        self._rasa.kill()
        await self._rasa.wait()
        self.kills["rasa"] += 1
        await asyncio.sleep(pause)
        await self._start_rasa()

    async def rung(self, ref: str, after: int, patience: float) -> int:
        """Return how much was delivered to `ref`, as soon as it is more than `after` or `patience` seconds are over."""
        with suppress(TimeoutError):
            async with asyncio.timeout(patience), self._rang:
                await self._rang.wait_for(lambda: self._rung[ref] > after)
        return self._rung[ref]

    async def _ring(self) -> None:
        self._ledger.touch()
        with self._ledger.open() as lines:
            while True:
                self._rung.update(line.partition("\t")[0] for line in lines)
                async with self._rang:
                    self._rang.notify_all()
                await asyncio.sleep(0.1)

    async def _start_rasa(self) -> None:
        command = ("tests.delivery.rasa_stand_in", str(self._rasa_port), str(self._rasa_trouble), str(self._tally))
        self._rasa = await asyncio.create_subprocess_exec(sys.executable, "-m", *command)
        async with asyncio.timeout(PATIENCE):
            while True:
                with suppress(OSError):
                    _, writer = await asyncio.open_connection("127.0.0.1", self._rasa_port)
                    writer.close()
                    return
                await asyncio.sleep(0.05)

    async def _keep(self) -> None:
        """Start a replica, and another when it dies."""
        while not self._closing:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "tests.delivery.replica", self.url, f"http://127.0.0.1:{self._rasa_port}"),
                *(str(self._ledger), str(self._tally)),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=self._log,
            )
            replica = Replica(process)
            self._replicas.append(replica)
            try:
                await replica.listen(self._tell)
            finally:
                self._replicas.remove(replica)
                self.deaths += 1
                if process.returncode is None:
                    process.kill()
                    await process.wait()
                await self._tell()

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()


def _free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        return port
