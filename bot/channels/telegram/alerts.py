"""Alerts in the staff group: one message a handoff, kept true to its state; an urgent one not seen is told again."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, replace
from datetime import timedelta

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, TelegramError

from bot.channels.telegram.client import TelegramBot
from bot.channels.telegram.errors import delivery_error
from bot.channels.telegram.ports import Alert, Alerts
from bot.channels.telegram.sender import NO_PREVIEW, Part, remove_keyboard, send_part
from bot.channels.telegram.staff_group import SEEN
from bot.channels.telegram.status import Status
from bot.channels.telegram.texts import TelegramTexts
from bot.conversation.model import Urgency
from bot.conversation.ports import Clock
from bot.errors import DeliveryError, PassingError, StorageRefused
from bot.handoff.model import Handoff
from bot.handoff.ports import Handoffs

_MOST = 1000
_LOOK_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class AlertSettings:
    """`group` is the chat id; `console` the address of the console's handoffs; `remind` when to tell again."""

    group: int
    console: str
    remind: timedelta = timedelta(minutes=5)


class AlertKeeper:
    def __init__(
        self,
        bot: TelegramBot,
        handoffs: Handoffs,
        alerts: Alerts,
        texts: TelegramTexts,
        settings: AlertSettings,
        status: Status,
        clock: Clock,
    ) -> None:
        self._bot, self._handoffs, self._alerts, self._texts = bot, handoffs, alerts, texts
        self._settings, self._status, self._clock = settings, status, clock
        self._changed = asyncio.Event()

    async def run(self) -> None:
        """Keep the group informed until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._watch())
            while True:
                self._changed.clear()
                await self._try()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_LOOK_SECONDS):
                        await self._changed.wait()

    async def _watch(self) -> None:
        async for _ in self._handoffs.watch():
            self._changed.set()

    async def _try(self) -> None:
        try:
            await self.reconcile()
        except (DeliveryError, StorageRefused) as error:
            self._status.wrong("staff group", f"Alerts do not reach the staff group. {error}")
            wait = error.retry_after if isinstance(error, PassingError) else None
            await asyncio.sleep(wait or _LOOK_SECONDS)
        else:
            self._status.fine("staff group")

    async def reconcile(self) -> None:
        """Make the group show what is so. Raises DeliveryError, StorageRefused."""
        told = {alert.handoff_id: alert for alert in await self._alerts.all()}
        for handoff in await self._handoffs.queue(limit=_MOST):
            alert = told.pop(handoff.id, None)
            await (self._update(handoff, alert) if alert else self._tell(handoff, None))
        for alert in told.values():
            await self._close(alert)

    async def _update(self, handoff: Handoff, alert: Alert) -> None:
        text = self._text(handoff, alert.repeats)
        if not handoff.is_unseen:
            if text != alert.text:
                await self._edit(alert, text)
                await self._alerts.put(replace(alert, text=text, repeats=0))
        elif text != alert.text:  # danger, or released: a new message, because an edited one makes no sound
            await self._tell(handoff, alert)
        elif handoff.urgency is Urgency.URGENT and self._is_overdue(alert):
            await self._tell(handoff, replace(alert, repeats=alert.repeats + 1))

    def _is_overdue(self, alert: Alert) -> bool:
        return self._clock() - alert.sent_at >= self._settings.remind

    async def _tell(self, handoff: Handoff, before: Alert | None) -> None:
        repeats = before.repeats if before else 0
        text = self._text(handoff, repeats)
        button = InlineKeyboardButton(self._texts.group("seen_button"), callback_data=f"{SEEN}{handoff.id}")
        markup = InlineKeyboardMarkup([[button]]) if handoff.is_unseen else None
        now = self._clock()
        sent = await send_part(self._bot, self._settings.group, Part(text, markup=markup))
        await self._alerts.put(Alert(handoff.id, sent.message_id, text, now, repeats, handoff.channel))
        if before:
            await remove_keyboard(self._bot, self._settings.group, before.message)

    async def _close(self, alert: Alert) -> None:
        await self._edit(alert, self._texts.group("closed", channel=_channel(alert.channel)))
        await self._alerts.drop(alert.handoff_id)

    async def _edit(self, alert: Alert, text: str) -> None:
        try:
            await self._bot.edit_message_text(
                text, self._settings.group, alert.message, link_preview_options=NO_PREVIEW
            )
        except BadRequest:  # deleted by someone, too old, or already so
            return
        except TelegramError as error:
            raise delivery_error(error) from error

    def _text(self, handoff: Handoff, repeats: int) -> str:
        values = {"channel": _channel(handoff.channel), "link": f"{self._settings.console}/{handoff.id}"}
        if not handoff.is_unseen:
            if handoff.claimed_by is not None:
                return self._texts.group("claimed", name=handoff.claimed_by.name, **values)
            return self._texts.group("seen", **values)
        if handoff.urgency is not Urgency.URGENT:
            return self._texts.group("normal", **values)
        if not repeats:
            return self._texts.group("urgent", **values)
        minutes = int(repeats * self._settings.remind.total_seconds() / 60)
        return self._texts.group("urgent_again", minutes=str(minutes), **values)


def _channel(name: str) -> str:
    return {"telegram": "Telegram", "website": "the website"}.get(name, name)
