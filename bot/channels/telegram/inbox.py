"""Works the inbox: one chat's updates in the order they were sent, each until it is done or given up to staff."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Protocol

import structlog

from bot.channels.telegram.ports import Inbox, Kept
from bot.conversation.ports import Clock
from bot.errors import ConversationNotFound, PassingError, PermanentError, RateLimited, StorageRefused

log = structlog.get_logger()
BATCH = 100
TRIES = 5
GAP_SECONDS = 2.0
"""How long a missing number is waited for: webhooks may overtake each other."""


class Handler(Protocol):
    async def handle(self, kept: Kept) -> None: ...

    async def give_up(self, kept: Kept) -> None:
        """Tell visitor and staff that an update could not be worked."""
        ...


class InboxWorker:
    """`may_overtake`: updates may come in another order than they were sent in, as they do on a webhook."""

    def __init__(
        self,
        inbox: Inbox,
        handler: Handler,
        clock: Clock,
        arrived: asyncio.Event,
        may_overtake: bool,
        tries: int = TRIES,
    ) -> None:
        self._inbox, self._handler, self._clock, self._arrived = inbox, handler, clock, arrived
        self._may_overtake, self._tries = may_overtake, tries
        self._waiting: dict[int, float] = {}
        self._last = 0

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            self._arrived.clear()
            try:
                worked = await self.work_batch()
            except StorageRefused as error:
                log.error("telegram inbox waits for the database", problem=str(error))
                await asyncio.sleep(1)
                continue
            if not worked:
                await _wait(self._arrived.wait, 0.5)

    async def work_batch(self) -> int:
        """Work what is due and return how many updates were done. Raises StorageRefused."""
        now = time.monotonic()
        self._waiting = {chat: until for chat, until in self._waiting.items() if until > now}
        worked = 0
        for kept in await self._inbox.pending(BATCH, tuple(self._waiting)):
            if kept.incoming.chat in self._waiting:
                continue
            if self._is_early(kept):
                break
            worked += await self._work(kept)
            self._last = max(self._last, kept.update_id)
        return worked

    def _is_early(self, kept: Kept) -> bool:
        """Whether an earlier update may still be under way."""
        follows = not self._last or kept.update_id <= self._last + 1
        return self._may_overtake and not follows and (self._clock() - kept.received_at).total_seconds() < GAP_SECONDS

    async def _work(self, kept: Kept) -> int:
        try:
            await self._handler.handle(kept)
        except (RateLimited, PassingError) as error:
            self._wait_for(kept, error.retry_after or 5.0)
            return 0
        except StorageRefused:
            raise
        except PermanentError as error:
            log.warning("telegram reply could not be sent", update_id=kept.update_id, problem=str(error))
        except Exception as error:
            return await self._failed(kept, error)
        await self._inbox.finish(kept.update_id)
        return 1

    async def _failed(self, kept: Kept, error: Exception) -> int:
        if not isinstance(error, ConversationNotFound):  # forgotten a moment ago: the next try starts a new one
            log.exception("telegram update failed", update_id=kept.update_id)
        failures = await self._inbox.postpone(kept.update_id, type(error).__name__)
        if failures < self._tries:
            self._wait_for(kept, 0.5 * 2**failures)
            return 0
        await self._handler.give_up(kept)
        await self._inbox.give_up(kept.update_id, type(error).__name__)
        return 1

    def _wait_for(self, kept: Kept, seconds: float) -> None:
        """Let this chat wait, and with it all its later updates; the others go on."""
        self._waiting[kept.incoming.chat] = time.monotonic() + seconds


async def _wait(event: Callable[[], Awaitable[object]], seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event()
    except TimeoutError:
        return
