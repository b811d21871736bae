"""Working the inbox when things go wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from bot.channels.telegram.inbox import InboxWorker
from bot.channels.telegram.incoming import Incoming
from bot.channels.telegram.ports import Kept, Received
from bot.errors import ConversationNotFound, PassingError, PermanentError, RateLimited, StorageRefused
from tests.support.patience import PATIENCE_S

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class Box:
    """An `Inbox` in memory."""

    def __init__(self, *chats: int) -> None:
        self.kept = [Kept(n, Incoming("text", chat=chat, text=str(n)), NOW, 0) for n, chat in enumerate(chats, 1)]
        self.tries: dict[int, int] = {}
        self.given_up: list[int] = []

    async def keep(self, received: Sequence[Received], now: datetime) -> int:
        raise NotImplementedError

    async def pending(self, limit: int, without_chats: Collection[int] = ()) -> Sequence[Kept]:
        return [kept for kept in self.kept if kept.incoming.chat not in without_chats][:limit]

    async def finish(self, update_id: int) -> None:
        self.kept = [kept for kept in self.kept if kept.update_id != update_id]

    async def postpone(self, update_id: int, error: str) -> int:
        self.tries[update_id] = self.tries.get(update_id, 0) + 1
        return self.tries[update_id]

    async def give_up(self, update_id: int, error: str) -> None:
        self.given_up.append(update_id)
        await self.finish(update_id)

    async def erase_chat(self, chat_id: int) -> None:
        raise NotImplementedError


class Scripted:
    """A `Handler` that fails as told: update -> the errors of its first tries."""

    def __init__(self, errors: dict[int, list[Exception]]) -> None:
        self.errors = errors
        self.worked: list[int] = []
        self.given_up: list[int] = []

    async def handle(self, kept: Kept) -> None:
        waiting = self.errors.get(kept.update_id)
        if waiting:
            raise waiting.pop(0)
        self.worked.append(kept.update_id)

    async def give_up(self, kept: Kept) -> None:
        self.given_up.append(kept.update_id)


async def run(box: Box, errors: dict[int, list[Exception]], tries: int = 5) -> Scripted:
    """Work until the box is empty."""
    handler = Scripted(errors)
    worker = InboxWorker(box, handler, lambda: NOW, asyncio.Event(), False, tries)
    task = asyncio.create_task(worker.run())
    async with asyncio.timeout(PATIENCE_S):
        while True:
            if not box.kept:
                break
            await asyncio.sleep(0.02)
    task.cancel()
    return handler


async def test_a_chat_that_must_wait_keeps_its_order_and_holds_up_nobody_else() -> None:
    handler = await run(Box(1, 2, 1, 2), {1: [RateLimited("slow down", 0.3)]})
    assert handler.worked == [2, 4, 1, 3]


async def test_trouble_that_may_pass_is_tried_again() -> None:
    handler = await run(
        Box(1, 1), {1: [PassingError("429", 0.1), StorageRefused("full"), ConversationNotFound("gone")]}
    )
    assert handler.worked == [1, 2]
    assert handler.given_up == []


async def test_what_can_never_be_sent_is_done() -> None:
    assert (await run(Box(1, 1), {1: [PermanentError("blocked")]})).worked == [2]


async def test_what_fails_every_time_is_told_to_visitor_and_staff_and_the_next_goes_on() -> None:
    box = Box(1, 1, 2)
    handler = await run(box, {1: [ValueError("a defect")] * 9}, tries=2)
    assert handler.worked == [3, 2]
    assert (handler.given_up, box.given_up) == ([1], [1])
