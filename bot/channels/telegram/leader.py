"""Only one replica receives and works updates: the one that holds the lease. Any replica sends."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.channels.telegram.ports import Lease
from bot.conversation.ports import Clock
from bot.errors import StorageRefused

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class LeasePace:
    """Seconds. A leader that dies is followed within `lease`; one that is alive renews every `renew`."""

    lease: float = 6.0
    renew: float = 1.5


class Leader:
    def __init__(self, lease: Lease, clock: Clock, pace: LeasePace) -> None:
        self._lease, self._clock, self._pace = lease, clock, pace
        self._owner = uuid.uuid4().hex
        self.is_leading = False

    async def run(self, lead: Callable[[], Awaitable[None]]) -> None:
        """Whenever the lease is ours, run `lead` until it is lost; go on until cancelled."""
        while True:
            if await self._take():
                await self._lead(lead)
            await asyncio.sleep(self._pace.renew)

    async def _lead(self, lead: Callable[[], Awaitable[None]]) -> None:
        log.info("telegram: this process receives updates")
        self.is_leading = True
        task = asyncio.ensure_future(lead())
        try:
            while not task.done() and await self._take():
                await asyncio.wait([task], timeout=self._pace.renew)
        finally:
            self.is_leading = False
            task.cancel()
            (outcome,) = await asyncio.gather(task, return_exceptions=True)
            if isinstance(outcome, Exception):
                log.error("telegram: receiving stopped, it starts again", error=repr(outcome))
            with contextlib.suppress(StorageRefused):
                await self._lease.give_back(self._owner)

    async def _take(self) -> bool:
        now = self._clock()
        try:
            return await self._lease.take(self._owner, now, now + timedelta(seconds=self._pace.lease))
        except StorageRefused as error:
            log.error("telegram: the lease cannot be written", problem=str(error))
            return False
