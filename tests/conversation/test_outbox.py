"""What must be pushed is pushed once, in order, for as long as it takes; what cannot be is shown to staff."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.conversation.model import Message
from bot.conversation.outbox import delay, exhausted
from bot.errors import PassingError, PermanentError
from bot.service import Service
from tests.support.plain import NIA, Phone, make, running, say, settled, until


@pytest.fixture
def phone() -> Phone:
    return Phone()


@pytest.fixture
async def service(database_url: str, phone: Phone) -> AsyncIterator[Service]:
    async with running(make(database_url, senders=[phone])) as service:
        yield service


async def start(service: Service, ref: str = "chat 1") -> str:
    return (await service.conversations.start("phone", ref)).id


async def test_it_delivers_everything_that_is_said_in_order(service: Service, phone: Phone) -> None:
    conversation = await start(service)
    for number in range(5):
        await say(service, conversation, f"question {number}")
    await settled(service)
    assert phone.texts() == ["welcome", *(f"re: question {number}" for number in range(5))]
    assert {ref for ref, _ in phone.got} == {"chat 1"}


async def test_it_delivers_what_staff_write_with_their_name(service: Service, phone: Phone) -> None:
    handoff = await service.handoffs.take_over(await start(service), NIA)
    await service.handoffs.reply(handoff.id, NIA, "a", "Hello")
    await settled(service)
    assert [(message.text, message.staff_name) for _, message in phone.got[1:]] == [
        ("Nia joined", ""),
        ("Hello", "Nia"),
    ]


async def test_it_waits_as_told_and_keeps_the_order(service: Service, phone: Phone) -> None:
    conversation = await start(service)
    await settled(service)
    phone.trouble = [PassingError("429", retry_after=0.3), PassingError("502", retry_after=0.1)]
    for text in ("one", "two"):
        await say(service, conversation, text)
    await settled(service)
    assert phone.texts() == ["welcome", "re: one", "re: two"]


async def test_one_chat_that_must_wait_does_not_hold_up_another(service: Service, phone: Phone) -> None:
    one = await start(service, "chat 1")
    await settled(service)
    phone.trouble = [PassingError("429", retry_after=60.0)]
    await say(service, one, "slow")
    await until(lambda: phone.tried == 2)
    await say(service, await start(service, "chat 2"), "quick")
    await until(lambda: "re: quick" in phone.texts())
    assert "re: slow" not in phone.texts()


async def test_a_defect_of_the_sender_is_tried_again(service: Service, phone: Phone) -> None:
    phone.trouble = [RuntimeError("defect")]
    await start(service)
    await settled(service)
    assert phone.texts() == ["welcome"]


async def test_what_can_never_be_delivered_is_shown_to_staff_and_may_be_sent_again(
    service: Service, phone: Phone
) -> None:
    phone.trouble = [PermanentError("blocked by the user")]
    conversation = await start(service)
    await settled(service)
    [failed] = await service.handoffs.failed_deliveries()
    assert (failed.message.text, failed.error, failed.permanent) == ("welcome", "blocked by the user", True)
    await say(service, conversation, "hello")
    await settled(service)
    await service.handoffs.send_again(failed.id, NIA)
    await settled(service)
    assert phone.texts() == ["re: hello", "welcome"]
    assert await service.handoffs.failed_deliveries() == []


async def test_a_website_conversation_needs_no_delivery(service: Service, phone: Phone) -> None:
    await say(service, (await service.conversations.start("website")).id, "hello")
    await settled(service)
    assert phone.tried == 0


async def test_what_waits_for_a_channel_that_is_off_is_delivered_when_it_is_on_again(database_url: str) -> None:
    async with running(make(database_url)) as off:
        await start(off)
        await asyncio.sleep(0.3)
    phone = Phone()
    async with running(make(database_url, senders=[phone])) as on:
        await settled(on)
    assert phone.texts() == ["welcome"]


async def test_what_broke_off_while_sending_is_looked_up_before_it_is_sent_again(database_url: str) -> None:
    class Recalls(Phone):
        async def was_delivered(self, channel_ref: str, message: Message) -> bool:
            return any(got.id == message.id for _, got in self.got)

    class Hangs(Recalls):
        async def send(self, channel_ref: str, message: Message) -> None:
            await super().send(channel_ref, message)
            await asyncio.Event().wait()

    hanging, phone = Hangs(), Recalls()
    async with running(make(database_url, senders=[hanging])) as service:
        await start(service)
        await until(lambda: hanging.texts() == ["welcome"])
    phone.got = hanging.got
    async with running(make(database_url, senders=[phone])) as service:
        await settled(service)
    assert (phone.texts(), phone.tried) == (["welcome"], 0)


async def test_what_got_through_though_the_connection_broke_is_not_sent_again(database_url: str) -> None:
    class Breaks(Phone):
        async def was_delivered(self, channel_ref: str, message: Message) -> bool:
            return any(got.id == message.id for _, got in self.got)

        async def send(self, channel_ref: str, message: Message) -> None:
            await super().send(channel_ref, message)
            raise PassingError("The connection broke.", retry_after=0.05)

    phone = Breaks()
    async with running(make(database_url, senders=[phone])) as service:
        await start(service)
        await settled(service)
    assert (phone.texts(), phone.tried) == (["welcome"], 1)


async def test_two_replicas_deliver_each_message_once_and_in_order(database_url: str) -> None:
    phone = Phone()
    async with (
        running(make(database_url, senders=[phone])) as one,
        running(make(database_url, senders=[phone])) as other,
    ):
        conversation = await start(one)
        for number in range(20):
            await say(one if number % 2 else other, conversation, f"question {number}")
        await settled(one)
    assert phone.texts() == ["welcome", *(f"re: question {number}" for number in range(20))]


def test_the_pauses_grow_to_two_hours_and_spread() -> None:
    middles = [delay(attempt, 0.5) for attempt in range(1, 20)]
    assert middles[:4] == [2.0, 4.0, 8.0, 16.0]
    assert middles[-1] == 7200.0
    assert delay(3, 0.0) == pytest.approx(6.0)
    assert delay(3, 1.0) == pytest.approx(10.0)


def test_it_tries_at_least_a_dozen_times_over_a_day() -> None:
    tried, age = 0, 0.0
    while not exhausted(tried, timedelta(seconds=age)):
        tried += 1
        age += delay(tried, 1.0)
    assert tried >= 12
    assert age >= 24 * 3600


def test_a_storm_of_requests_to_wait_does_not_use_up_the_tries() -> None:
    assert not exhausted(500, timedelta(hours=1))
