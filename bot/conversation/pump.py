"""Leased work, claimed from the store and kept up while it is done: shared by the worker and the outbox."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import structlog

from bot.conversation.storage import Subscription

log = structlog.get_logger(__name__)


class Leased(Protocol):
    @property
    def claim(self) -> str: ...


T = TypeVar("T", bound=Leased)


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds. A process that dies leaves its work leased for at most `lease`."""

    lease: float = 8.0
    heartbeat: float = 2.0
    idle: float = 1.0
    drain: float = 6.0


@dataclass(frozen=True, slots=True)
class Source(Generic[T]):
    """Where work comes from: `claim` leases up to so many pieces, the others keep or give back leases by claim."""

    name: str
    claim: Callable[[int], Awaitable[Sequence[T]]]
    extend: Callable[[Sequence[str]], Awaitable[None]]
    release: Callable[[Sequence[str]], Awaitable[None]]
    subscribe: Callable[[], Subscription]


class Pump(Generic[T]):
    """Runs up to `slots` pieces of work side by side until stopped; errors of the store are waited out."""

    def __init__(self, source: Source[T], work: Callable[[T], Awaitable[None]], slots: int, pace: Pace) -> None:
        self._source = source
        self._work = work
        self._slots = slots
        self._pace = pace
        self._running: dict[asyncio.Task[None], str] = {}
        self._loops: list[asyncio.Task[None]] = []
        self._subscription: Subscription | None = None
        self._full = False

    async def start(self) -> None:
        self._subscription = self._source.subscribe()
        self._loops = [
            asyncio.create_task(self._dispatch(self._subscription), name=f"{self._source.name}-dispatch"),
            asyncio.create_task(self._keep_leases(), name=f"{self._source.name}-leases"),
        ]

    async def stop(self) -> None:
        """Finish what is under way, at most `drain` seconds, and give the rest back at once."""
        await _cancel(self._loops[:1])
        if self._running:
            await asyncio.wait(self._running, timeout=self._pace.drain)
        left = list(self._running.values())
        await _cancel(list(self._running))
        await _cancel(self._loops[1:])
        if self._subscription is not None:
            self._subscription.close()
        if left:
            with suppress(Exception):
                await self._source.release(left)

    async def _dispatch(self, subscription: Subscription) -> None:
        while True:
            free = self._slots - len(self._running)
            claimed: Sequence[T] = ()
            if free:
                try:
                    claimed = await self._source.claim(free)
                except Exception as error:
                    log.warning("claim_failed", pump=self._source.name, error=str(error))
            for piece in claimed:
                self._spawn(piece, subscription)
            self._full = len(claimed) == free
            if not self._full or len(self._running) >= self._slots:
                await subscription.wait(self._pace.idle)

    def _spawn(self, piece: T, subscription: Subscription) -> None:
        async def run() -> None:
            try:
                await self._work(piece)
            except Exception as error:
                log.error("work_failed", pump=self._source.name, error=f"{type(error).__name__}: {error}")

        def finished(task: asyncio.Task[None]) -> None:
            self._running.pop(task, None)
            if self._full:
                subscription.wake()

        task = asyncio.create_task(run(), name=f"{self._source.name}-work")
        self._running[task] = piece.claim
        task.add_done_callback(finished)

    async def _keep_leases(self) -> None:
        while True:
            await asyncio.sleep(self._pace.heartbeat)
            claims = list(self._running.values())
            if not claims:
                continue
            try:
                await self._source.extend(claims)
            except Exception as error:
                log.warning("heartbeat_failed", pump=self._source.name, error=str(error))


async def _cancel(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
