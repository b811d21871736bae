"""The commands that visitors may give."""

from __future__ import annotations

import contextlib
import hashlib
import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.channels.telegram.client import TelegramBot
from bot.channels.telegram.ports import Chats, Inbox
from bot.channels.telegram.sender import Part, send_part
from bot.channels.telegram.texts import TelegramTexts
from bot.conversation.model import Owner, Thread
from bot.conversation.ports import Clock, Conversations
from bot.errors import ConversationNotFound

LINK_MINUTES = 30
_JUST = timedelta(minutes=1)
# What a link may put after /start, as Telegram allows it; anything else was written by a person.
_DEEP_LINK = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Given:
    """A command as given: in which chat, what was written after it, and the id that lets what it says go out once."""

    command: str
    rest: str
    chat: int
    client_id: str


def hash_code(code: str) -> str:
    """Return what is stored of a one-time code: its SHA-256, hex."""
    return hashlib.sha256(code.encode()).hexdigest()


class Commands:
    """Each command returns whether it used what was written after it."""

    def __init__(
        self,
        bot: TelegramBot,
        talk: Conversations,
        chats: Chats,
        inbox: Inbox,
        texts: TelegramTexts,
        public_url: str,
        clock: Clock,
    ) -> None:
        self._bot, self._talk, self._chats, self._inbox = bot, talk, chats, inbox
        self._texts, self._public_url, self._clock = texts, public_url, clock
        self._commands: dict[str, Callable[[Given], Awaitable[bool]]] = {
            "start": self._start,
            "help": self._help,
            "privacy": self._privacy,
            "person": self._person,
            "urgent": self._urgent,
            "website": self._website,
            "delete": self._delete,
        }

    def knows(self, command: str) -> bool:
        return command in self._commands

    async def run(self, given: Given) -> bool:
        """Run a known command. Returns whether `rest` was used up."""
        return await self._commands[given.command](given)

    async def _conversation(self, chat: int) -> str:
        return (await self._talk.start("telegram", str(chat), f"telegram:{chat}")).id

    async def _say(self, given: Given, name: str) -> None:
        conversation = await self._conversation(given.chat)
        await self._talk.say(conversation, f"{given.client_id}-{name}", self._texts.wording(name))

    async def _start(self, given: Given) -> bool:
        conversation = await self._conversation(given.chat)
        if not self._was_just_welcomed(await self._talk.read(conversation)):
            await self._say(given, "start")
        return _DEEP_LINK.fullmatch(given.rest) is not None

    def _was_just_welcomed(self, thread: Thread) -> bool:
        """Whether all that was ever said is the welcome, which has the same words."""
        return len(thread.messages) == 1 and self._clock() - thread.messages[0].created_at < _JUST

    async def _help(self, given: Given) -> bool:
        await self._say(given, "help")
        return False

    async def _privacy(self, given: Given) -> bool:
        await self._say(given, "privacy")
        return False

    async def _person(self, given: Given) -> bool:
        conversation = await self._conversation(given.chat)
        if (await self._talk.read(conversation)).owner is Owner.ASSISTANT:
            await self._talk.ask_for_person(conversation)
        else:
            await self._say(given, "waiting_already")
        return False

    async def _urgent(self, given: Given) -> bool:
        await self._say(given, "urgent")
        await self._talk.ask_for_person(await self._conversation(given.chat), urgent=True)
        return False

    async def _website(self, given: Given) -> bool:
        """Send a link that opens this conversation on the website. It is not stored: whoever has it may read along."""
        if not self._texts.offers_website:  # typed, or tapped on an older message
            await self._say(given, "no_website")
            return False
        code = secrets.token_urlsafe(24)
        until = self._clock() + timedelta(minutes=LINK_MINUTES)
        await self._chats.add_link(hash_code(code), await self._conversation(given.chat), until)
        wording = self._texts.wording("link", minutes=str(LINK_MINUTES), link=f"{self._public_url}/continue#{code}")
        await send_part(self._bot, given.chat, Part(wording.text))
        return False

    async def _delete(self, given: Given) -> bool:
        answer = given.rest.strip().lower()
        if answer == "yes":
            await self._forget(given.chat)
        else:
            await self._say(given, "delete_kept" if answer == "no" else "delete_ask")
        return answer in ("yes", "no")

    async def _forget(self, chat: int) -> None:
        conversation = await self._chats.conversation_of(chat)
        if conversation:
            with contextlib.suppress(ConversationNotFound):  # another tap was faster
                await self._talk.forget(conversation)
        await self._inbox.erase_chat(chat)
        await send_part(self._bot, chat, Part(self._texts.wording("deleted").text))
