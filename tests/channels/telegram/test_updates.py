"""Update shapes as Telegram sends them, and what each is taken for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.channels.telegram.incoming import UNUSED, Incoming, read_update
from bot.channels.telegram.ports import Received
from bot.channels.telegram.receiving import Receiver
from tests.channels.telegram.clinic import MIA

UPDATES = Path(__file__).parent / "updates"
TEXTS = {
    "text": "What does a session feel like?",
    "edited_text": "What does a session feel like, and is it safe?",
    "reply": "And how long?",
    "forwarded": "I saw this, is it true?",
    "forwarded_hidden": "Forwarded words",
    "text_emoji": "\U0001f600\U0001f468\u200d\U0001f469\u200d\U0001f467 is it safe?",
}
COMMANDS = {
    "command_start": ("start", ""),
    "command_start_deep_link": ("start", "from_website"),
    "command_with_bot_name": ("help", ""),
}
ATTACHMENTS = {
    "photo": "photo",
    "photo_in_album": "photo",
    "voice": "voice",
    "video": "video",
    "video_note": "video",
    "document": "document",
    "audio": "audio",
    "location": "location",
    "venue": "location",
    "contact": "contact",
    "sticker": "sticker",
    "poll": "poll",
    "dice": "dice",
    "unknown_content": "other",
}
NOT_OURS = [
    "group_text",
    "group_mention",
    "group_command",
    "group_joined",
    "other_bot",
    "channel_post",
    "blocked",
    "unknown_kind",
    "pinned_message",
]
TAPS = ["callback_query", "callback_query_inaccessible"]


def load(name: str) -> dict[str, Any]:
    update: dict[str, Any] = json.loads((UPDATES / f"{name}.json").read_text())
    return update


def test_every_kept_shape_is_tested() -> None:
    known = {*TEXTS, *COMMANDS, *ATTACHMENTS, *NOT_OURS, *TAPS, "unreadable"}
    assert {path.stem for path in UPDATES.glob("*.json")} == known


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_is_taken_as_written(name: str) -> None:
    incoming = read_update(load(name), None)
    assert (incoming.kind, incoming.chat, incoming.text) == ("text", MIA, TEXTS[name])


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_known_by_its_name(name: str) -> None:
    incoming = read_update(load(name), None)
    assert (incoming.kind, incoming.command, incoming.text) == ("command", *COMMANDS[name])


@pytest.mark.parametrize("name", ATTACHMENTS)
def test_of_an_attachment_only_its_kind_is_taken(name: str) -> None:
    incoming = read_update(load(name), None)
    assert (incoming.kind, incoming.attachment) == ("text", ATTACHMENTS[name])
    assert incoming.text == ("my prescription" if name == "photo" else "")


def test_an_edited_caption_is_read_and_its_picture_is_not_told_again() -> None:
    update = load("photo")
    update["edited_message"] = update.pop("message") | {"edit_date": 1790000900}
    incoming = read_update(update, None)
    assert (incoming.text, incoming.attachment) == ("my prescription", "")


@pytest.mark.parametrize("name", TAPS)
def test_a_tap_carries_its_data_and_the_message_it_was_under(name: str) -> None:
    incoming = read_update(load(name), None)
    assert (incoming.kind, incoming.text) == ("tap", "b:4:0:0123456789ab")
    assert incoming.message in (2, 40)


@pytest.mark.parametrize("name", NOT_OURS)
def test_groups_channels_bots_and_service_messages_are_left_alone(name: str) -> None:
    assert read_update(load(name), None) == UNUSED


def test_in_the_staff_group_only_commands_and_taps_are_taken() -> None:
    group = load("group_text")["message"]["chat"]["id"]
    assert read_update(load("group_text"), group) == UNUSED
    incoming = read_update(load("group_command"), group)
    assert (incoming.kind, incoming.command, incoming.group) == ("command", "start", True)


def test_while_no_staff_group_is_set_id_is_answered_in_any_group() -> None:
    update = load("group_command")
    update["message"]["text"] = "/id@harbour_clinic_bot"
    assert read_update(update, None).command == "id"
    assert read_update(update, -42) == UNUSED


class _Keeps:
    def __init__(self) -> None:
        self.kept: list[Received] = []

    async def keep(self, received: Any, now: Any) -> int:
        self.kept += received
        return len(received)


async def test_what_the_library_cannot_read_is_taken_for_its_text() -> None:
    inbox = _Keeps()
    receiver = Receiver(inbox, lambda: None, None)  # type: ignore[arg-type, return-value]
    assert (
        await receiver.take([load("unreadable"), {"no": "number"}, {"update_id": True}])
        == load("unreadable")["update_id"]
    )
    assert [item.incoming for item in inbox.kept] == [Incoming("text", MIA, MIA, "Please help me")]
