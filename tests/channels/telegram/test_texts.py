"""Splitting, buttons and errors: the small pure parts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter, TimedOut

from bot.channels.telegram.errors import delivery_error
from bot.channels.telegram.incoming import read_command
from bot.channels.telegram.keyboards import keyboard, read_choice
from bot.channels.telegram.sender import parts_of
from bot.channels.telegram.split import MAX_TEXT, split, utf16
from bot.conversation.model import Author, Button, Message
from bot.errors import PassingError, PermanentError

WRITING = st.text(st.sampled_from("ab .!?\n,\U0001f600é\u200dه。"), max_size=600)


@given(WRITING, st.integers(2, 80))
def test_every_part_fits_and_every_character_but_blanks_is_kept(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert all(0 < utf16(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_a_text_is_ended_at_a_paragraph_before_a_sentence_before_a_word() -> None:
    assert split("One two. Three.\n\nFour five six.", 25) == ["One two. Three.", "Four five six."]
    assert split("One two three. Four five six.", 20) == ["One two three.", "Four five six."]
    assert split("one two three four five", 10) == ["one two", "three four", "five"]
    assert split("x" * 25, 10) == ["x" * 10, "x" * 10, "x" * 5]


def test_a_sentence_that_just_fits_is_not_cut() -> None:
    assert split("One two.\nThree four.", 8) == ["One two.", "Three", "four."]
    assert split("One. Two three.", 4) == ["One.", "Two", "thre", "e."]


def test_emoji_count_twice() -> None:
    assert split("\U0001f600" * (MAX_TEXT // 2)) == ["\U0001f600" * (MAX_TEXT // 2)]
    assert len(split("\U0001f600" * (MAX_TEXT // 2 + 1))) == 2


def message(**fields: object) -> Message:
    usual = {
        "id": "0123456789abcdef0123456789abcdef",
        "conversation_id": "c",
        "seq": 123456789,
        "author": Author.ASSISTANT,
    }
    return Message(**{**usual, "text": "Hi", "created_at": datetime.now(UTC), **fields})  # type: ignore[arg-type]


def test_a_button_names_its_place_in_few_bytes_and_finds_its_value_again() -> None:
    buttons = tuple(Button(f"Label {i}", "A very long question? " * 20) for i in range(12))
    asked = message(buttons=buttons)
    shown = keyboard(asked)
    assert shown is not None
    for row, button in zip(shown.inline_keyboard, buttons, strict=True):
        data = row[0].callback_data
        assert isinstance(data, str)
        assert len(data.encode()) <= 64
        choice = read_choice(data)
        assert choice is not None
        assert choice.button_of((asked,)) == (asked, button)


def test_a_button_of_another_conversation_with_the_same_number_is_not_found() -> None:
    old, new = message(buttons=(Button("a", "b"),)), message(id="f" * 32, buttons=(Button("c", "d"),))
    shown = keyboard(old)
    assert shown is not None
    choice = read_choice(str(shown.inline_keyboard[0][0].callback_data))
    assert choice is not None
    assert choice.button_of((new,)) is None


def test_a_long_reply_of_staff_carries_the_name_once_and_the_buttons_last() -> None:
    reply = message(author=Author.STAFF, staff_name="Zoë 😀", staff_role="Nurse", text="Word. " * 2000)
    parts = parts_of(reply)
    assert len(parts) > 1
    assert parts[0].text.startswith("Zoë 😀, Nurse\n\nWord.")
    assert parts[0].entities[0].length == utf16("Zoë 😀, Nurse")
    assert not any(part.entities for part in parts[1:])


@pytest.mark.parametrize(
    "error",
    [
        Forbidden("Forbidden: bot was blocked by the user"),
        Forbidden("Forbidden: user is deactivated"),
        BadRequest("Chat not found"),
        BadRequest("Not enough rights to send text messages to the chat"),
        ChatMigrated(-100777),
    ],
)
def test_what_can_never_arrive_is_permanent(error: Exception) -> None:
    assert isinstance(delivery_error(error), PermanentError)  # type: ignore[arg-type]


@pytest.mark.parametrize("error", [NetworkError("Bad Gateway"), TimedOut(), InvalidToken("token 1:secret refused")])
def test_what_may_pass_is_tried_again(error: Exception) -> None:
    meant = delivery_error(error)  # type: ignore[arg-type]
    assert isinstance(meant, PassingError)
    assert "secret" not in str(meant)


@pytest.mark.parametrize("wait", [17, timedelta(seconds=17)])
def test_a_wait_is_passed_on_in_seconds(wait: int | timedelta) -> None:
    meant = delivery_error(RetryAfter(wait))
    assert isinstance(meant, PassingError)
    assert meant.retry_after == 17


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/start", ("start", "")),
        ("/Start@the_bot  now please", ("start", "now please")),
        ("/delete yes", ("delete", "yes")),
        ("/", None),
        ("/ start", None),
        ("start", None),
        ("//x", None),
        ("/a-b", None),
    ],
)
def test_a_command_is_told_from_a_text(text: str, expected: tuple[str, str] | None) -> None:
    assert read_command(text) == expected
