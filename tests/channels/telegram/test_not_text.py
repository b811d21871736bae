"""Pictures, voice messages and the like: answered kindly and truly, told to staff, never loaded or kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.store.schema import messages, telegram_updates
from tests.channels.telegram.clinic import MIA, Clinic

UPDATES = Path(__file__).parent / "updates"
LIGHT = ["sticker", "dice"]
GRAVE = ["photo", "voice", "video", "video_note", "document", "audio", "location", "contact", "poll"]
KINDS = [*GRAVE, *LIGHT]
SEEN_AS = {"video_note": "video"}


def content_of(kind: str) -> dict[str, Any]:
    message = json.loads((UPDATES / f"{kind}.json").read_text())["message"]
    return {
        key: value for key, value in message.items() if key not in ("message_id", "from", "chat", "date", "caption")
    }


@pytest.mark.parametrize("kind", KINDS)
async def test_it_is_answered_kindly_and_staff_see_that_it_came(clinic: Clinic, kind: str) -> None:
    await clinic.api.visitors.send(MIA, content_of(kind))
    await clinic.idle()
    stored = [message for message in await clinic.messages(MIA) if message.author == "visitor"]
    assert [message.attachment for message in stored] == [SEEN_AS.get(kind, kind)]
    assert len(clinic.said(MIA)) >= 2
    handoffs = await clinic.service.handoffs.queue()
    assert len(handoffs) == (0 if kind in LIGHT else 1)


@pytest.mark.parametrize("kind", KINDS)
async def test_nobody_is_left_waiting_for_someone_to_hear_or_see_it(clinic: Clinic, kind: str) -> None:
    await clinic.api.visitors.send(MIA, content_of(kind))
    await clinic.idle()
    answer = clinic.said(MIA)[-1]
    assert "passed it on" not in answer
    assert "told our staff" not in answer
    if kind == "sticker":
        assert "I can only read words" in answer
        return
    assert "nobody here can" in answer.lower()
    for needed in ("we do not keep", "in words, or ring us on 01632 960 247", "in danger, call 999 now"):
        assert needed in answer


@pytest.mark.parametrize(
    ("kind", "words"), [("voice", "can listen to voice messages"), ("location", "say where you are")]
)
async def test_the_answer_is_about_what_was_sent(clinic: Clinic, kind: str, words: str) -> None:
    await clinic.api.visitors.send(MIA, content_of(kind))
    await clinic.says(MIA, words)


@pytest.mark.parametrize("kind", [*GRAVE, "sticker"])  # dice have nothing that could be kept
async def test_nothing_of_it_is_loaded_or_kept(clinic: Clinic, kind: str) -> None:
    content = content_of(kind)
    await clinic.api.visitors.send(MIA, content)
    await clinic.idle()
    assert not [call for call in clinic.api.world.calls if call.method in ("getFile", "forwardMessage", "copyMessage")]
    async with clinic.service.database.read() as tx:
        kept = [
            str(dict(row)) for table in (messages, telegram_updates) for row in await tx.session.rows(sa.select(table))
        ]
    secrets = [value for value in _values(content) if len(value) > 4]
    assert secrets
    assert not [value for value in secrets for row in kept if value in row]


async def test_a_caption_is_read_and_checked_for_danger(clinic: Clinic) -> None:
    await clinic.api.visitors.send(MIA, content_of("photo") | {"caption": "I am going to kill myself tonight"})
    await clinic.idle()
    (handoff,) = await clinic.service.handoffs.queue()
    assert (handoff.kind, handoff.urgency) == ("self_harm", "urgent")
    assert await clinic.written(MIA) == ["I am going to kill myself tonight"]


async def test_a_text_of_nothing_that_can_be_seen_gets_a_kind_sentence(clinic: Clinic) -> None:
    await clinic.api.visitors.write(MIA, "\u200b\u202e\u2066")
    await clinic.says(MIA, "I could not read that message")


async def test_a_live_location_that_moves_is_told_once(clinic: Clinic) -> None:
    await clinic.api.visitors.send(MIA, content_of("location"))
    await clinic.idle()
    moved = dict(clinic.api.world.chats[MIA].messages[1]) | {"edit_date": 1790000000}
    for _ in range(3):
        await clinic.api.world.push("edited_message", moved)
    await clinic.idle()
    assert len([message for message in await clinic.messages(MIA) if message.author == "visitor"]) == 1


def _values(content: Any) -> list[str]:
    if isinstance(content, dict):
        return [value for item in content.values() for value in _values(item)]
    if isinstance(content, list):
        return [value for item in content for value in _values(item)]
    return [str(content)] if isinstance(content, str | float) else []
