"""A day's backlog at start: 2,000 updates from 100 people, some of them twice."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.channels.telegram.clinic import Clinic, opened
from tests.support.bot_api.server import BotApi

PEOPLE, EACH = 100, 20


@pytest.mark.timeout(1500)
async def test_two_thousand_updates_are_all_answered_once_and_in_order(tmp_path: Path, api: BotApi) -> None:
    chance = random.Random(3)
    expected: dict[int, list[str]] = {1000 + person: [] for person in range(PEOPLE)}
    writers = [chat for chat in expected for _ in range(EACH)]
    chance.shuffle(writers)
    for chat in writers:
        text = f"{chat}: {len(expected[chat])}"
        expected[chat].append(text)
        await api.visitors.write(chat, text)
    again = chance.sample(api.world.queue, 100)
    for update in again:
        await api.world.push("message", update["message"], update_id=update["update_id"])
    async with opened(tmp_path, api, messages_a_second=0) as clinic:
        await clinic.until(lambda: _all_taken(clinic), 600)
        for chat, texts in expected.items():
            assert await clinic.written(chat) == texts
        await clinic.until(lambda: _all_sent(clinic), 600)
        for chat, texts in expected.items():
            assert clinic.said(chat)[1:] == [f"About: {text}" for text in texts]


async def _all_taken(clinic: Clinic) -> bool:
    return not clinic.api.world.queue and not await clinic.store.pending(1, ())


async def _all_sent(clinic: Clinic) -> bool:
    counts = await clinic.service.counts()
    return not counts["jobs_pending"] and not counts["outbox_pending"]
