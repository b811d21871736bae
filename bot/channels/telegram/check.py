"""`python -m bot telegram check`: says in plain words what is wrong with the set-up, and how to mend it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from telegram import ChatMember, ChatMemberRestricted, User, WebhookInfo
from telegram.error import BadRequest, Forbidden, InvalidToken, TelegramError

from bot.channels.telegram import webhook
from bot.channels.telegram.channel import TelegramSettings
from bot.channels.telegram.client import TelegramBot, create_bot
from bot.channels.telegram.errors import delivery_error
from bot.errors import SetupError
from bot.settings import Settings

GOOD, BAD, NOTE = "ok", "WRONG", "note"
NOT_PUBLIC = (
    "Only this machine can open {url}, so visitors are not offered /website, and the links in the staff's alerts work "
    "only here. Set BOT_PUBLIC_URL to the address at which others reach the bot."
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the result: `mark` is GOOD, BAD or NOTE."""

    mark: str
    sentence: str


async def check(settings: Settings) -> int:
    """Print what is right and what is wrong; return 0 where nothing is wrong, else 1."""
    try:
        telegram = TelegramSettings.of(settings)
    except SetupError as error:
        print(f"[{BAD}] {error}")
        return 1
    bot = create_bot(telegram.token, telegram.api_url)
    wrong = False
    try:
        async for finding in findings(bot, telegram):
            print(f"[{finding.mark}] {finding.sentence}")
            wrong = wrong or finding.mark == BAD
    finally:
        await bot.close_connections()
    print("Something is wrong; mend what is marked." if wrong else "Telegram is set up.")
    return int(wrong)


async def findings(bot: TelegramBot, settings: TelegramSettings) -> AsyncIterator[Finding]:
    """Yield one finding after another; nothing is changed, and no message is fetched or sent."""
    try:
        me = await bot.get_me()
    except InvalidToken:
        yield Finding(BAD, "Telegram does not know this token. Copy it again from BotFather (/mybots, API Token).")
        return
    except TelegramError as error:
        yield Finding(BAD, f"{settings.api_url} does not answer as Telegram does. {delivery_error(error)}")
        return
    yield Finding(GOOD, f"The token is right: this is {me.first_name}, https://t.me/{me.username}.")
    if me.can_join_groups is False and settings.staff_group is not None:
        yield Finding(BAD, "The bot may not join groups. In BotFather: /setjoingroups, choose the bot, Enable.")
    try:
        yield _receiving(await bot.get_webhook_info(), settings)
        if not settings.offers_website:
            yield Finding(NOTE, NOT_PUBLIC.format(url=settings.public_url))
        yield await _group(bot, me, settings.staff_group)
    except TelegramError as error:
        yield Finding(BAD, str(delivery_error(error)))


def _receiving(info: WebhookInfo, settings: TelegramSettings) -> Finding:
    waiting = f" {info.pending_update_count} messages wait." if info.pending_update_count else ""
    if not settings.webhook:
        if info.url:
            return Finding(
                NOTE, f"A webhook is set ({info.url}); it is removed when the bot starts, as it asks itself.{waiting}"
            )
        return Finding(GOOD, f"The bot asks Telegram for messages itself; no public address is needed.{waiting}")
    expected = f"{settings.public_url}{webhook.PATH}"
    if info.url != expected:
        found = f"is {info.url}" if info.url else "is not set"
        return Finding(
            NOTE, f"The webhook {found}; when the bot starts it is set to {expected}. Start it and check again."
        )
    if info.last_error_message:
        return Finding(
            BAD,
            f"Telegram could not deliver to {expected}: {info.last_error_message}.{waiting} Check that this address "
            "can be reached from the internet with a valid certificate.",
        )
    return Finding(GOOD, f"Telegram delivers to {expected}.{waiting}")


async def _group(bot: TelegramBot, me: User, group: int | None) -> Finding:
    if group is None:
        return Finding(NOTE, "No staff group is set (BOT_TELEGRAM_STAFF_GROUP), so no alerts go to Telegram.")
    try:
        chat = await bot.get_chat(group)
        member = await bot.get_chat_member(group, me.id)
    except (BadRequest, Forbidden):
        return Finding(
            BAD,
            f"The bot is not in the staff group {group}, or the number is wrong. Add the bot to the group, write /id "
            "there, and set BOT_TELEGRAM_STAFF_GROUP to the number it answers.",
        )
    if chat.type not in ("group", "supergroup"):
        return Finding(BAD, f"{group} is not a group but a {chat.type}. Make a group for staff and set its number.")
    problem = _rights(member)
    if problem:
        return Finding(BAD, f'In the staff group "{chat.title}" {problem}')
    return Finding(GOOD, f'The bot may write in the staff group "{chat.title}".')


def _rights(member: ChatMember) -> str:
    """Return what keeps the bot from writing, "" where nothing does."""
    if member.status in (ChatMember.LEFT, ChatMember.BANNED):
        return "the bot is not a member. Add it there as you add a person."
    if isinstance(member, ChatMemberRestricted) and not member.can_send_messages:
        return "the bot may not write. In the group's settings, under permissions, let it send messages."
    return ""
