"""What a visitor's update does: a text, a command or a tapped button."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.channels.telegram.commands import Commands, Given
from bot.channels.telegram.courtesies import Courtesies
from bot.channels.telegram.incoming import Incoming, read_command
from bot.channels.telegram.keyboards import read_choice
from bot.channels.telegram.ports import Chats, Kept
from bot.channels.telegram.split import split
from bot.channels.telegram.staff_group import StaffGroup
from bot.channels.telegram.texts import TelegramTexts
from bot.conversation.model import InboundMessage, Message, Owner
from bot.conversation.ports import Clock, Conversations
from bot.errors import EmptyText

LONGEST_TEXT = 2000
"""The longest text a conversation takes, in characters; Telegram's are up to 4,096."""
_FRESH_SECONDS = 60


class UpdateHandler:
    def __init__(
        self,
        talk: Conversations,
        chats: Chats,
        commands: Commands,
        staff_group: StaffGroup,
        courtesies: Courtesies,
        texts: TelegramTexts,
        clock: Clock,
    ) -> None:
        self._talk, self._chats, self._commands, self._staff_group = talk, chats, commands, staff_group
        self._courtesies, self._texts, self._clock = courtesies, texts, clock

    async def handle(self, kept: Kept) -> None:
        """Do what the update asks. Raises RateLimited, StorageRefused, DeliveryError, ConversationNotFound."""
        if kept.incoming.group:
            await self._staff_group.handle(kept.incoming)
            return
        kinds: dict[str, Callable[[Kept], Awaitable[None]]] = {
            "text": self._text,
            "command": self._command,
            "tap": self._tap,
        }
        if kept.incoming.kind in kinds:
            await kinds[kept.incoming.kind](kept)

    async def give_up(self, kept: Kept) -> None:
        """Tell the visitor that something went wrong, and staff that someone waits."""
        if kept.incoming.group or kept.incoming.kind == "unused":
            return
        conversation = await self._start(kept.incoming.chat)
        await self._talk.say(conversation, f"tg-{kept.update_id}-trouble", self._texts.wording("trouble"))
        await self._talk.ask_for_person(conversation)

    async def _start(self, chat: int) -> str:
        return (await self._talk.start("telegram", str(chat), f"telegram:{chat}")).id

    async def _text(self, kept: Kept) -> None:
        conversation = await self._start(kept.incoming.chat)
        await self._accept(conversation, f"tg-{kept.update_id}", kept.incoming)

    async def _accept(self, conversation: str, client_id: str, incoming: Incoming) -> None:
        """Hand in the text; a very long one goes in parts, so that all of it is checked for danger."""
        texts = split(incoming.text, LONGEST_TEXT, len) or [""]
        try:
            for number, text in enumerate(texts):
                part = client_id if number == 0 else f"{client_id}-{number + 1}"
                attachment = "" if number else incoming.attachment
                inbound = InboundMessage(conversation, part, text, attachment, f"telegram:{incoming.chat}")
                message = await self._talk.accept(inbound)
        except EmptyText:
            await self._talk.say(conversation, f"{client_id}-unclear", self._texts.wording("unclear"))
            return
        await self._show_typing(conversation, incoming, message)

    async def _show_typing(self, conversation: str, incoming: Incoming, message: Message) -> None:
        if self._clock().timestamp() - incoming.at > _FRESH_SECONDS:
            return
        thread = await self._talk.read(conversation, message.seq)
        if thread.owner is not Owner.STAFF and not thread.messages:
            self._courtesies.typing(incoming.chat)

    async def _command(self, kept: Kept) -> None:
        await self._run_command(kept, kept.incoming)

    async def _run_command(self, kept: Kept, incoming: Incoming) -> None:
        """Run a command, then take what was written after it, or an unknown one as a whole, as the text it is."""
        rest = incoming.text
        if not self._commands.knows(incoming.command):
            rest = f"{incoming.command} {rest}".strip()
        elif await self._commands.run(Given(incoming.command, rest, incoming.chat, f"tg-{kept.update_id}")):
            return
        if rest:
            conversation = await self._start(incoming.chat)
            await self._accept(
                conversation,
                f"tg-{kept.update_id}",
                Incoming("text", incoming.chat, incoming.user, rest, at=incoming.at),
            )

    async def _tap(self, kept: Kept) -> None:
        incoming = kept.incoming
        choice = read_choice(incoming.text)
        conversation = await self._chats.conversation_of(incoming.chat)
        self._courtesies.clear_keyboard(incoming.chat, incoming.message)
        found = None
        if choice and conversation:
            found = choice.button_of((await self._talk.read(conversation, choice.seq - 1)).messages)
        if choice is None or conversation is None or found is None:
            self._courtesies.answer_tap(incoming.query, self._texts.line("old_button"))
            return
        self._courtesies.answer_tap(incoming.query)
        message, button = found
        tapped = Incoming("text", incoming.chat, incoming.user, button.value, at=int(self._clock().timestamp()))
        command = read_command(button.value)
        if command:
            await self._run_command(kept, Incoming("command", incoming.chat, incoming.user, command[1], command[0]))
        else:
            # The same button has one effect, however often it is tapped.
            await self._accept(conversation, f"tap-{message.id}-{choice.index}", tapped)
