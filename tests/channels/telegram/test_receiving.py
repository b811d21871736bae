"""What comes in: each update once, in order, none lost, however often and in whatever order it comes."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import httpx
import pytest
from fastapi import FastAPI

from bot.channels.telegram.client import create_bot
from bot.channels.telegram.polling import Poller
from bot.channels.telegram.ports import Inbox, Received
from bot.channels.telegram.receiving import Receiver
from bot.channels.telegram.status import Status
from bot.channels.telegram.webhook import HEADER, PATH, secret_of
from bot.conversation.limits import Limits
from bot.errors import StorageRefused
from tests.channels.telegram.clinic import MIA, TOM, Clinic, opened
from tests.support.bot_api.server import BotApi
from tests.support.bot_api.visitors import person


async def test_messages_sent_while_the_bot_was_down_are_worked_in_order(tmp_path: Path, api: BotApi) -> None:
    api.world.private(person(MIA))
    for number in range(5):
        await api.visitors.write(MIA, f"m{number}")
    async with opened(tmp_path, api) as clinic:
        await clinic.idle()
        assert clinic.said(MIA)[1:] == [f"About: m{number}" for number in range(5)]


async def test_an_update_that_comes_again_has_no_second_effect(clinic: Clinic) -> None:
    number = await clinic.api.visitors.write(MIA, "Hello")
    await clinic.says(MIA, "About: Hello")
    message = clinic.api.world.chats[MIA].messages[1]
    for _ in range(3):
        await clinic.api.world.push("message", message, update_id=number)
    await clinic.api.visitors.write(MIA, "Bye")
    await clinic.idle()
    assert clinic.said(MIA)[1:] == ["About: Hello", "About: Bye"]


async def test_an_update_that_comes_again_after_a_restart_has_no_second_effect(tmp_path: Path, api: BotApi) -> None:
    async with opened(tmp_path, api) as clinic:
        number = await api.visitors.write(MIA, "Hello")
        await clinic.says(MIA, "About: Hello")
        await clinic.idle()
    await api.world.push("message", api.world.chats[MIA].messages[1], update_id=number)
    async with opened(tmp_path, api) as clinic:
        await api.visitors.write(MIA, "Bye")
        await clinic.says(MIA, "About: Bye")
        assert clinic.said(MIA)[1:] == ["About: Hello", "About: Bye"]


async def test_numbers_that_begin_anew_after_a_silent_week_are_received(clinic: Clinic) -> None:
    await clinic.api.visitors.write(MIA, "Hello")
    await clinic.says(MIA, "About: Hello")
    message = clinic.api.world.add_message(clinic.api.world.chats[MIA], person(MIA), {"text": "Back again"})
    await clinic.idle()
    await clinic.until(lambda: "offset" not in clinic.api.calls("getUpdates")[-1])
    await clinic.api.world.push("message", message, update_id=17)
    await clinic.says(MIA, "About: Back again")


class FullDisk:
    """An inbox that refuses twice before it stores."""

    def __init__(self) -> None:
        self.refusals, self.kept = 2, list[int]()

    async def keep(self, received: Sequence[Received], now: datetime) -> int:
        if self.refusals:
            self.refusals -= 1
            raise StorageRefused("The disk is full.")
        self.kept += [item.update_id for item in received]
        return len(received)


async def test_nothing_is_confirmed_that_is_not_stored(api: BotApi) -> None:
    inbox, bot = FullDisk(), create_bot(api.world.token, api.url)
    await api.visitors.write(MIA, "Hello")
    receiver = Receiver(cast(Inbox, inbox), lambda: datetime.now(UTC), None)
    task = asyncio.create_task(Poller(bot, receiver, Status(), poll_seconds=1).run())
    await asyncio.wait_for(receiver.arrived.wait(), 10)
    assert inbox.kept == [880_000_001]
    calls = [call for call in api.world.calls if call.method == "getUpdates"]
    assert len(calls) == 3
    assert all("offset" not in call.parameters for call in calls)
    await asyncio.sleep(1.2)
    assert api.calls("getUpdates")[-1]["offset"] == 880_000_002
    assert api.world.queue == []
    task.cancel()
    await bot.close_connections()


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 502},
        {"status": 429, "retry_after": 1},
        {"drop": "before"},
        {"drop": "after"},
        {"status": 409, "description": "Conflict: terminated by other getUpdates request"},
    ],
)
async def test_trouble_while_receiving_passes(tmp_path: Path, api: BotApi, fault: dict[str, object]) -> None:
    api.world.faults.order(method="getUpdates", **fault)
    await api.visitors.write(MIA, "Hello")
    async with opened(tmp_path, api) as clinic:
        await clinic.says(MIA, "About: Hello")
        assert await clinic.channel.probe() == ""


async def test_a_webhook_left_from_before_is_removed_without_losing_what_waits(tmp_path: Path, api: BotApi) -> None:
    await _call(api, "setWebhook", url="http://127.0.0.1:9/none")
    await api.visitors.write(MIA, "Hello")
    async with opened(tmp_path, api) as clinic:
        await clinic.says(MIA, "About: Hello")


async def test_a_refused_token_is_named_and_the_token_is_told_to_nobody(
    tmp_path: Path, api: BotApi, capfd: pytest.CaptureFixture[str]
) -> None:
    wrong = "7000000001:not-the-token-at-all-000000000000"
    async with opened(tmp_path, api, token=wrong) as clinic:
        await clinic.until(clinic.channel.probe)
        assert "Check BOT_TELEGRAM_TOKEN" in await clinic.channel.probe()
    written = "".join(capfd.readouterr())
    assert written
    assert wrong not in written


async def test_over_the_limit_a_message_waits_and_is_not_lost(tmp_path: Path, api: BotApi) -> None:
    slow = Limits(conversation=30, address=1000, total=100_000, starts=100)
    async with opened(tmp_path, api, limits=slow) as clinic:
        for number in range(32):
            await api.visitors.write(MIA, f"m{number}")
        await api.visitors.write(TOM, "Hello")
        await clinic.says(TOM, "About: Hello")
        await clinic.idle()
        assert await clinic.written(MIA) == [f"m{number}" for number in range(32)]


async def test_two_replicas_receive_once_and_the_other_takes_over(tmp_path: Path, api: BotApi) -> None:
    async with opened(tmp_path, api) as first, opened(tmp_path, api) as second:
        for number in range(10):
            await api.visitors.write(MIA, f"m{number}")
        await first.idle()
        await first.channel.stop()
        for number in range(10, 15):
            await api.visitors.write(MIA, f"m{number}")
        await second.says(MIA, "About: m14")
        assert second.said(MIA)[1:] == [f"About: m{number}" for number in range(15)]
        assert not [refusal for refusal in api.refusals() if "Conflict" in refusal]


async def test_two_replicas_on_webhooks_take_duplicates_and_disorder(
    tmp_path: Path, api: BotApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A busy machine may need longer to bring them all than an update waits for the one before it.
    monkeypatch.setattr("bot.channels.telegram.inbox.GAP_SECONDS", 60.0)
    updates = []
    for number in range(12):
        await api.visitors.write(MIA, f"m{number}")
        updates.append(api.world.queue.pop())
    shuffled = updates[:1] + random.Random(7).sample(updates[1:] * 3, 33)
    async with opened(tmp_path, api, webhook=True) as first, opened(tmp_path, api, webhook=True) as second:
        for number, update in enumerate(shuffled):
            assert await _post((first, second)[number % 2], update) == 200
        await first.until(lambda: _is_written(first, 12))
        assert await first.written(MIA) == [f"m{number}" for number in range(12)]
        await first.idle()
        assert first.said(MIA)[1:] == [f"About: m{number}" for number in range(12)]


async def test_the_webhook_refuses_a_wrong_secret_and_takes_what_it_does_not_use(tmp_path: Path, api: BotApi) -> None:
    await api.visitors.write(MIA, "Hello")
    update = api.world.queue.pop()
    async with opened(tmp_path, api, webhook=True) as clinic:
        assert await _post(clinic, update, secret="wrong") == 403
        assert await _post(clinic, update, secret="") == 403
        assert await _post(clinic, {"update_id": 5, "channel_post": {}}) == 200
        assert await _post(clinic, {"update_id": 6, "something_new": {"a": 1}}) == 200
        assert await _post(clinic, {"hello": 1}) == 200
        assert await clinic.store.pending(10, ()) == []
        assert await _post(clinic, update) == 200
        await clinic.says(MIA, "About: Hello")


async def test_the_webhook_is_set_with_a_secret_and_only_for_what_is_used(tmp_path: Path, api: BotApi) -> None:
    async with opened(tmp_path, api, webhook=True) as clinic:
        await clinic.until(lambda: api.world.webhook)
        hook = api.world.webhook
        assert hook is not None
        assert hook.url == f"https://chat.wrenhouse.example.com{PATH}"
        assert hook.secret == secret_of(api.world.token)
        assert hook.allowed == {"message", "edited_message", "callback_query"}
        assert api.world.token.split(":")[1] not in hook.secret


async def _is_written(clinic: Clinic, count: int) -> bool:
    return len(await clinic.written(MIA)) == count


async def _post(clinic: Clinic, update: object, secret: str | None = None) -> int:
    app = FastAPI()
    app.include_router(clinic.channel.router)
    headers = {HEADER: secret_of(clinic.api.world.token) if secret is None else secret}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bot") as client:
        return (await client.post(PATH, json=update, headers=headers)).status_code


async def _call(api: BotApi, method: str, **parameters: object) -> None:
    async with httpx.AsyncClient() as client:
        (await client.post(f"{api.url}/bot{api.world.token}/{method}", json=parameters)).raise_for_status()
