"""Server-sent events: tell a page that something changed; the page then asks for its own parts again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

from fastapi import APIRouter, Depends, Request
from sse_starlette import EventSourceResponse, ServerSentEvent

from bot.console.web import Console, Parts, guard_signed_in

router = APIRouter(dependencies=[Depends(guard_signed_in)])

# Changes that come together are told once.
GATHER_SECONDS = 0.1
# How often a quiet stream looks whether its session still lasts.
CHECK_SECONDS = 30.0


@router.get("/events")
async def events(request: Request, parts: Parts, handoff: str = "") -> EventSourceResponse:
    """Stream `changed` whenever a handoff (or the one conversation) may have changed, `signed-out` when the session ended."""
    sources = [parts.handoffs.watch()]
    if handoff:
        view = await parts.handoffs.view(handoff)
        sources.append(parts.conversations.watch(view.handoff.conversation_id))
    token = parts.cookies.session(request) or ""
    return EventSourceResponse(_tell(parts, token, changes(*sources)), ping=15)


async def _tell(parts: Console, token: str, woken: AsyncGenerator[None, None]) -> AsyncIterator[ServerSentEvent]:
    async with aclosing(woken):
        async for _ in woken:
            if await parts.sessions.find(token, active=False) is None:
                yield ServerSentEvent(event="signed-out", data="-")
                return
            yield ServerSentEvent(event="changed", data="-")


async def changes(*sources: AsyncIterator[None], check: float = CHECK_SECONDS) -> AsyncGenerator[None, None]:
    """Join several watchers into one that also wakes up every `check` seconds; ends when one of them ends or fails."""
    woken = asyncio.Event()

    async def follow(source: AsyncIterator[None]) -> None:
        async for _ in source:
            woken.set()

    followers = [asyncio.create_task(follow(source)) for source in sources]
    for follower in followers:
        follower.add_done_callback(lambda _: woken.set())
    try:
        while not any(follower.done() for follower in followers):
            yield
            await asyncio.sleep(GATHER_SECONDS)
            try:
                await asyncio.wait_for(woken.wait(), check)
            except TimeoutError:
                continue
            finally:
                woken.clear()
    finally:
        for follower in followers:
            follower.cancel()
        await asyncio.gather(*followers, return_exceptions=True)
