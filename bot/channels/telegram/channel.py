"""The Telegram channel, whole: what `app.py` starts, stops and asks."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Self

from fastapi import APIRouter

from bot.channels.telegram import moving, webhook
from bot.channels.telegram.alerts import AlertKeeper, AlertSettings
from bot.channels.telegram.client import MESSAGES_A_SECOND, POLL_SECONDS, create_bot
from bot.channels.telegram.commands import Commands
from bot.channels.telegram.courtesies import Courtesies
from bot.channels.telegram.handler import UpdateHandler
from bot.channels.telegram.inbox import InboxWorker
from bot.channels.telegram.leader import Leader, LeasePace
from bot.channels.telegram.memory import Memory
from bot.channels.telegram.menu import Menu
from bot.channels.telegram.polling import Poller
from bot.channels.telegram.receiving import Receiver
from bot.channels.telegram.sender import TelegramSender
from bot.channels.telegram.staff_group import StaffGroup
from bot.channels.telegram.status import Status
from bot.channels.telegram.texts import TelegramTexts
from bot.conversation.ports import Clock, Conversations
from bot.errors import SetupError, StorageRefused
from bot.handoff.ports import Handoffs
from bot.settings import Settings
from bot.store.telegram import TelegramStore

TELEGRAM = "https://api.telegram.org"
_PRUNE_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class TelegramSettings:
    """`staff_group` is a chat id, None for no group; `staff` maps Telegram user ids to the e-mails of staff accounts.

    With `webhook`, `public_url` must be reachable for Telegram. `offers_website`: visitors can open `public_url`.
    """

    token: str
    api_url: str
    public_url: str
    webhook: bool = False
    offers_website: bool = True
    staff_group: int | None = None
    staff: Mapping[int, str] = field(default_factory=dict)
    remind_minutes: float = 5.0
    poll_seconds: float = POLL_SECONDS
    messages_a_second: float = MESSAGES_A_SECOND
    lease: LeasePace = field(default_factory=LeasePace)

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the channel's part of the settings.

        Raises:
            SetupError: no token, or a webhook that Telegram could not reach.
        """
        if settings.telegram_token is None:
            raise SetupError("BOT_TELEGRAM_TOKEN is not set, so Telegram is off. docs/telegram.md says how to get one.")
        webhook = settings.telegram_mode == "webhook"
        if webhook and settings.telegram_api_url == TELEGRAM and not settings.is_https:
            raise SetupError(
                "BOT_TELEGRAM_MODE=webhook needs a BOT_PUBLIC_URL that begins with https:// and that Telegram can "
                "reach. Without one, leave BOT_TELEGRAM_MODE out: the bot then asks Telegram for messages."
            )
        pairs = [entry.partition("=") for entry in settings.telegram_staff]
        return cls(
            token=settings.telegram_token.get_secret_value().strip(),
            api_url=settings.telegram_api_url,
            public_url=settings.public_url.rstrip("/"),
            webhook=webhook,
            offers_website=not settings.is_local,
            staff_group=settings.telegram_staff_group,
            staff={int(number): email.strip().lower() for email, _, number in pairs},
            remind_minutes=settings.telegram_remind_minutes,
        )


class TelegramChannel:
    """Give `sender` to the outbox, add `router` to the app, then `start` after the service and `stop` before it."""

    def __init__(
        self,
        settings: TelegramSettings,
        store: TelegramStore,
        talk: Conversations,
        handoffs: Handoffs,
        texts: TelegramTexts,
        clock: Clock,
    ) -> None:
        self._settings, self._clock, self._memory = settings, clock, Memory(store, settings.staff)
        self._bot = create_bot(settings.token, settings.api_url, settings.messages_a_second)
        self.sender = TelegramSender(self._bot, self._memory, clock)
        self._status = Status()
        self._courtesies = Courtesies(self._bot)
        self._receiver = Receiver(self._memory, clock, settings.staff_group)
        self._leader = Leader(self._memory, clock, settings.lease)
        group = StaffGroup(self._bot, handoffs, self._memory, self._courtesies, texts)
        commands = Commands(self._bot, talk, self._memory, self._memory, texts, settings.public_url, clock)
        self._handler = UpdateHandler(talk, self._memory, commands, group, self._courtesies, texts, clock)
        self._menu = Menu(self._bot, texts, self._status)
        self._alerts = self._alert_keeper(handoffs, texts)
        self._task: asyncio.Task[None] | None = None

    def _alert_keeper(self, handoffs: Handoffs, texts: TelegramTexts) -> AlertKeeper | None:
        if self._settings.staff_group is None:
            return None
        console = f"{self._settings.public_url}/console/handoffs"
        settings = AlertSettings(self._settings.staff_group, console, timedelta(minutes=self._settings.remind_minutes))
        return AlertKeeper(self._bot, handoffs, self._memory, texts, settings, self._status, self._clock)

    @property
    def router(self) -> APIRouter:
        """The page and the call for continuing on the website, and the webhook where that is used."""
        router = APIRouter()
        router.include_router(moving.build_router(self._memory, self._clock))
        if self._settings.webhook:
            router.include_router(webhook.build_router(self._receiver, self._secret))
        return router

    @property
    def _secret(self) -> str:
        return webhook.secret_of(self._settings.token)

    async def probe(self) -> str:
        """Return what is wrong just now, "" when all is well or another replica leads."""
        return self._status.problem

    async def start(self) -> None:
        """Receive in the background, from now on or as soon as no other replica does. Needs no network."""
        self._task = asyncio.create_task(self._leader.run(self._lead), name="telegram")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._courtesies.stop()

    async def close(self) -> None:
        """End the connections; the outbox must have stopped before."""
        await self._bot.close_connections()

    async def _lead(self) -> None:
        may_overtake = self._settings.webhook
        worker = InboxWorker(self._memory, self._handler, self._clock, self._receiver.arrived, may_overtake)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._receive())
            tasks.create_task(worker.run())
            tasks.create_task(self._menu.run())
            tasks.create_task(self._tidy())
            if self._alerts is not None:
                tasks.create_task(self._alerts.run())

    async def _receive(self) -> None:
        if self._settings.webhook:
            url = f"{self._settings.public_url}{webhook.PATH}"
            await webhook.WebhookKeeper(self._bot, url, self._secret, self._status).run()
        else:
            await Poller(self._bot, self._receiver, self._status, self._settings.poll_seconds).run()

    async def _tidy(self) -> None:
        while True:
            with contextlib.suppress(StorageRefused):
                await self._memory.prune(self._clock())
            await asyncio.sleep(_PRUNE_SECONDS)
