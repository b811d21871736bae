"""Claiming work takes no longer when much waits."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.service import Service
from bot.store.schema import conversations, jobs, messages, outbox
from tests.support.databases import sqlite_url
from tests.support.plain import NOON, idle, make

LATER = NOON + timedelta(hours=1)


@pytest.mark.parametrize("kind", ["jobs", "outbox"])
async def test_a_claim_takes_no_longer_however_much_waits(tmp_path: Path, kind: str) -> None:
    async with idle(make(sqlite_url(tmp_path))) as service:
        await pile_up(service, range(50))
        few = await quickest_claim(service, kind)
        await pile_up(service, range(50, 5000))
        many = await quickest_claim(service, kind)
    assert many < 2 * few, f"{many / few:.0f} times as long with 100 times as much waiting"


async def pile_up(service: Service, numbers: range) -> None:
    """Leave a job and a delivery waiting in a conversation for each number."""
    of_conversation = {"channel": "phone", "token_hash": "x", "owner": "assistant", "next_seq": 2, "clarified": 0}
    of_message = {"seq": 1, "author": "visitor", "text": "hello", "buttons": "[]", "attachment": "", "topic": ""}
    waiting = {"seq": 1, "state": "pending", "attempts": 0, "next_try_at": NOON, "error": ""}
    async with service.database.write() as tx:
        for number in numbers:
            name, at = str(number), NOON + timedelta(seconds=number)
            mine = {"conversation_id": name, "message_id": name}
            rows: list[tuple[sa.Table, dict[str, object]]] = [
                (
                    conversations,
                    {**of_conversation, "id": name, "channel_ref": name, "previous_topic": "", "language": ""},
                ),
                (messages, {**of_message, "id": name, "conversation_id": name, "staff_name": "", "staff_role": ""}),
                (jobs, {**waiting, **mine}),
                (outbox, {**waiting, **mine, "id": name, "channel": "phone", "channel_ref": name, "permanent": False}),
            ]
            for table, values in rows:
                times = {column: at for column in ("created_at", "queued_at") if column in table.c}
                await tx.session.run(table.insert(), {**values, **times})


async def quickest_claim(service: Service, kind: str) -> float:
    """Return seconds of processor time of the quickest of ten claims of one piece of work."""
    took = []
    for _ in range(10):
        async with service.database.write() as tx:
            began = time.process_time()
            if kind == "jobs":
                claimed = len(await tx.jobs.claim(LATER, LATER + timedelta(hours=1), 1))
            else:
                claimed = len(await tx.outbox.claim(("phone",), LATER, LATER + timedelta(hours=1), 1))
            took.append(time.process_time() - began)
            assert claimed == 1
    return min(took)
