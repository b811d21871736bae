"""What goes out: each message once and in order, whatever Telegram answers; what can never arrive is shown to staff."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from bot.conversation.model import Outcome, Reply
from tests.channels.telegram.clinic import BUTTONS, MIA, TOM, Clinic, opened
from tests.support.bot_api.server import BotApi
from tests.support.bot_api.visitors import keyboard
from tests.support.plain import NIA


@pytest.fixture
async def talking(tmp_path: Path, api: BotApi):  # type: ignore[no-untyped-def]
    """A clinic that has welcomed Mia; refusals may be ordered."""
    async with opened(tmp_path, api) as clinic:
        await api.visitors.write(MIA, "/start")
        await clinic.says(MIA, "Telegram is not private enough")
        await clinic.idle()
        yield clinic


async def test_it_waits_as_long_as_telegram_asks_and_then_sends_once(talking: Clinic) -> None:
    talking.api.world.faults.order(method="sendMessage", status=429, retry_after=2)
    began = time.monotonic()
    await talking.api.visitors.write(MIA, "Hello")
    await talking.says(MIA, "About: Hello")
    assert time.monotonic() - began >= 2
    sends = [call.at for call in talking.api.world.calls if call.method == "sendMessage" and call.at >= began]
    assert len(sends) == 2
    assert sends[1] - sends[0] >= 2


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_a_server_error_is_tried_again(talking: Clinic, status: int) -> None:
    talking.api.world.faults.order(method="sendMessage", status=status)
    await talking.api.visitors.write(MIA, "Hello")
    await talking.says(MIA, "About: Hello")
    await talking.idle()
    assert talking.said(MIA).count("About: Hello") == 1


async def test_a_broken_connection_is_tried_again(talking: Clinic) -> None:
    talking.api.world.faults.order(method="sendMessage", drop="before")
    await talking.api.visitors.write(MIA, "Hello")
    await talking.says(MIA, "About: Hello")


async def test_a_storm_of_429_loses_doubles_and_reorders_nothing(talking: Clinic) -> None:
    faults = talking.api.world.faults
    faults.order(method="sendMessage", status=429, retry_after=1, times=24)
    faults.order(
        method="sendMessage", status=502, when=lambda given: given["text"] in ("About: m3", "About: t5"), times=2
    )
    for number in range(10):
        await talking.api.visitors.write(MIA, f"m{number}")
        await talking.api.visitors.write(TOM, f"t{number}")
    await talking.idle()
    assert faults.met == 26
    assert talking.said(MIA)[1:] == [f"About: m{number}" for number in range(10)]
    assert talking.said(TOM)[1:] == [f"About: t{number}" for number in range(10)]


async def test_after_trouble_half_way_only_the_missing_parts_are_sent(talking: Clinic) -> None:
    text = " ".join(f"Sentence number {number} of a long answer." for number in range(300))
    talking.understander.replies["All"] = Reply(text, Outcome.ANSWER, "what_is_it")
    talking.api.world.faults.order(
        method="sendMessage", status=502, when=lambda given: "Sentence number 200" in given["text"]
    )
    await talking.api.visitors.write(MIA, "All")
    await talking.idle()
    assert " ".join(talking.said(MIA)[1:]) == text


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        ("block", "The visitor has blocked the bot."),
        ("deactivate", "The visitor's Telegram account was deleted."),
        ("vanish", "Telegram knows no such chat any more."),
    ],
)
async def test_what_can_never_arrive_is_shown_to_staff_at_once(talking: Clinic, act: str, reason: str) -> None:
    getattr(talking.api.visitors, act)(MIA)
    await talking.api.visitors.write(MIA, "Hello")
    await talking.idle()
    (failure,) = await talking.service.handoffs.failed_deliveries()
    assert (failure.error, failure.permanent, failure.attempts) == (reason, True, 1)


async def test_staff_can_send_again_when_the_visitor_is_back(talking: Clinic) -> None:
    talking.api.visitors.block(MIA)
    await talking.api.visitors.write(MIA, "Hello")
    await talking.idle()
    talking.api.visitors.come_back(MIA)
    (failure,) = await talking.service.handoffs.failed_deliveries()
    await talking.service.handoffs.send_again(failure.id, NIA)
    await talking.says(MIA, "About: Hello")


async def test_one_visitor_who_blocked_the_bot_keeps_nobody_else_back(talking: Clinic) -> None:
    talking.api.visitors.block(MIA)
    await talking.api.visitors.write(MIA, "Hello")
    await talking.api.visitors.write(TOM, "Hello")
    await talking.says(TOM, "About: Hello")


async def test_a_refused_keyboard_goes_out_as_plain_text(talking: Clinic) -> None:
    talking.understander.replies["What is it?"] = BUTTONS
    talking.api.world.faults.order(
        method="sendMessage",
        status=400,
        description="Bad Request: BUTTON_DATA_INVALID",
        times=9,
        when=lambda given: "reply_markup" in given,
    )
    await talking.api.visitors.write(MIA, "What is it?")
    await talking.says(MIA, "It is a treatment.")
    await talking.idle()
    assert keyboard(talking.api.visitors.shown(MIA)[-1]) == []
    assert await talking.service.handoffs.failed_deliveries() == []


async def test_an_answer_lost_on_the_way_back_is_sent_again_rather_than_never(talking: Clinic) -> None:
    """Telegram has no way to say "only once"; whoever must choose sends twice."""
    talking.api.world.faults.order(method="sendMessage", drop="after")
    await talking.api.visitors.write(MIA, "Hello")
    await talking.idle()
    assert talking.said(MIA)[1:] == ["About: Hello", "About: Hello"]


async def test_it_keeps_to_telegrams_limits_by_itself(tmp_path: Path, api: BotApi) -> None:
    api.world.floods.enforce = True
    async with opened(tmp_path, api) as clinic:
        for visitor in range(40):
            await api.visitors.write(1000 + visitor, "Hello")
        await clinic.idle()
        assert [clinic.said(1000 + visitor)[-1] for visitor in range(40)] == ["About: Hello"] * 40
        assert not [refusal for refusal in api.refusals() if "Too Many" in refusal]
