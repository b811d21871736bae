"""A process that dies at any step leaves work that another takes up within ten seconds, and the reply is sent once."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bot import failpoints
from bot.conversation.model import Author
from tests.delivery.fleet import Fleet
from tests.delivery.nurse import Nurse
from tests.delivery.verdict import drained, faults, judge
from tests.delivery.visitors import Visitor
from tests.support.databases import sqlite_url
from tests.support.plain import NIA, idle, make

OF_STAFF = [point for point in failpoints.POINTS if "staff" in point]
OF_VISITORS = [point for point in failpoints.POINTS if point not in OF_STAFF]

TAKEN_UP_WITHIN_S = 10
STANDSTILL_S = 10  # what a shared machine may lose meanwhile


async def survive(fleet: Fleet, act: Callable[[], Awaitable[object]], point: str) -> None:
    """Let the replica die at `point` during `act`; its work is done ten seconds after another is up."""
    await drained(fleet.url)
    await (await fleet.replica()).ask(do="arm", point=point)
    await act()
    await fleet.death()
    await fleet.replica()
    back = time.monotonic()
    await drained(fleet.url)
    assert time.monotonic() - back < TAKEN_UP_WITHIN_S + STANDSTILL_S


@pytest.mark.timeout(400)
@pytest.mark.parametrize("point", OF_VISITORS)
async def test_death_at_each_step_changes_nothing_that_a_visitor_sees(tmp_path: Path, point: str) -> None:
    url = sqlite_url(tmp_path)
    async with Fleet(url, 1, tmp_path / "delivered") as fleet:
        visitor = Visitor(1, fleet, Counter(), danger=0)  # danger never comes to the worker's steps
        await visitor.talk(1)
        await survive(fleet, lambda: visitor.talk(2), point)
        await visitor.read(0)
    assert faults(await judge(url, [visitor], fleet.delivered())) == {}


@pytest.mark.timeout(400)
@pytest.mark.parametrize("point", OF_STAFF)
async def test_death_while_staff_reply_leaves_the_reply_there_once(tmp_path: Path, point: str) -> None:
    url = sqlite_url(tmp_path)
    async with idle(make(url)):
        pass  # the staff are signed up
    async with Fleet(url, 1, tmp_path / "delivered") as fleet:
        visitor, nurse = Visitor(1, fleet, Counter()), Nurse(NIA.id, fleet, Counter())
        await visitor.talk(1)
        await visitor.write("danger")
        await survive(fleet, nurse.turn, point)
        await visitor.read(0)
    assert [conversation for conversation, _ in nurse.replied] == [visitor.conversation]
    assert faults(await judge(url, [visitor], fleet.delivered(), [nurse])) == {}


def test_an_unknown_failpoint_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="no failpoint nowhere"):
        failpoints.arm("nowhere")


async def test_a_reply_of_staff_that_was_stored_is_there_once(tmp_path: Path) -> None:
    """The console sends it again under the same id after the process died before it could say so."""
    async with idle(make(sqlite_url(tmp_path))) as service:
        conversation = (await service.conversations.start("website")).id
        handoff = await service.handoffs.take_over(conversation, NIA)
        first = await service.handoffs.reply(handoff.id, NIA, "a", "Hello")
    async with idle(make(sqlite_url(tmp_path))) as service:
        assert await service.handoffs.reply(handoff.id, NIA, "a", "Hello") == first
        messages = (await service.conversations.read(conversation)).messages
        assert [message.text for message in messages if message.author is Author.STAFF] == ["Hello"]
