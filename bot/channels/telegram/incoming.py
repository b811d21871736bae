"""What came from Telegram, reduced to what is worked: nothing of a picture, a place or a contact is kept."""

from __future__ import annotations

import re
from typing import Any, Literal

import msgspec
from telegram import CallbackQuery, Message, Update
from telegram.constants import ChatType, MessageAttachmentType

Kind = Literal["text", "command", "tap", "unused"]

_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@\w+)?(?=\s|$)\s*(.*)", re.DOTALL)
_NAMES = {"video_note": "video", "venue": "location", "animation": "video", "live_photo": "photo"}


class Incoming(msgspec.Struct, frozen=True, omit_defaults=True):
    """One update. `chat` and `user` are Telegram's ids; `at` is when it was sent, in seconds since 1970.

    `text`: what was written, a command's rest, or a tapped button's data. `command`: its name, in lower case.
    `attachment`: the kind of what is not text. `query`, `message`: a tap's id and the message it was under.
    """

    kind: Kind
    chat: int = 0
    user: int = 0
    text: str = ""
    command: str = ""
    attachment: str = ""
    query: str = ""
    message: int = 0
    at: int = 0
    group: bool = False


UNUSED = Incoming("unused")


def read_command(text: str) -> tuple[str, str] | None:
    """Return a command's name, in lower case and without the bot's name, and what follows it; None for other texts."""
    match = _COMMAND.fullmatch(text.strip())
    return (match[1].lower(), match[2].strip()) if match else None


def read_update(payload: dict[str, Any], staff_group: int | None) -> Incoming:
    """Return what `payload` means for us; `UNUSED` for everything in groups but the staff group, and from bots."""
    update = Update.de_json(payload, None)
    message = update.message or update.edited_message
    if update.callback_query:
        return _tap(update.callback_query, staff_group)
    if message is None or message.from_user is None or message.from_user.is_bot:
        return UNUSED
    in_staff_group = _is_for_staff(message, staff_group)
    if message.chat.type != ChatType.PRIVATE and not in_staff_group:
        return UNUSED
    return _message(message, in_staff_group, edited=update.edited_message is not None)


def _is_for_staff(message: Message, staff_group: int | None) -> bool:
    """Whether it came in the staff group; while none is set, `/id` in any group counts, to learn its number."""
    if staff_group is not None:
        return message.chat.id == staff_group
    command = read_command(message.text or "")
    return message.chat.type in (ChatType.GROUP, ChatType.SUPERGROUP) and command is not None and command[0] == "id"


def _message(message: Message, in_group: bool, edited: bool) -> Incoming:
    assert message.from_user is not None
    attachment = _attachment(message)
    text = message.text or message.caption or ""
    if not text and (not attachment or edited):  # a live place moving, a service message
        return UNUSED
    if edited:  # what was sent with it was answered the first time
        attachment = ""
    common = Incoming(
        "text",
        chat=message.chat.id,
        user=message.from_user.id,
        at=int(message.date.timestamp()),
        group=in_group,
        attachment=attachment,
    )
    command = read_command(text) if message.text else None
    if command:
        return msgspec.structs.replace(common, kind="command", command=command[0], text=command[1])
    return UNUSED if in_group else msgspec.structs.replace(common, text=text)


def _attachment(message: Message) -> str:
    for kind in MessageAttachmentType:
        if message[kind.value]:
            return _NAMES.get(kind.value, str(kind.value))
    # A kind that is newer than the library.
    return "other" if message.api_kwargs and not (message.text or message.caption) else ""


def _tap(query: CallbackQuery, staff_group: int | None) -> Incoming:
    message = query.message
    if message is None or query.from_user.is_bot or not query.data:
        return UNUSED
    in_staff_group = staff_group is not None and message.chat.id == staff_group
    if message.chat.type != ChatType.PRIVATE and not in_staff_group:
        return UNUSED
    return Incoming(
        "tap",
        chat=message.chat.id,
        user=query.from_user.id,
        text=query.data,
        query=query.id,
        message=message.message_id,
        group=in_staff_group,
    )
