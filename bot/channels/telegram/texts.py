"""The channel's wordings, filled in for the clinic."""

from __future__ import annotations

from collections.abc import Sequence

from bot.conversation.model import Button, Wording
from content.profile import Profile
from content.telegram_texts import TelegramMessages, common_values

WEBSITE = "website"


class TelegramTexts:
    """`data/telegram.yml` for one clinic. Stateless.

    Without `offers_website` nothing speaks of the command that moves a chat to the website.
    """

    def __init__(self, profile: Profile, messages: TelegramMessages, offers_website: bool = True) -> None:
        self._messages, self.offers_website = messages, offers_website
        self._values = common_values(profile, messages, offers_website)

    def wording(self, name: str, /, **values: str) -> Wording:
        """Return the text `name` ("start", "help", ...) with its buttons."""
        text = getattr(self._messages, name)
        buttons = tuple(
            Button(button.label, button.value)
            for button in text.buttons
            if self.offers_website or button.value != f"/{WEBSITE}"
        )
        return Wording(text.text.format_map(self._values | values), buttons)

    def line(self, name: str, /, **values: str) -> str:
        """Return a text that has no buttons of its own: "old_button", "description", "short_description"."""
        text: str = getattr(self._messages, name)
        return text.format_map(self._values | values)

    def group(self, name: str, /, **values: str) -> str:
        """Return a text for the staff group."""
        text: str = getattr(self._messages.staff_group, name)
        return text.format_map(values)

    def commands(self) -> Sequence[tuple[str, str]]:
        """Return (command, description) as Telegram's menu shows them."""
        commands = self._messages.commands.items()
        return tuple((name, words) for name, words in commands if self.offers_website or name != WEBSITE)
