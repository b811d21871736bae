"""Delivers stored messages to a chat: in parts, plain where Telegram refuses the markup, each part once."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

import structlog
from telegram import InlineKeyboardMarkup, LinkPreviewOptions, MessageEntity
from telegram import Message as Sent
from telegram.error import BadRequest, ChatMigrated, TelegramError

from bot.channels.telegram.client import TelegramBot
from bot.channels.telegram.errors import delivery_error, is_gone
from bot.channels.telegram.keyboards import keyboard
from bot.channels.telegram.ports import Deliveries
from bot.channels.telegram.split import split, utf16
from bot.conversation.model import Author, Message
from bot.conversation.ports import Clock
from bot.errors import PermanentError

log = structlog.get_logger()
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


@dataclass(frozen=True, slots=True)
class Part:
    """What goes out as one Telegram message."""

    text: str
    entities: tuple[MessageEntity, ...] = ()
    markup: InlineKeyboardMarkup | None = None


def parts_of(message: Message) -> list[Part]:
    """Return the parts of `message`; a member of staff's begins with name and role, the last has the buttons."""
    heading = (
        ", ".join(filter(None, (message.staff_name, message.staff_role))) if message.author is Author.STAFF else ""
    )
    texts = split(f"{heading}\n\n{message.text}" if heading else message.text)
    bold = (MessageEntity(MessageEntity.BOLD, 0, utf16(heading)),) if heading else ()
    last = len(texts) - 1
    return [Part(text, () if i else bold, keyboard(message) if i == last else None) for i, text in enumerate(texts)]


class TelegramSender:
    """`Sender` for Telegram."""

    channel = "telegram"

    def __init__(self, bot: TelegramBot, deliveries: Deliveries, clock: Clock) -> None:
        self._bot, self._deliveries, self._clock = bot, deliveries, clock

    async def send(self, channel_ref: str, message: Message) -> None:
        """See `Sender.send`. After a failure half way only the parts not yet sent are sent."""
        chat = int(channel_ref)
        parts = parts_of(message)
        done = await self._deliveries.parts_sent(message.id)
        for number, part in enumerate(parts[done:], start=done + 1):
            sent = await send_part(self._bot, chat, part)
            await self._deliveries.part_sent(message.id, number, self._clock())
            if number == len(parts):
                await self._move_keyboard(chat, sent.message_id if sent.reply_markup else None)

    async def _move_keyboard(self, chat: int, shown: int | None) -> None:
        """Take the buttons off the message that had them: what was offered then is no longer what is asked now."""
        old = await self._deliveries.shown_keyboard(chat)
        if old != shown:
            await self._deliveries.keyboard_shown(chat, shown, self._clock())
        if old is not None and old != shown:
            await remove_keyboard(self._bot, chat, old)


async def send_part(bot: TelegramBot, chat: int, part: Part) -> Sent:
    """Send one message, ever plainer until Telegram takes it. Raises PassingError, PermanentError."""
    plainer = [part, Part(part.text, (), part.markup), Part(part.text)]
    tries = [p for i, p in enumerate(plainer) if p not in plainer[:i]]
    for attempt in tries:
        try:
            return await bot.send_message(
                chat,
                attempt.text,
                entities=attempt.entities or None,
                reply_markup=attempt.markup,
                link_preview_options=NO_PREVIEW,
            )
        except ChatMigrated as error:
            raise delivery_error(error) from error
        except BadRequest as error:
            if attempt is tries[-1] or is_gone(error):
                raise delivery_error(error) from error
            log.warning("telegram markup refused, sending plainer", problem=error.message)
        except TelegramError as error:
            raise delivery_error(error) from error
    raise PermanentError("There was nothing to send.")


async def remove_keyboard(bot: TelegramBot, chat: int, message: int) -> None:
    """Take the buttons off a message; what cannot be cleaned away stays, a tap on it has no second effect."""
    with contextlib.suppress(TelegramError):
        await bot.edit_message_reply_markup(chat_id=chat, message_id=message, reply_markup=None)
