"""The commands, with and without the bot's name, typed or tapped."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from bot.conversation.model import Urgency
from bot.store.schema import telegram_state, telegram_updates
from tests.channels.telegram.clinic import MIA, TOM, Clinic


@pytest.mark.parametrize("command", ["/help", "/HELP", "/help@harbour_clinic_bot", "/help   "])
async def test_help_lists_what_can_be_done(clinic: Clinic, command: str) -> None:
    await clinic.api.visitors.write(MIA, command)
    await clinic.says(MIA, "/delete – delete this conversation")
    assert await clinic.written(MIA) == []


async def test_privacy_says_what_is_kept_and_offers_the_website(clinic: Clinic) -> None:
    await clinic.api.visitors.write(MIA, "/privacy")
    await clinic.says(MIA, "Telegram, the company, also stores your messages")


async def test_person_calls_staff_once_and_says_so_when_asked_again(clinic: Clinic) -> None:
    await clinic.api.visitors.write(MIA, "/person")
    await clinic.until(lambda: _open_kinds(clinic, "talk_to_human"))
    await clinic.api.visitors.write(MIA, "/person")
    await clinic.says(MIA, "Our staff know that you would like to talk to a person")
    assert len(await clinic.service.handoffs.queue()) == 1


async def test_urgent_shows_the_lines_and_opens_an_urgent_handoff(clinic: Clinic) -> None:
    await clinic.api.visitors.write(MIA, "/urgent")
    await clinic.says(MIA, "I have told our staff that it is urgent")
    await clinic.idle()
    (handoff,) = await clinic.service.handoffs.queue()
    assert handoff.urgency is Urgency.URGENT


async def test_urgent_raises_a_handoff_that_is_open_and_keeps_what_it_is_about(clinic: Clinic) -> None:
    await clinic.api.visitors.write(MIA, "/person")
    await clinic.idle()
    await clinic.api.visitors.write(MIA, "/urgent")
    await clinic.idle()
    (handoff,) = await clinic.service.handoffs.queue()
    assert (handoff.kind, handoff.urgency) == ("talk_to_human", Urgency.URGENT)


@pytest.mark.parametrize("command", ["start", "help", "privacy", "person", "urgent", "website", "delete"])
async def test_what_is_written_after_a_command_is_read_too(clinic: Clinic, command: str) -> None:
    await clinic.api.visitors.write(MIA, f"/{command} I want to kill myself")
    await clinic.idle()
    assert await clinic.written(MIA) == ["I want to kill myself"]
    (handoff,) = await clinic.service.handoffs.queue()
    assert handoff.kind == "self_harm"
    for words in ("Telegram is not private enough", "please call 999"):
        assert any(words in said for said in clinic.said(MIA))


@pytest.mark.parametrize("text", ["Does it hurt?", "thinking…", "two words", "abcde" * 13])
async def test_after_start_only_what_a_link_can_hold_is_no_message(clinic: Clinic, text: str) -> None:
    await clinic.api.visitors.write(MIA, f"/start {text}")
    await clinic.says(MIA, f"About: {text}")
    assert await clinic.written(MIA) == [text]


async def test_an_unknown_command_is_read_as_the_text_it_is(clinic: Clinic) -> None:
    await clinic.api.visitors.write(MIA, "/suicide help me")
    await clinic.idle()
    assert await clinic.written(MIA) == ["suicide help me"]


async def test_delete_asks_first_and_then_forgets_everything(clinic: Clinic) -> None:
    await clinic.api.visitors.write(MIA, "My secret")
    await clinic.says(MIA, "About: My secret")
    await clinic.api.visitors.write(TOM, "Mine stays")
    await clinic.says(TOM, "About: Mine stays")
    await clinic.api.visitors.write(MIA, "/delete")
    await clinic.says(MIA, "Shall I delete this conversation?")
    await clinic.api.visitors.tap(MIA, "Yes, delete it")
    await clinic.says(MIA, "We have deleted this conversation")
    await clinic.idle()
    assert await clinic.store.conversation_of(MIA) is None
    assert await clinic.written(TOM) == ["Mine stays"]


async def test_delete_can_be_taken_back(clinic: Clinic) -> None:
    await clinic.api.visitors.write(MIA, "My secret")
    await clinic.api.visitors.write(MIA, "/delete")
    await clinic.says(MIA, "Shall I delete this conversation?")
    await clinic.api.visitors.tap(MIA, "No, keep it")
    await clinic.says(MIA, "Nothing was deleted")
    assert await clinic.written(MIA) == ["My secret"]


async def test_after_deleting_a_new_conversation_begins_with_the_notice(clinic: Clinic) -> None:
    for text in ("Hello", "/delete yes", "Again"):
        await clinic.api.visitors.write(MIA, text)
    await clinic.says(MIA, "About: Again")
    assert await clinic.written(MIA) == ["Again"]
    assert sum("Telegram is not private enough" in said for said in clinic.said(MIA)) == 2


async def test_nothing_of_a_deleted_chat_stays_in_the_inbox(clinic: Clinic) -> None:
    await clinic.api.visitors.write(MIA, "xylophone secret")
    await clinic.idle()
    await clinic.api.visitors.write(MIA, "/delete yes")
    await clinic.says(MIA, "We have deleted this conversation")
    await clinic.idle()
    rows = await _rows(clinic)
    assert not any("xylophone" in row or str(MIA) in row for row in rows)


async def test_start_again_shows_the_notice_again(clinic: Clinic) -> None:
    await clinic.api.visitors.write(MIA, "/start")
    await clinic.api.visitors.write(MIA, "Hello")
    await clinic.api.visitors.write(MIA, "/start from_a_link")
    await clinic.idle()
    assert sum("Telegram is not private enough" in said for said in clinic.said(MIA)) == 2
    assert await clinic.written(MIA) == ["Hello"]


async def _open_kinds(clinic: Clinic, kind: str) -> bool:
    return kind in [handoff.kind for handoff in await clinic.service.handoffs.queue()]


async def _rows(clinic: Clinic) -> list[str]:
    async with clinic.service.database.read() as tx:
        updates = await tx.session.rows(sa.select(telegram_updates))
        state = await tx.session.rows(sa.select(telegram_state))
    return [str(dict(row)) for row in (*updates, *state)]
