"""A clinic on Telegram: the real channel, service and database, and the strict Bot API server. Only Rasa is played."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from bot.approved import Approved
from bot.channels.telegram.channel import TelegramChannel, TelegramSettings
from bot.channels.telegram.leader import LeasePace
from bot.channels.telegram.texts import TelegramTexts
from bot.conversation.limits import Limits
from bot.conversation.model import Author, Button, Context, Message, Outcome, Reply
from bot.conversation.ports import Understander
from bot.conversation.pump import Pace
from bot.service import Service, build
from bot.settings import Settings
from bot.store.database import open_database
from bot.store.telegram import TelegramStore
from tests.support.bot_api.server import BotApi
from tests.support.patience import PATIENCE_S

MIA, TOM, ADA, STRANGER = 77350199, 77350200, 90111222, 99944411
STAFF_GROUP = -1001234567890
GENEROUS = Limits(conversation=100_000, address=100_000, total=1_000_000, starts=100_000)
QUICK = Pace(lease=2.0, heartbeat=0.5, idle=0.1, drain=1.0)


class Echo:
    """An `Understander` that repeats the text, so that every reply can be told from the others."""

    def __init__(self) -> None:
        self.replies: dict[str, Reply] = {}

    async def reply_to(self, message_id: str, text: str, context: Context) -> Reply:
        return self.replies.get(text, Reply(f"About: {text}", Outcome.ANSWER, "what_is_it"))


BUTTONS = Reply(
    "It is a treatment.",
    Outcome.ANSWER,
    "what_is_it",
    (Button("Is it safe?", "Is ketamine therapy safe?"), Button("Talk to a person", "/person")),
)


@dataclass
class Clinic:
    api: BotApi
    service: Service
    channel: TelegramChannel
    store: TelegramStore
    approved: Approved
    understander: Any
    now: Callable[[], datetime]

    def said(self, chat: int) -> list[str]:
        """What the bot's messages in a chat say, oldest first."""
        return self.api.visitors.texts(chat)

    async def messages(self, chat: int) -> list[Message]:
        """What is stored of the chat's conversation."""
        conversation = await self.store.conversation_of(chat)
        return list((await self.service.conversations.read(conversation)).messages) if conversation else []

    async def written(self, chat: int) -> list[str]:
        return [message.text for message in await self.messages(chat) if message.author is Author.VISITOR]

    async def until(self, holds: Callable[[], Any], seconds: float = PATIENCE_S) -> None:
        """Wait until `holds()` (or what it awaits) is true; fail, saying what was shown, if it never is."""
        try:
            async with asyncio.timeout(seconds):
                while True:
                    if await _value(holds):
                        return
                    await asyncio.sleep(0.02)
        except TimeoutError:
            shown = {chat: [text[:80] for text in self.said(chat)[-4:]] for chat in list(self.api.world.chats)[:4]}
            refused = self.api.refusals()[-8:]
            raise AssertionError(f"it never came to that; shown last: {shown}; refused: {refused}") from None

    async def says(self, chat: int, text: str, seconds: float = PATIENCE_S) -> None:
        await self.until(lambda: any(text in said for said in self.said(chat)), seconds)

    async def idle(self) -> None:
        """Wait until nothing waits in the inbox, with the worker, or in the outbox."""

        async def nothing_waits() -> bool:
            if self.api.world.queue or await self.store.pending(1, ()):  # in the order in which a message moves on
                return False
            counts = await self.service.counts()
            return not counts["jobs_pending"] + counts["outbox_pending"]

        await self.until(nothing_waits, 60)


async def _value(holds: Callable[[], Any]) -> Any:
    value = holds()
    return await value if asyncio.iscoroutine(value) else value


@cache
def approved_content() -> Approved:
    return Approved.load(Settings.model_fields["content_dir"].default)


def compose(
    database_url: str,
    settings: TelegramSettings,
    understander: Understander,
    limits: Limits = GENEROUS,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> tuple[Service, TelegramChannel, TelegramStore, Approved]:
    """Join the parts as `bot/app.py` does."""
    approved = approved_content()
    database = open_database(database_url)
    service = build(database, understander, approved, approved, now, limits=limits, pace=QUICK)
    store = TelegramStore(database)
    texts = TelegramTexts(approved.profile, approved.telegram, settings.offers_website)
    channel = TelegramChannel(settings, store, service.conversations, service.handoffs, texts, now)
    service.outbox.add_sender(channel.sender)
    return service, channel, store, approved


def telegram_settings(api: BotApi, **fields: Any) -> TelegramSettings:
    usual = {"public_url": "https://chat.wrenhouse.example.com", "poll_seconds": 1.0, "lease": LeasePace(2.0, 0.3)}
    return TelegramSettings(**{"token": api.world.token, "api_url": api.url, **usual, **fields})


@asynccontextmanager
async def opened(
    folder: Path,
    api: BotApi,
    limits: Limits = GENEROUS,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    **fields: Any,
) -> AsyncIterator[Clinic]:
    """Run a clinic whose database is in `folder`; `fields` are TelegramSettings'."""
    understander = Echo()
    url = f"sqlite+aiosqlite:///{folder / 'telegram.db'}"
    service, channel, store, approved = compose(url, telegram_settings(api, **fields), understander, limits, now)
    await service.start()
    await channel.start()
    try:
        yield Clinic(api, service, channel, store, approved, understander, now)
    finally:
        await channel.stop()
        await service.stop()
        await channel.close()
