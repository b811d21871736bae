"""What staff may do in their own group: mark an alert as seen, and ask for the numbers that setting up needs."""

from __future__ import annotations

from bot.channels.telegram.client import TelegramBot
from bot.channels.telegram.courtesies import Courtesies
from bot.channels.telegram.incoming import Incoming
from bot.channels.telegram.ports import StaffDirectory
from bot.channels.telegram.sender import Part, send_part
from bot.channels.telegram.texts import TelegramTexts
from bot.errors import BadInput
from bot.handoff.ports import Handoffs

SEEN = "seen:"


class StaffGroup:
    def __init__(
        self, bot: TelegramBot, handoffs: Handoffs, staff: StaffDirectory, courtesies: Courtesies, texts: TelegramTexts
    ) -> None:
        self._bot, self._handoffs, self._staff, self._courtesies, self._texts = bot, handoffs, staff, courtesies, texts

    async def handle(self, incoming: Incoming) -> None:
        """Work an update of the group. What staff write to each other is not ours. Raises StorageRefused, DeliveryError."""
        if incoming.kind == "tap" and incoming.text.startswith(SEEN):
            await self._seen(incoming)
        elif incoming.kind == "command" and incoming.command == "id":
            text = self._texts.group("who", number=str(incoming.user), group=str(incoming.chat))
            await send_part(self._bot, incoming.chat, Part(text))

    async def _seen(self, incoming: Incoming) -> None:
        staff = await self._staff.by_telegram_id(incoming.user)
        if staff is None:
            self._courtesies.answer_tap(
                incoming.query, self._texts.group("not_staff", number=str(incoming.user)), alert=True
            )
            return
        try:
            await self._handoffs.acknowledge(incoming.text.removeprefix(SEEN), staff)
        except BadInput:  # closed or forgotten meanwhile
            self._courtesies.answer_tap(incoming.query, self._texts.group("gone"))
        else:
            self._courtesies.answer_tap(incoming.query, self._texts.group("thanks", name=staff.name)[:200])
