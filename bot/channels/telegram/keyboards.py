"""Buttons under a message. Telegram gives 64 bytes a button, so a button carries where its value is stored."""

from __future__ import annotations

import re
from dataclasses import dataclass

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.conversation.model import Button, Message

_DATA = re.compile(r"b:(\d{1,9}):(\d{1,2}):([0-9A-Za-z-]{1,32})")
_ID_CHARACTERS = 12


@dataclass(frozen=True, slots=True)
class Choice:
    """A tapped button: the `index`-th under the message `seq` whose id begins with `id_start`."""

    seq: int
    index: int
    id_start: str

    def button_of(self, messages: tuple[Message, ...]) -> tuple[Message, Button] | None:
        """Return the message and the button chosen; None where the message is gone."""
        for message in messages:
            if message.seq == self.seq and message.id.startswith(self.id_start) and self.index < len(message.buttons):
                return message, message.buttons[self.index]
        return None


def read_choice(data: str) -> Choice | None:
    """Return the choice that `data` names; None for anything we did not write."""
    match = _DATA.fullmatch(data)
    return Choice(int(match[1]), int(match[2]), match[3]) if match else None


def keyboard(message: Message) -> InlineKeyboardMarkup | None:
    """Return the message's buttons, one a row so that long questions stay readable."""
    start = message.id[:_ID_CHARACTERS]
    rows = [
        [InlineKeyboardButton(button.label, callback_data=f"b:{message.seq}:{i}:{start}")]
        for i, button in enumerate(message.buttons)
    ]
    return InlineKeyboardMarkup(rows) if rows else None
