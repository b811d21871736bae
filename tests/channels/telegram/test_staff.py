"""Staff on Telegram: their replies to visitors, and alerts in their own group."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.handoff.model import StaffMember
from bot.store.schema import staff
from tests.channels.telegram.clinic import ADA, MIA, STAFF_GROUP, STRANGER, TOM, Clinic, opened
from tests.support.bot_api.server import BotApi
from tests.support.bot_api.visitors import keyboard, person

NIA = StaffMember("a" * 32, "Nia", "Nurse", "nia@wrenhouse.example.com")


class Clock:
    """Real time, which a test may push forward."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def group(tmp_path: Path, api: BotApi, clock: Clock) -> AsyncIterator[Clinic]:
    """A clinic with a staff group, whose nurse Nia is known by the Telegram number ADA."""
    api.world.group(STAFF_GROUP, "Wren House staff")
    known = {ADA: NIA.email, STRANGER + 1: "nobody@wrenhouse.example.com"}
    async with opened(tmp_path, api, now=clock, staff_group=STAFF_GROUP, staff=known) as clinic:
        values: dict[str, object] = {"id": NIA.id, "name": NIA.name, "role": NIA.role, "email": NIA.email}
        values |= {"is_admin": False, "is_active": True, "created_at": datetime.now(UTC)}
        async with clinic.service.database.write() as tx:
            await tx.session.run(sa.insert(staff).values(values))
        yield clinic


async def alert(clinic: Clinic) -> str:
    """Return the newest alert, waiting for the first."""
    await clinic.until(lambda: clinic.said(STAFF_GROUP))
    return clinic.said(STAFF_GROUP)[-1]


async def test_a_reply_of_staff_carries_name_and_role(group: Clinic) -> None:
    await group.api.visitors.write(MIA, "/person")
    await group.until(group.service.handoffs.queue)
    (handoff,) = await group.service.handoffs.queue()
    await group.service.handoffs.reply(handoff.id, NIA, "r1", "Hello Mia, how can I help?")
    await group.says(MIA, "Nia, Nurse\n\nHello Mia, how can I help?")
    shown = next(message for message in group.api.visitors.shown(MIA) if "how can I help" in message["text"])
    assert shown["entities"] == [{"type": "bold", "offset": 0, "length": 10}]


async def test_while_staff_own_the_conversation_the_assistant_is_silent(group: Clinic) -> None:
    await group.api.visitors.write(MIA, "/person")
    await group.until(group.service.handoffs.queue)
    (handoff,) = await group.service.handoffs.queue()
    await group.service.handoffs.claim(handoff.id, NIA)
    await group.api.visitors.write(MIA, "Are you there?")
    await group.idle()
    assert not any("About:" in text for text in group.said(MIA))
    await group.api.visitors.write(MIA, "I want to kill myself")
    await group.says(MIA, "please call 999")


async def test_a_refused_name_in_bold_goes_out_plain(group: Clinic) -> None:
    await group.api.visitors.write(MIA, "/person")
    await group.until(group.service.handoffs.queue)
    (handoff,) = await group.service.handoffs.queue()
    refusal = "Bad Request: can't parse entities: ENTITY_BOUNDS_INVALID"
    group.api.world.faults.order(
        method="sendMessage", status=400, description=refusal, when=lambda given: "entities" in given
    )
    await group.service.handoffs.reply(handoff.id, NIA, "r1", "Hello Mia")
    await group.says(MIA, "Nia, Nurse\n\nHello Mia")


async def test_the_group_is_told_of_a_handoff_without_a_word_of_the_visitor(group: Clinic) -> None:
    await group.api.visitors.write(MIA, "I want to kill myself, my name is Mia Xylophone")
    text = await alert(group)
    assert text.startswith("🔴 URGENT")
    (handoff,) = await group.service.handoffs.queue()
    assert f"https://chat.wrenhouse.example.com/console/handoffs/{handoff.id}" in text
    everything = " ".join(group.said(STAFF_GROUP))
    assert "kill" not in everything
    assert "Xylophone" not in everything
    assert handoff.reason not in everything


async def test_known_staff_mark_an_alert_as_seen(group: Clinic) -> None:
    await group.api.visitors.write(MIA, "/urgent")
    await alert(group)
    await group.api.visitors.tap(ADA, "I have seen this", group=STAFF_GROUP)
    await group.until(lambda: "Seen, not yet answered" in group.said(STAFF_GROUP)[-1])
    (handoff,) = await group.service.handoffs.queue()
    assert handoff.acknowledged_at is not None
    assert keyboard(group.api.visitors.shown(STAFF_GROUP)[-1]) == []


@pytest.mark.parametrize("who", [STRANGER, STRANGER + 1, MIA])
async def test_nobody_else_may_mark_an_alert_as_seen(group: Clinic, who: int) -> None:
    await group.api.visitors.write(MIA, "/urgent")
    await alert(group)
    await group.api.visitors.tap(who, "I have seen this", group=STAFF_GROUP)
    await group.until(lambda: group.api.calls("answerCallbackQuery"))
    answer = group.api.calls("answerCallbackQuery")[0]
    assert str(who) in answer["text"]
    assert answer["show_alert"] is True
    (handoff,) = await group.service.handoffs.queue()
    assert handoff.acknowledged_at is None


async def test_staff_who_left_may_no_longer_mark_an_alert_as_seen(group: Clinic) -> None:
    async with group.service.database.write() as tx:
        await tx.session.run(sa.update(staff).values(is_active=False))
    await group.api.visitors.write(MIA, "/urgent")
    await alert(group)
    await group.api.visitors.tap(ADA, "I have seen this", group=STAFF_GROUP)
    await group.until(lambda: group.api.calls("answerCallbackQuery"))
    (handoff,) = await group.service.handoffs.queue()
    assert handoff.acknowledged_at is None


async def test_an_urgent_alert_that_nobody_has_seen_is_told_again_until_it_is(group: Clinic, clock: Clock) -> None:
    await group.api.visitors.write(MIA, "/urgent")
    await alert(group)
    clock.ahead += timedelta(minutes=6)
    await group.until(lambda: "STILL NOT SEEN after 5 minutes" in group.said(STAFF_GROUP)[-1])
    clock.ahead += timedelta(minutes=6)
    await group.until(lambda: "STILL NOT SEEN after 10 minutes" in group.said(STAFF_GROUP)[-1])
    shown = group.api.visitors.shown(STAFF_GROUP)
    await group.until(lambda: [bool(keyboard(message)) for message in shown] == [False, False, True])
    await group.api.visitors.tap(ADA, "I have seen this", group=STAFF_GROUP)
    await group.until(lambda: "Seen, not yet answered" in group.said(STAFF_GROUP)[-1])
    clock.ahead += timedelta(minutes=60)
    await group.api.visitors.write(TOM, "/person")
    await group.until(lambda: "Someone is waiting" in group.said(STAFF_GROUP)[-1])
    assert len(group.said(STAFF_GROUP)) == 4


async def test_an_ordinary_alert_is_told_once_and_again_when_it_becomes_urgent(group: Clinic) -> None:
    await group.api.visitors.write(MIA, "/person")
    assert (await alert(group)).startswith("Someone is waiting for an answer, on Telegram.")
    await group.api.visitors.write(MIA, "I want to kill myself")
    await group.until(lambda: group.said(STAFF_GROUP)[-1].startswith("🔴 URGENT"))
    assert len(group.said(STAFF_GROUP)) == 2


async def test_danger_in_a_conversation_that_was_taken_is_told_and_told_again_until_it_is_seen(
    group: Clinic, clock: Clock
) -> None:
    await group.api.visitors.write(MIA, "/person")
    await alert(group)
    (handoff,) = await group.service.handoffs.queue()
    await group.service.handoffs.claim(handoff.id, NIA)
    await group.until(lambda: "Nia has taken it" in group.said(STAFF_GROUP)[-1])
    clock.ahead += timedelta(minutes=60)
    await group.api.visitors.write(MIA, "I want to kill myself")
    await group.until(lambda: group.said(STAFF_GROUP)[-1].startswith("🔴 URGENT"))
    clock.ahead += timedelta(minutes=6)
    await group.until(lambda: "STILL NOT SEEN after 5 minutes" in group.said(STAFF_GROUP)[-1])
    await group.api.visitors.tap(ADA, "I have seen this", group=STAFF_GROUP)
    await group.until(lambda: "Nia has taken it" in group.said(STAFF_GROUP)[-1])
    await group.api.visitors.write(MIA, "I want to end my life")
    await group.until(lambda: group.said(STAFF_GROUP)[-1].startswith("🔴 URGENT"))
    assert len(group.said(STAFF_GROUP)) == 4


async def test_an_alert_that_becomes_urgent_late_is_told_as_new(group: Clinic, clock: Clock) -> None:
    await group.api.visitors.write(MIA, "/person")
    await alert(group)
    clock.ahead += timedelta(minutes=60)
    await group.api.visitors.write(MIA, "I want to kill myself")
    await group.until(lambda: len(group.said(STAFF_GROUP)) == 2)
    assert group.said(STAFF_GROUP)[-1].startswith("🔴 URGENT")


async def test_an_alert_says_who_has_taken_it_and_when_it_is_done(group: Clinic) -> None:
    await group.api.visitors.write(MIA, "/person")
    await alert(group)
    (handoff,) = await group.service.handoffs.queue()
    await group.service.handoffs.claim(handoff.id, NIA)
    await group.until(lambda: "Nia has taken it" in group.said(STAFF_GROUP)[-1])
    await group.service.handoffs.close(handoff.id, NIA)
    await group.until(lambda: group.said(STAFF_GROUP) == ["Done: someone on Telegram."])


async def test_alerts_that_cannot_be_sent_are_named_and_sent_when_they_can(group: Clinic) -> None:
    group.api.world.group(STAFF_GROUP, "Wren House staff", "kicked")
    await group.api.visitors.write(MIA, "/urgent")
    await group.until(group.channel.probe)
    assert "The bot was removed from the group." in await group.channel.probe()
    group.api.world.group(STAFF_GROUP, "Wren House staff", "member")
    assert (await alert(group)).startswith("🔴 URGENT")
    await group.until(lambda: _works(group))


async def test_staff_talk_among_themselves_and_ask_for_the_numbers_setting_up_needs(group: Clinic) -> None:
    await group.api.visitors.write(ADA, "Lunch at one?", group=STAFF_GROUP)
    await group.api.visitors.write(ADA, "/id@harbour_clinic_bot", group=STAFF_GROUP)
    await group.says(STAFF_GROUP, f"Your Telegram number is {ADA}. This group's number is {STAFF_GROUP}.")
    assert len(group.said(STAFF_GROUP)) == 1


async def test_in_other_groups_it_is_silent(group: Clinic) -> None:
    group.api.world.group(-100555, "Book club")
    for text in ("hello all", "/start@harbour_clinic_bot", "/id", "@harbour_clinic_bot I want to kill myself"):
        await group.api.visitors.write(TOM, text, group=-100555)
    await group.api.visitors.send(TOM, {"new_chat_members": [person(1)]}, group=-100555)
    await group.api.visitors.write(MIA, "Hello")
    await group.says(MIA, "About: Hello")
    assert group.said(-100555) == []
    assert await group.service.handoffs.queue() == []


async def test_a_press_on_seen_from_outside_the_group_does_nothing(group: Clinic) -> None:
    await group.api.visitors.write(MIA, "/urgent")
    await alert(group)
    (handoff,) = await group.service.handoffs.queue()
    message = group.api.visitors.shown(MIA)[-1]
    await group.api.visitors.tap_data(MIA, dict(message), f"seen:{handoff.id}")
    await group.idle()
    (handoff,) = await group.service.handoffs.queue()
    assert handoff.acknowledged_at is None


async def _works(clinic: Clinic) -> bool:
    return await clinic.channel.probe() == ""
